import type { Denial } from '@cartwright/local-aws'
import type { Clients } from '../clients/index.ts'
import type { Service } from '../ecs/index.ts'
import type { LoadBalancer, Summary } from '../load-balancer/index.ts'
import { RehearsalProblem } from '../problem.ts'
import type { DataPlane } from './data-plane.ts'
import type { Deployment } from './deployment.ts'
import type { Step } from './steps.ts'

/** What runs, for the page and for drills. */
export interface RehearsalState {
  readonly environment: string
  /** Where clients reach the API: the declared URL, and where its host really listens. */
  readonly api: {
    readonly url: string
    readonly connectTo: { readonly host: string; readonly port: number }
    /** A file with the authority that signed its certificate, where it has one. */
    readonly ca?: string
  }
  readonly service: {
    readonly name: string
    readonly cluster: string
    readonly definition: string
    readonly desiredCount: number
    readonly isSteady: boolean
    readonly deployments: readonly {
      readonly id: string
      readonly status: string
      readonly rolloutState: string
      readonly taskDefinition: string
    }[]
    /** The newest first. */
    readonly events: readonly string[]
  }
  readonly tasks: readonly TaskState[]
  /** Of all tasks that ever were. */
  readonly tasksStarted: number
  readonly redis: readonly {
    readonly node: string
    readonly role: 'primary' | 'replica'
    readonly isUp: boolean
  }[]
  readonly queues: readonly { readonly url: string; readonly messages: number }[]
  readonly requests: Summary
  readonly denials: readonly Denial[]
  readonly steps: readonly Step[]
}

export interface TaskState {
  readonly id: string
  readonly status: string
  readonly deployment: string
  readonly capacityProvider: string
  readonly zone: string
  /** As the target group tells it. */
  readonly target: string
}

export interface Seen {
  readonly plane: DataPlane
  readonly service: Service
  readonly deployment: Deployment
  readonly steps: readonly Step[]
}

/** Everything as it is now. */
export async function stateOf({ plane, service, deployment, steps }: Seen): Promise<RehearsalState> {
  const { environment, clients, aws } = deployment
  const { ecs, balancer, cache, targetGroup, counts } = plane
  const { report, isSteady } = ecs.scheduler
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
    steps,
  }
}

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
