import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { dynamoRefusal, type HttpFaultProxy, startHttpFaultProxy } from '@cartwright/test-servers'
import type { Clients, TaskServices } from '../clients/index.ts'
import { Ecs, follow, Journal, NoService, type ServiceReport } from '../ecs/index.ts'
import type { Guard } from '../guard/guard.ts'
import type { Registry } from '../images/index.ts'
import {
  Counts,
  type LoadBalancer,
  namesByAcm,
  readLoadBalancer,
  startLoadBalancer,
  type TargetGroup,
} from '../load-balancer/index.ts'
import { RehearsalProblem } from '../problem.ts'
import {
  type Cache,
  type ElastiCacheApi,
  type ReplicationGroup,
  readReplicationGroups,
  startCache,
} from '../redis/index.ts'
import type { Authority } from '../tls/authority.ts'
import type { Deployed } from './discover.ts'
import type { DynamoFault } from './remote.ts'
import { Stops } from './stops.ts'

export interface DataPlaneOptions {
  readonly clients: Clients
  readonly deployed: Deployed
  readonly services: TaskServices
  readonly registry: Registry
  readonly guard: Guard
  readonly authority: Authority
  /** An existing one, for what tasks read. */
  readonly folder: string
  /** Where the listener that forwards listens here. @default a free port */
  readonly port?: number
  /** Told what takes a while, and what is not as on AWS. */
  readonly note: (line: string) => void
  /** The tokens that each replication group takes now. */
  readonly tokens: () => Promise<Readonly<Record<string, readonly string[]>>>
  /** Takes what ECS has done back to its API. */
  readonly report: (report: ServiceReport) => Promise<void>
}

/** What AWS would run of a deployed environment: Redis, the load balancer and tasks, as the APIs declare them. */
export class DataPlane {
  readonly ecs: Ecs
  readonly cache: Cache
  readonly balancer: LoadBalancer
  readonly targetGroup: TargetGroup
  /** A file with the authority that signs for the load balancer. */
  readonly ca: string
  readonly counts = new Counts()
  readonly #dynamo: HttpFaultProxy
  readonly #stops: Stops
  readonly #unfollow: () => void

  /** @throws {RehearsalProblem} where something is declared that cannot be rehearsed */
  static async start(options: DataPlaneOptions): Promise<DataPlane> {
    const stops = new Stops()
    try {
      return await DataPlane.#start(options, stops)
    } catch (error) {
      await stops.run()
      throw error
    }
  }

  static async #start(options: DataPlaneOptions, stops: Stops): Promise<DataPlane> {
    const { clients, deployed, services, registry, guard, authority, folder, tokens, note } = options
    const { endpoint } = clients.place
    const journal = new Journal()
    const dynamo = await startHttpFaultProxy(endpoint)
    stops.add(() => dynamo.stop())

    const leftOut = new Set<string>()
    journal.follow(({ kind, said }) => {
      if (kind === 'cache' || kind === 'problem') note(said)
      else if (kind === 'not-rehearsed' && !leftOut.has(said)) {
        leftOut.add(said)
        note(`not rehearsed: ${said}`)
      }
    })
    let ecs: Ecs | undefined
    const cache = await startCache({
      api: clients.elasticache,
      group: await onlyGroup(clients.elasticache),
      guard,
      authority,
      tokens,
      tell: ({ node = 'Redis', said }) => journal.write({ kind: 'cache', said: `${node} ${said}` }),
      rerouted: () => ecs?.scheduler.reroute(),
    })
    stops.add(() => cache.stop())

    const declared = await readLoadBalancer(
      clients.elbv2,
      { arn: deployed.loadBalancer },
      namesByAcm(clients.acm),
    )
    const forwarding = declared.listeners.find(({ rules }) =>
      rules.some(({ action }) => action.type === 'forward'),
    )
    const ports =
      options.port === undefined || forwarding === undefined ? {} : { [forwarding.port]: options.port }
    const balancer = await startLoadBalancer(declared, { authority, ports })
    stops.add(() => balancer.stop())
    for (const what of declared.notPlayed) journal.write({ kind: 'not-rehearsed', said: what })

    const ca = path.join(folder, 'ca.pem')
    writeFileSync(ca, authority.certificate)
    // DataPlaneOptions come from a deployed service, which has one (discover.ts).
    const targetGroup = balancer.targetGroup(deployed.service.targetGroup?.arn ?? '')
    const report = inTurn(options.report, (error) => journal.write({ kind: 'problem', said: String(error) }))
    ecs = await Ecs.start({
      service: deployed.service,
      zones: deployed.zones,
      guard,
      journal,
      report,
      surroundings: {
        aws: services,
        images: registry,
        targetGroup,
        routes: () => cache.routes(),
        variables: {
          AWS_ENDPOINT_URL: endpoint,
          // So that a drill can do what only this one service suffers.
          AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
          NODE_EXTRA_CA_CERTS: ca,
        },
      },
    })
    const started = ecs
    stops.add(() => started.kill())
    return new DataPlane({ stops, ecs, cache, balancer, targetGroup, dynamo, clients, deployed, ca })
  }

  private constructor(parts: {
    readonly stops: Stops
    readonly ecs: Ecs
    readonly cache: Cache
    readonly balancer: LoadBalancer
    readonly targetGroup: TargetGroup
    readonly dynamo: HttpFaultProxy
    readonly clients: Clients
    readonly deployed: Deployed
    readonly ca: string
  }) {
    const { ecs, balancer, clients, deployed } = parts
    this.ecs = ecs
    this.cache = parts.cache
    this.balancer = balancer
    this.targetGroup = parts.targetGroup
    this.ca = parts.ca
    this.#dynamo = parts.dynamo
    this.#stops = parts.stops
    balancer.listen((event) => this.counts.add(event))
    this.#unfollow = follow({
      api: clients.ecs,
      scheduler: ecs.scheduler,
      service: deployed.service,
      failed: (error) => this.#lost(error),
    })
  }

  /** How DynamoDB is for tasks from now on. */
  setDynamoFault(fault: DynamoFault): void {
    if (fault === 'none') this.#dynamo.set(() => undefined)
    else if (fault === 'throttle')
      this.#dynamo.set(() => dynamoRefusal(400, 'ProvisionedThroughputExceededException'))
    else this.#dynamo.set(() => ({ does: 'cut-before' }))
  }

  /** Ends everything; requests that are under way are cut off. */
  async stop(): Promise<void> {
    this.#unfollow()
    await this.#stops.run()
  }

  #lost(error: unknown): void {
    // DeleteService: its tasks go.
    if (error instanceof NoService) this.ecs.scheduler.update({ desiredCount: 0 })
    else this.ecs.journal.write({ kind: 'problem', said: `ECS cannot be asked: ${String(error)}` })
  }
}

async function onlyGroup(api: ElastiCacheApi): Promise<ReplicationGroup> {
  const [group, ...others] = await readReplicationGroups(api)
  if (group === undefined || others.length > 0)
    throw new RehearsalProblem(
      `ElastiCache has ${others.length + (group ? 1 : 0)} replication groups; wanted: one`,
    )
  return group
}

/** One after the other, and of those that wait only the last: each tells all. */
function inTurn<T>(send: (what: T) => Promise<void>, failed: (error: unknown) => void): (what: T) => void {
  let next: { readonly what: T } | undefined
  let isSending = false
  const sendAll = async (): Promise<void> => {
    isSending = true
    while (next !== undefined) {
      const { what } = next
      next = undefined
      await send(what).catch(failed)
    }
    isSending = false
  }
  return (what) => {
    next = { what }
    if (!isSending) void sendAll()
  }
}
