import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { releaseOfSources } from '@cartwright/image'
import { imageIn, RolloutFailed, registerRevision, rollOut } from '@cartwright/release'
import { reachVariables, smoke, summaryOf, told } from '@cartwright/smoke'
import { type Clients, TaskServices } from '../clients/index.ts'
import type { Task } from '../ecs/index.ts'
import { buildApi, buildBroken, Registry } from '../images/index.ts'
import { RehearsalProblem } from '../problem.ts'
import { Authority } from '../tls/authority.ts'
import { DataPlane } from './data-plane.ts'
import type { Deployment } from './deployment.ts'
import { type Deployed, discover } from './discover.ts'
import { deniedActions, findCauses, hasFailed, lastLines } from './findings.ts'
import { findRecord, releasedIn, TREE } from './released.ts'
import { type RehearsalState, stateOf } from './state.ts'
import type { Steps } from './steps.ts'
import type { Stops } from './stops.ts'

/** How much longer than the grace period tasks may take to become healthy, in milliseconds. */
const SLACK = 120_000
/** How long the cache may take to be on when tasks are healthy, in milliseconds: epochs take some ten seconds. */
const CACHE_PATIENCE = 60_000

export interface ServingOptions {
  readonly deployment: Deployment
  readonly steps: Steps
  /** Existing ones, which go with the rehearsal. */
  readonly folder: string
  readonly temporary: string
  readonly port?: number
  readonly signal: AbortSignal
}

/** A deployed environment at work: its data plane, and the release that runs on it. */
export class Serving {
  readonly plane: DataPlane
  readonly #options: ServingOptions
  readonly #deployed: Deployed
  readonly #registry: Registry

  /**
   * Starts everything but tasks: before the first release there are none.
   *
   * @param stops gets what ends it, also where it fails
   */
  static async start(options: ServingOptions, stops: Stops): Promise<Serving> {
    const { deployment, steps, folder, temporary, port } = options
    const { clients, guard, aws } = deployment
    const services = new TaskServices(clients)
    const ecrAs: (credentials: Parameters<TaskServices['as']>[0]) => Clients['ecr'] = (credentials) =>
      services.as(credentials).ecr
    const registry = new Registry({ folder: path.join(folder, 'images'), ecr: clients.ecr, ecrAs })
    const deployed = await discover(clients)
    const plane = await steps.run('Redis and load balancer', async (note) => {
      const authority = await Authority.create(temporary)
      stops.add(() => authority.close())
      const started = await DataPlane.start({
        clients,
        deployed,
        services,
        registry,
        guard,
        authority,
        folder,
        tokens: () => aws.redisTokens(),
        report: (report) => aws.reportService(report),
        note,
        ...(port === undefined ? {} : { port }),
      })
      stops.add(() => started.stop())
      return started
    })
    const serving = new Serving(options, { plane, deployed, registry })
    const { api } = await serving.state()
    deployment.addVariables(reachVariables(api.url, api))
    return serving
  }

  private constructor(
    options: ServingOptions,
    parts: {
      readonly plane: DataPlane
      readonly deployed: Deployed
      readonly registry: Registry
    },
  ) {
    this.#options = options
    this.plane = parts.plane
    this.#deployed = parts.deployed
    this.#registry = parts.registry
  }

  /** Builds an image and pushes it. */
  async push(kind: 'good' | 'broken', tag: string): Promise<void> {
    const layout = await (kind === 'good' ? buildApi : buildBroken)(tag, this.#options.temporary)
    await this.#registry.push(releasedIn(this.#deployed.service).repositoryName, tag, layout)
  }

  /**
   * Releases the API as the pipeline does: an image, a revision with it, tasks, the smoke suite, and only then the word that
   * it is in use.
   *
   * @throws {RehearsalProblem} with what leads to the cause, where it does not serve
   */
  async releaseApi(): Promise<void> {
    const { deployment, steps } = this.#options
    const { clients, environment } = deployment
    const released = releasedIn(this.#deployed.service)
    const { cluster, service } = released.place
    const tag = await releaseOfSources()
    await steps.run(`image ${tag}`, () => this.push('good', tag))
    await steps.run(`release ${tag}`, async (note) => {
      const unfollow = this.plane.ecs.journal.follow(({ kind, said }) => {
        if (kind === 'event') note(said)
      })
      await this.#putInPlace(tag)
      await clients.ecs.updateService({ cluster, service, desiredCount: environment.desiredTasks })
      await this.#untilHealthy()
      steps.tellElapsed('from nothing to the first answer')
      await this.#untilCached()
      unfollow()
    })
    await steps.run('smoke suite', (note) => this.#smoke(tag, note))
    const { scaling, minTasks } = environment
    const record = await findRecord(clients, released, scaling ? minTasks : undefined)
    await record.write({ tag, tree: TREE })
  }

  state(): Promise<RehearsalState> {
    const { deployment, steps } = this.#options
    return stateOf({ plane: this.plane, service: this.#deployed.service, deployment, steps: steps.done })
  }

  /** Before any task: what comes next would start tasks of the revision before, too. */
  async #putInPlace(tag: string): Promise<void> {
    const { ecs } = this.#options.deployment.clients
    const { place: service, image } = releasedIn(this.#deployed.service)
    const revision = await registerRevision(ecs, { service, image: imageIn(image, tag) })
    const { signal } = this.#options
    try {
      await rollOut(ecs, { service, revision, patience: SLACK, interval: 250, tell: () => undefined, signal })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof RolloutFailed)) throw error
      const causes = await this.#findCauses()
      throw new RehearsalProblem([error.message, ...causes].join('\n  '), { cause: error })
    }
  }

  /** @throws {RehearsalProblem} with what leads to the cause, as soon as a task has failed */
  async #untilHealthy(): Promise<void> {
    const { scheduler } = this.plane.ecs
    const { service } = this.#deployed
    const end = Date.now() + service.gracePeriod * 1000 + SLACK
    for (;;) {
      this.#options.signal.throwIfAborted()
      const { report, isSteady } = scheduler
      if (report.desiredCount > 0 && isSteady) return
      if (report.tasks.some(hasFailed) || Date.now() > end) {
        const causes = await this.#findCauses()
        throw new RehearsalProblem(
          `tasks of ${service.name} do not become healthy:\n  ${causes.join('\n  ')}`,
        )
      }
      await sleep(100)
    }
  }

  /**
   * Until every task reads through Redis. One that cannot is healthy, and serves more slowly.
   *
   * @throws {RehearsalProblem} with what leads to the cause
   */
  async #untilCached(): Promise<void> {
    const end = Date.now() + CACHE_PATIENCE
    for (;;) {
      this.#options.signal.throwIfAborted()
      const states = await Promise.all(this.plane.ecs.scheduler.tasks.map(cacheStateOf))
      const odd = states.find((state) => state !== 'on')
      if (odd === undefined) return
      if (Date.now() > end) {
        const { service } = this.#deployed
        const { logs } = this.#options.deployment.clients
        const lines = await lastLines({ service, report: this.plane.ecs.scheduler.report, logs })
        throw new RehearsalProblem(
          [`a task is healthy, but its cache is "${odd}"; wanted: on`, ...lines].join('\n  '),
        )
      }
      await sleep(250)
    }
  }

  async #findCauses(): Promise<readonly string[]> {
    const { aws, clients } = this.#options.deployment
    const { scheduler } = this.plane.ecs
    return findCauses({
      // The one that runs, not the one that was there at first.
      service: { ...this.#deployed.service, definition: scheduler.definition },
      report: scheduler.report,
      targetGroup: this.plane.targetGroup,
      denials: await aws.denials(),
      logs: clients.logs,
    })
  }

  /** @throws {RehearsalProblem} where a check fails, or a permission was missing */
  async #smoke(tag: string, note: (line: string) => void): Promise<void> {
    const { aws, clients, environment } = this.#options.deployment
    const { api, queues } = await this.state()
    const { place, keys } = clients
    const report = await smoke({
      url: api.url,
      connectTo: api.connectTo,
      ...(api.ca === undefined ? {} : { ca: readFileSync(api.ca, 'utf8') }),
      instances: environment.desiredTasks,
      release: tag,
      ...(queues[0] === undefined ? {} : { queue: { url: queues[0].url, ...place, credentials: keys } }),
      tell: (result) => note(told(result)),
    })
    note(summaryOf(report))
    const denied = deniedActions(await aws.denials())
    if (report.failed === 0 && denied.length === 0) return
    const failed = report.checks.filter(({ outcome }) => outcome === 'failed')
    throw new RehearsalProblem(
      ['the deployed API is not as it should be:', ...failed.map(told), ...denied].join('\n  '),
    )
  }
}

/** What the task's own `/health` tells. */
async function cacheStateOf({ place }: Task): Promise<string> {
  try {
    const answer = await fetch(`http://${place?.host}:${place?.port}/health`, {
      signal: AbortSignal.timeout(5_000),
    })
    // The API's contract: Health.
    return ((await answer.json()) as { cache: { state: string } }).cache.state
  } catch {
    return 'unknown'
  }
}
