import { CloudwatchDashboard } from '#aws/cloudwatch-dashboard'
import { Construct } from '#terraform'
import type { Place } from '../base/place.ts'
import type { Cache } from '../cache/cache.ts'
import type { Events } from '../events/events.ts'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import type { Service } from '../service/service.ts'
import type { Table } from '../table/table.ts'

export interface DashboardsProps {
  readonly name: string
  readonly place: Place
  readonly cache: Cache
  readonly table: Table
  readonly events: Events
  readonly loadBalancer: LoadBalancer
  readonly service: Service
}

interface Graph {
  readonly title: string
  /** Each a line of the graph: namespace, metric, then dimensions by turns. */
  readonly lines: readonly (readonly string[])[]
  readonly stat: string
}

/** Two graphs stand side by side: CloudWatch's grid has 24 columns. */
const WIDTH = 12
const HEIGHT = 6

/**
 * Two dashboards, of the application and of Redis: what to look at when an alarm rings.
 *
 * Cost: $3 a month each beyond the first three of an account.
 */
export class Dashboards extends Construct {
  readonly urls: readonly string[]

  constructor(scope: Construct, id: string, props: DashboardsProps) {
    super(scope, id)
    this.urls = [
      this.#show('application', `${props.name}-application`, applicationGraphs(props), props.place),
      this.#show('redis', `${props.name}-redis`, redisGraphs(props), props.place),
    ]
  }

  #show(id: string, dashboardName: string, graphs: readonly Graph[], { region }: Place): string {
    const widgets = graphs.map(({ title, lines, stat }, index) => ({
      type: 'metric',
      x: (index % 2) * WIDTH,
      y: Math.floor(index / 2) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { title, metrics: lines, stat, region, period: 60, view: 'timeSeries', stacked: false },
    }))
    new CloudwatchDashboard(this, id, { dashboardName, dashboardBody: JSON.stringify({ widgets }) })
    return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards:name=${dashboardName}`
  }
}

function applicationGraphs({ loadBalancer, service, table, events }: DashboardsProps): readonly Graph[] {
  const balancer = (metric: string): readonly string[] => [
    'AWS/ApplicationELB',
    metric,
    'LoadBalancer',
    loadBalancer.arnSuffix,
  ]
  const tasks = (metric: string): readonly string[] => [
    'AWS/ECS',
    metric,
    'ClusterName',
    service.clusterName,
    'ServiceName',
    service.serviceName,
  ]
  const target = ['TargetGroup', loadBalancer.targetGroupArnSuffix]
  const units = (metric: string): readonly string[] => ['AWS/DynamoDB', metric, 'TableName', table.name]
  const queue = (metric: string, name: string): readonly string[] => ['AWS/SQS', metric, 'QueueName', name]
  return [
    { title: 'Requests a minute', stat: 'Sum', lines: [balancer('RequestCount')] },
    { title: 'Slowest request in a hundred, s', stat: 'p99', lines: [balancer('TargetResponseTime')] },
    {
      title: 'Errors a minute: by the balancer, by tasks, of clients',
      stat: 'Sum',
      lines: ['HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_5XX_Count', 'HTTPCode_Target_4XX_Count'].map(
        balancer,
      ),
    },
    {
      title: 'Tasks that serve, and that do not',
      stat: 'Maximum',
      lines: ['HealthyHostCount', 'UnHealthyHostCount'].map((metric) => [...balancer(metric), ...target]),
    },
    {
      title: 'CPU and memory of tasks, %',
      stat: 'Average',
      lines: ['CPUUtilization', 'MemoryUtilization'].map(tasks),
    },
    {
      title: 'Units of the table a minute',
      stat: 'Sum',
      lines: ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map(units),
    },
    {
      title: 'Throttles of the table',
      stat: 'Sum',
      lines: ['ReadThrottleEvents', 'WriteThrottleEvents'].map(units),
    },
    {
      title: 'Orders that wait, and dead letters',
      stat: 'Maximum',
      lines: [events.ordersQueue, events.ordersDeadLetters, events.undelivered].map(({ name }) =>
        queue('ApproximateNumberOfMessagesVisible', name),
      ),
    },
  ]
}

function redisGraphs({ cache }: DashboardsProps): readonly Graph[] {
  const graph = (title: string, metric: string, stat: string): Graph => ({
    title,
    stat,
    lines: cache.nodeIds.map((node) => ['AWS/ElastiCache', metric, 'CacheClusterId', node]),
  })
  return [
    graph('Memory, %', 'DatabaseMemoryUsagePercentage', 'Maximum'),
    graph('CPU of the thread that answers, %', 'EngineCPUUtilization', 'Maximum'),
    graph('Connections', 'CurrConnections', 'Maximum'),
    graph('Commands refused', 'ErrorCount', 'Sum'),
    graph('Hits', 'CacheHits', 'Sum'),
    graph('Misses', 'CacheMisses', 'Sum'),
    graph('Behind the primary, s', 'ReplicationLag', 'Maximum'),
    graph('Evictions (there must be none)', 'Evictions', 'Sum'),
    graph('Bytes in', 'NetworkBytesIn', 'Sum'),
    graph('Bytes out', 'NetworkBytesOut', 'Sum'),
  ]
}
