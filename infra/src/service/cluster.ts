import type { Environment, Names } from '@cartwright/environments'
import { EcsCluster } from '#aws/ecs-cluster'
import { EcsClusterCapacityProviders } from '#aws/ecs-cluster-capacity-providers'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import type { Place } from '../base/place.ts'
import type { Role } from '../base/role.ts'

export interface ClusterProps
  extends Pick<Environment, 'containerInsights' | 'ecsExec' | 'capacity' | 'logRetentionDays'> {
  readonly names: Pick<Names, 'cluster' | 'base'>
  readonly key: Key
  readonly place: Place
}

/** What of the tasks runs on which capacity: `base` tasks first, the others by weight. */
const STRATEGIES = {
  spot: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }],
  'spot-above-one': [
    { capacityProvider: 'FARGATE', base: 1, weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 },
  ],
  'on-demand': [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }],
} as const satisfies Record<Environment['capacity'], readonly object[]>

/**
 * The ECS cluster, its capacity, and the log of shells opened in tasks.
 *
 * Cost: none by itself; Container Insights $11 a month for one service (36 metrics at $0.30), enhanced at least $13 (180 at
 * $0.07), and its log.
 */
export class Cluster extends Construct {
  readonly arn: string
  readonly name: string
  readonly strategy: readonly { capacityProvider: string; base: number; weight: number }[]
  /** What has to be there before a service asks for capacity. */
  readonly ready: EcsClusterCapacityProviders
  readonly #props: ClusterProps
  readonly #execLog: LogGroup | undefined

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id)
    this.#props = props
    const { names, ecsExec, capacity } = props
    this.#execLog = ecsExec
      ? new LogGroup(this, 'exec-log', { ...props, name: `/${names.base}/tasks/exec` })
      : undefined
    const cluster = this.#makeCluster()
    this.arn = cluster.arn
    this.name = cluster.name
    this.strategy = STRATEGIES[capacity]
    this.ready = new EcsClusterCapacityProviders(this, 'capacity', {
      clusterName: cluster.name,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: this.strategy.map((one) => ({ ...one })),
    })
  }

  /** Lets a task open its side of a shell, and log what is typed. */
  grantExec(role: Role): void {
    const log = this.#execLog
    if (log === undefined) return
    const { key, place } = this.#props
    const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel']
    // Channels have no ARN.
    role.allow({ sid: 'OpenShell', actions: channels.map((action) => `ssmmessages:${action}`) })
    role.allow({
      sid: 'FindShellLog',
      actions: ['logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
      resources: [place.arn('logs', 'log-group:*')],
    })
    log.grantWrite(role, 'WriteShellLog')
    // The session is encrypted by the task itself, not through another service.
    role.allow({ sid: 'EncryptShell', actions: ['kms:Decrypt'], resources: [key.arn] })
  }

  #makeCluster(): EcsCluster {
    const { names, containerInsights, key } = this.#props
    // ECS would make this group by itself, keep it for ever, and leave it behind.
    const insights =
      containerInsights === 'disabled'
        ? []
        : [
            new LogGroup(this, 'insights-log', {
              ...this.#props,
              name: `/aws/ecs/containerinsights/${names.cluster}/performance`,
            }).resource,
          ]
    const log = this.#execLog
    return new EcsCluster(this, 'cluster', {
      name: names.cluster,
      setting: [{ name: 'containerInsights', value: containerInsights }],
      ...(log === undefined
        ? {}
        : {
            configuration: {
              executeCommandConfiguration: {
                kmsKeyId: key.arn,
                logging: 'OVERRIDE',
                logConfiguration: { cloudWatchLogGroupName: log.name, cloudWatchEncryptionEnabled: true },
              },
            },
          }),
      dependsOn: insights,
    })
  }
}
