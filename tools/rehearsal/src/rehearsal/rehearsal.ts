import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BadEnvironments, type Environment, readEnvironments } from '@cartwright/environments'
import { type LocalAws, type Owned, startLocalAws } from '@cartwright/local-aws'
import { smoke, summaryOf, told } from '@cartwright/smoke'
import { Clients, type Keys, TaskServices } from '../clients/index.ts'
import type { Service } from '../ecs/index.ts'
import { Guard } from '../guard/guard.ts'
import { buildApi, buildBroken, ImageFolder, Registry, releaseOfSources } from '../images/index.ts'
import type { LoadBalancer } from '../load-balancer/index.ts'
import { RehearsalProblem } from '../problem.ts'
import { Authority } from '../tls/authority.ts'
import { Control } from './control.ts'
import { DataPlane } from './data-plane.ts'
import { type Deployed, discover } from './discover.ts'
import { deniedActions, findCauses } from './findings.ts'
import { type ProgramName, runProgram } from './programs.ts'
import { recordRelease, release, repositoryOf, startTasks } from './release.ts'
import type { RehearsalFolder } from './running.ts'
import type { RehearsalState } from './state.ts'
import { Steps } from './steps.ts'

/** How much longer than the grace period tasks may take to become healthy, in milliseconds. */
const SLACK = 120_000

export interface RehearsalOptions {
  /** Its name. */
  readonly environment: string
  readonly folder: RehearsalFolder
  /** Where the API's listener listens here. @default a free one */
  readonly port?: number
  readonly tell: (line: string) => void
  /** Told when another command wants it to end. */
  readonly end?: () => void
  /** What programs and settings are looked for in. @default process.env */
  readonly env?: NodeJS.ProcessEnv
}

/** An environment, deployed to the emulator and served by this machine. */
export class Rehearsal {
  readonly #options: RehearsalOptions
  readonly #env: NodeJS.ProcessEnv
  readonly #steps: Steps
  readonly #abort = new AbortController()
  /** What ends what was started. */
  readonly #stops: (() => Promise<void>)[] = []
  #starting: Promise<Started> | undefined
  /** What stands once tasks are healthy. */
  #running: Started | undefined
  #stopping: Promise<void> | undefined

  constructor(options: RehearsalOptions) {
    this.#options = options
    this.#env = options.env ?? process.env
    this.#steps = new Steps(options.tell)
  }

  /**
   * From nothing to a deployed and released environment that passes the smoke suite. What it has started by then goes with
   * `stop`, also when it fails.
   *
   * @throws {RehearsalProblem} with what leads to the cause
   */
  async start(): Promise<void> {
    this.#starting = this.#start()
    await this.#starting
  }

  async state(): Promise<RehearsalState> {
    return this.#stateOf(this.#healthy())
  }

  /**
   * Deletes the environment as its user would, and the state backend.
   *
   * @throws {RehearsalProblem} where AWS has something left then
   */
  async destroy(): Promise<void> {
    const { environment: name } = this.#options
    const { aws, run } = this.#healthy()
    await this.#steps.run('another deploy changes nothing', (note) => run('diff', [name], note))
    await this.#steps.run(`destroy ${name}`, (note) => run('destroy', [name], note))
    await this.#steps.run('state backend: destroy', (note) => run('bootstrap', ['--destroy'], note))
    const left = Object.entries(await aws.inventory())
    if (left.length > 0) {
      const lines = left.map(([kind, ids]) => `${kind}: ${ids.join(', ')}`)
      throw new RehearsalProblem(`the destroyed environment has left in AWS:\n  ${lines.join('\n  ')}`)
    }
  }

  /** Ends everything, whatever was under way; nothing is left. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#abort.abort(new RehearsalProblem('interrupted'))
    await this.#starting?.catch(() => undefined)
    for (const stop of this.#stops.toReversed()) await stop()
  }

  async #start(): Promise<Started> {
    const { environment: name, folder } = this.#options
    const steps = this.#steps
    const environment = await this.#findEnvironment(name)
    const guard = await Guard.start()
    this.#stops.push(() => guard.stop())
    const control = await this.#openControl()
    const aws = await steps.run('local AWS', () => this.#startAws(environment, guard))
    const variables: NodeJS.ProcessEnv = { ...aws.environment, CDKTF_OUTDIR: folder.work }
    const place = { endpoint: aws.endpoint, region: environment.region }
    const write = (keys: Keys): void =>
      folder.write({
        environment: name,
        control: { url: control.url, token: control.token },
        aws: { ...place, keys },
        variables: Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [name, value ?? null]),
        ),
      })
    write({ accessKeyId: 'local', secretAccessKey: 'local' })
    const run: Run = (program, args, note) =>
      runProgram(
        { guard, environment: { ...this.#env, ...variables }, signal: this.#abort.signal },
        program,
        args,
        note,
      )
    await steps.run('state backend', (note) => run('bootstrap', [], note))
    await steps.run(`deploy ${name}`, (note) => run('deploy', [name], note))

    // From here on everybody needs credentials, and gets what policies allow.
    const keys = await aws.enforce()
    Object.assign(variables, {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    })
    write(keys)
    const clients = new Clients(place, keys)
    const services = new TaskServices(clients)
    const images = new ImageFolder(path.join(folder.work, 'images'))
    const registry = new Registry({
      images,
      ecr: clients.ecr,
      ecrAs: (credentials) => services.as(credentials).ecr,
    })
    const deployed = await discover(clients)
    const plane = await steps.run('Redis and load balancer', async (note) => {
      const authority = await Authority.create()
      this.#stops.push(() => authority.close())
      await guard.watchFolder(authority.folder)
      const started = await DataPlane.start({
        clients,
        deployed,
        services,
        registry,
        guard,
        authority,
        folder: folder.work,
        tokens: () => aws.redisTokens(),
        report: (report) => aws.reportService(report),
        note,
        ...(this.#options.port === undefined ? {} : { port: this.#options.port }),
      })
      this.#stops.push(() => started.stop())
      return started
    })
    const { service } = deployed
    const tag = await releaseOfSources()
    const push = async (kind: 'good' | 'broken', tag: string): Promise<void> => {
      const image = await (kind === 'good' ? buildApi : buildBroken)(images, tag)
      await registry.push(repositoryNameOf(service), tag, image)
    }
    await steps.run(`image ${tag}`, () => push('good', tag))
    const started = { environment, aws, clients, plane, run, deployed, push }
    await steps.run(`release ${tag}`, async (note) => {
      const unfollow = plane.ecs.journal.follow(({ kind, said }) => {
        if (kind === 'event') note(said)
      })
      await release({ clients, service, tag })
      await this.#untilDeployed(started, tag)
      await startTasks({ clients, service, desiredTasks: environment.desiredTasks })
      await this.#untilHealthy(started)
      unfollow()
    })
    this.#running = started
    await steps.run('smoke suite', (note) => this.#smoke(started, tag, note))
    await recordRelease({
      clients,
      service,
      tag,
      minTasks: environment.scaling ? environment.minTasks : undefined,
    })
    return started
  }

  async #findEnvironment(name: string): Promise<Environment> {
    const environments = await readEnvironments(this.#env).catch((error: unknown) => {
      throw error instanceof BadEnvironments ? new RehearsalProblem(error.message) : error
    })
    const found = environments.find((one) => one.name === name)
    if (found !== undefined) return found
    const names = environments.map((one) => one.name).join(', ')
    throw new RehearsalProblem(`there is no environment "${name}"; wanted: ${names}`)
  }

  async #startAws(environment: Environment, guard: Guard): Promise<LocalAws> {
    const { folder } = this.#options
    const { region, accountId } = environment
    const settings = mkdtempSync(path.join(tmpdir(), 'rehearsal-aws-'))
    await guard.watchFolder(settings)
    const aws = await startLocalAws({
      region,
      ...(accountId === undefined ? {} : { account: accountId }),
      lock: folder.lock,
      folder: settings,
      env: this.#env,
    }).catch((error: unknown) => {
      const running = folder.running()
      if (running === undefined) throw error
      throw new RehearsalProblem(
        `a rehearsal of ${running.environment} runs already (process ${running.mark.pid}); end it first: npm run rehearse -- --down`,
      )
    })
    this.#stops.push(() => aws.stop())
    // Nobody else has the lock: what is there was left by one that could not clear away.
    folder.clear()
    await guard.watchFolder(folder.work, 'stacks')
    mkdirSync(folder.work, { mode: 0o700 })
    await aws.give(ownedFor(environment))
    return aws
  }

  /** Until ECS has the release in place, with no task yet: what comes next would start tasks of the one before, too. */
  async #untilDeployed({ plane }: Started, tag: string): Promise<void> {
    const isThere = (): boolean => {
      const { definition, isSteady } = plane.ecs.scheduler
      return isSteady && definition.containers.some(({ image }) => image.endsWith(`:${tag}`))
    }
    while (!isThere()) {
      this.#abort.signal.throwIfAborted()
      await sleep(100)
    }
  }

  /** @throws {RehearsalProblem} with what leads to the cause, as soon as a task has failed */
  async #untilHealthy({ plane, aws, clients, deployed }: Started): Promise<void> {
    const { scheduler } = plane.ecs
    const { service } = deployed
    const end = Date.now() + service.gracePeriod * 1000 + SLACK
    for (;;) {
      this.#abort.signal.throwIfAborted()
      const { report, isSteady } = scheduler
      if (report.desiredCount > 0 && isSteady) return
      if (report.deployments.some(({ failedTasks }) => failedTasks > 0) || Date.now() > end) {
        const causes = await findCauses({
          service,
          report,
          targetGroup: plane.targetGroup,
          denials: await aws.denials(),
          logs: clients.logs,
        })
        throw new RehearsalProblem(
          `tasks of ${service.name} do not become healthy:\n  ${causes.join('\n  ')}`,
        )
      }
      await sleep(100)
    }
  }

  /** @throws {RehearsalProblem} where a check fails, or a permission was missing */
  async #smoke(started: Started, release: string, note: (line: string) => void): Promise<void> {
    const { aws, clients, environment } = started
    const { api, queues } = await this.#stateOf(started)
    const { place, keys } = clients
    const report = await smoke({
      url: api.url,
      connectTo: api.connectTo,
      ...(api.ca === undefined ? {} : { ca: readFileSync(api.ca, 'utf8') }),
      instances: environment.desiredTasks,
      release,
      ...(queues[0] === undefined ? {} : { queue: { url: queues[0].url, ...place, credentials: keys } }),
      tell: (result) => note(told(result)),
    })
    note(summaryOf(report))
    const denied = deniedActions(await aws.denials())
    if (report.failed > 0 || denied.length > 0) {
      throw new RehearsalProblem(
        ['the deployed API is not as it should be:', summaryOf(report), ...denied].join('\n  '),
      )
    }
  }

  async #openControl(): Promise<Control> {
    const plane = (): DataPlane => this.#healthy().plane
    const control = await Control.start({
      'GET /state': () => this.#stateOf(this.#healthy()),
      'POST /end': () => this.#options.end?.(),
      'POST /tasks/kill': (input) => plane().ecs.scheduler.killTask(textOf(input, 'task')),
      'POST /tasks/interrupt': async (input) => {
        const order = textOf(input, 'order') === 'before-target' ? 'before-target' : 'at-once'
        await plane().ecs.scheduler.interrupt(textOf(input, 'task'), order)
      },
      'POST /redis/stop': () => plane().cache.kill(),
      'POST /redis/start': () => plane().cache.restart(),
      'POST /dynamodb': (input) => plane().setDynamoFault(textOf(input, 'fault')),
      'POST /images': (input) =>
        this.#healthy().push(textOf(input, 'kind') === 'broken' ? 'broken' : 'good', textOf(input, 'tag')),
    })
    this.#stops.push(() => control.stop())
    return control
  }

  #healthy(): Started {
    if (this.#running !== undefined) return this.#running
    throw new RehearsalProblem(
      `${this.#options.environment} does not run yet; wanted: a rehearsal that has started`,
    )
  }

  async #stateOf({ environment, plane, clients, deployed, aws }: Started): Promise<RehearsalState> {
    const { ecs, balancer, cache, targetGroup, counts } = plane
    const { report, isSteady } = ecs.scheduler
    const { service } = deployed
    const targets = targetGroup.describeHealth()
    const idOf = (arn: string): string => arn.split('/').at(-1) ?? arn
    return {
      environment: environment.name,
      api: apiOf(balancer, plane.ca),
      service: {
        name: service.name,
        cluster: service.cluster,
        definition: report.taskDefinition,
        desiredCount: report.desiredCount,
        isSteady,
        deployments: report.deployments.map(({ id, status, rolloutState, taskDefinition }) => ({
          id,
          status,
          rolloutState,
          taskDefinition,
        })),
        events: report.events.map(({ message }) => message),
      },
      tasks: report.tasks
        .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
        .map(({ taskArn, lastStatus, startedBy, capacityProviderName, availabilityZone }) => ({
          id: idOf(taskArn),
          status: lastStatus,
          deployment: startedBy,
          capacityProvider: capacityProviderName,
          zone: availabilityZone,
          target: targets.find(({ id }) => id === idOf(taskArn))?.state ?? 'unused',
        })),
      tasksStarted: ecs.scheduler.tasksStarted,
      redis: cache.nodes,
      queues: await queuesOf(clients),
      requests: counts.summary(),
      denials: await aws.denials(),
      steps: this.#steps.done,
    }
  }
}

/** What the environment's file names, and its owner has made before: the zone of its domain, and its certificate. */
function ownedFor({ domainName, hostedZoneId, certificateArn }: Environment): Owned {
  if (domainName === undefined) return {}
  const parent = domainName.split('.').slice(1).join('.')
  const zone = parent.includes('.') ? parent : domainName
  return {
    hostedZones: hostedZoneId === undefined ? [] : [{ id: hostedZoneId, name: zone }],
    certificates: certificateArn === undefined ? [] : [{ arn: certificateArn, names: [domainName] }],
  }
}

/** What stands once it has started. */
interface Started {
  readonly environment: Environment
  readonly aws: LocalAws
  readonly clients: Clients
  readonly plane: DataPlane
  readonly deployed: Deployed
  readonly run: Run
  readonly push: (kind: 'good' | 'broken', tag: string) => Promise<void>
}

type Run = (program: ProgramName, args: readonly string[], note: (line: string) => void) => Promise<void>

/** The URL that clients are given: of the listener that forwards, by the name that its rule asks for. */
function apiOf({ configuration, listening }: LoadBalancer, ca: string): RehearsalState['api'] {
  for (const { port, tls, rules } of configuration.listeners) {
    const rule = rules.find(({ action }) => action.type === 'forward')
    const local = listening.find((one) => one.port === port)
    if (rule === undefined || local === undefined) continue
    const byHost = rule.conditions.find(({ field }) => field === 'host-header')
    const host = byHost?.field === 'host-header' ? byHost.patterns[0] : undefined
    const connectTo = { host: '127.0.0.1', port: local.localPort }
    return tls === undefined
      ? { url: `http://${host ?? configuration.dnsName}`, connectTo }
      : { url: `https://${host ?? configuration.dnsName}`, connectTo, ca }
  }
  throw new RehearsalProblem(
    `no listener of ${configuration.name} forwards; wanted: one that reaches the service`,
  )
}

/** Those that a rule sends to; dead letters come last. */
async function queuesOf({ sqs }: Clients): Promise<RehearsalState['queues']> {
  const { QueueUrls = [] } = await sqs.listQueues({})
  const queues = await Promise.all(
    QueueUrls.map(async (url) => {
      const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] })
      return {
        url,
        messages: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
        redrives: 'RedrivePolicy' in Attributes,
      }
    }),
  )
  return queues
    .toSorted((one, other) => Number(other.redrives) - Number(one.redrives))
    .map(({ url, messages }) => ({ url, messages }))
}

function repositoryNameOf({ definition, targetGroup }: Service): string {
  const container = definition.containers.find(({ name }) => name === targetGroup?.container)
  return repositoryOf(container?.image).split('/').slice(1).join('/')
}

function textOf(input: Readonly<Record<string, unknown>>, name: string): string {
  const value = input[name]
  if (typeof value !== 'string')
    throw new RehearsalProblem(`${name} is ${JSON.stringify(value)}; wanted: a text`)
  return value
}
