import type { Environment } from '@cartwright/environments'
import { CloudwatchCompositeAlarm } from '#aws/cloudwatch-composite-alarm'
import { CloudwatchMetricAlarm } from '#aws/cloudwatch-metric-alarm'
import { Construct, type TerraformResource } from '#terraform'
import type { Cache } from '../cache/cache.ts'
import type { Events } from '../events/events.ts'
import type { Queue } from '../events/queue.ts'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import type { Service } from '../service/service.ts'
import type { Table } from '../table/table.ts'
import type { Topic } from './topic.ts'

export interface AlarmsProps extends Pick<Environment, 'containerInsights'> {
  readonly name: string
  readonly topic: Topic
  readonly cache: Cache
  readonly table: Table
  readonly events: Events
  readonly loadBalancer: LoadBalancer
  readonly service: Service
}

/** One alarm on one of AWS's metrics. */
interface Alarm {
  readonly id: string
  /** What is wrong, and what to look at first. */
  readonly about: string
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  /** A statistic such as Maximum, or a percentile such as p99. */
  readonly stat: string
  readonly above: number
  /** Minutes that it has to last. */
  readonly minutes: number
  /** What no data means: a metric that is silent when all is well, or one that is never silent. */
  readonly silence: 'notBreaching' | 'breaching'
}

/** What DynamoDB's API can be throttled in and fail at: `SystemErrors` has no sum over operations. */
const OPERATIONS = [
  'BatchWriteItem',
  'GetItem',
  'PutItem',
  'Query',
  'TransactWriteItems',
  'UpdateItem',
] as const

/**
 * What wakes somebody. Each alarm tells what is wrong in its description and goes to the topic; those that mean that
 * customers are hurt now also make the composite alarm `…-customers`.
 *
 * Cost: $0.10 a month for each metric that an alarm reads, which is one but for `tasks-missing`; $0.50 for the composite one.
 */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    // A node that is not there yet says nothing.
    this.#raise(props, cacheAlarms(props), [props.cache.ready])
    this.#raise(props, [...tableAlarms(props), ...eventAlarms(props)])
    this.#raise(props, serviceAlarms(props))
    if (props.containerInsights !== 'disabled') this.#missTasks(props)
    const hurting = this.#raise(props, requestAlarms(props))
    new CloudwatchCompositeAlarm(this, 'customers', {
      alarmName: `${props.name}-customers`,
      alarmDescription: 'Customers are hurt: requests fail or are slow, or no task serves.',
      alarmRule: hurting.map(({ alarmName }) => `ALARM("${alarmName}")`).join(' OR '),
      alarmActions: [props.topic.arn],
      okActions: [props.topic.arn],
      dependsOn: hurting,
    })
  }

  /** Where no task runs, nothing is measured and few requests fail: Container Insights counts what should be there. */
  #missTasks({ name, topic, service }: AlarmsProps): void {
    const dimensions = { ClusterName: service.clusterName, ServiceName: service.serviceName }
    const count = (id: string, metricName: string) => ({
      id,
      returnData: false,
      metric: { namespace: 'ECS/ContainerInsights', metricName, period: 60, stat: 'Average', dimensions },
    })
    new CloudwatchMetricAlarm(this, 'tasks-missing', {
      alarmName: `${name}-tasks-missing`,
      alarmDescription:
        'Fewer tasks run than should for ten minutes: they do not start, or end again. The events of the service say why.',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      evaluationPeriods: 10,
      treatMissingData: 'notBreaching',
      metricQuery: [
        {
          id: 'missing',
          label: 'Missing tasks',
          expression: 'desired - FILL(running, 0)',
          returnData: true,
        },
        count('desired', 'DesiredTaskCount'),
        count('running', 'RunningTaskCount'),
      ],
      alarmActions: [topic.arn],
      okActions: [topic.arn],
    })
  }

  #raise(
    { name, topic }: AlarmsProps,
    alarms: readonly Alarm[],
    dependsOn: TerraformResource[] = [],
  ): CloudwatchMetricAlarm[] {
    return alarms.map(
      (alarm) =>
        new CloudwatchMetricAlarm(this, alarm.id, {
          alarmName: `${name}-${alarm.id}`,
          alarmDescription: alarm.about,
          namespace: alarm.namespace,
          metricName: alarm.metric,
          dimensions: { ...alarm.dimensions },
          ...(alarm.stat.startsWith('p')
            ? // Also of few requests: `ignore` would leave out a thousand, and keep the alarm as it was.
              { extendedStatistic: alarm.stat, evaluateLowSampleCountPercentiles: 'evaluate' }
            : { statistic: alarm.stat }),
          period: 60,
          evaluationPeriods: alarm.minutes,
          comparisonOperator: 'GreaterThanThreshold',
          threshold: alarm.above,
          treatMissingData: alarm.silence,
          alarmActions: [topic.arn],
          okActions: [topic.arn],
          ...(dependsOn.length === 0 ? {} : { dependsOn }),
        }),
    )
  }
}

/** Every node has all of them: the roles swap at a failover. */
function cacheAlarms({ cache }: AlarmsProps): Alarm[] {
  return cache.nodeIds.flatMap((node, index) => {
    const common = {
      namespace: 'AWS/ElastiCache',
      dimensions: { CacheClusterId: node },
      stat: 'Maximum',
      silence: 'notBreaching',
    } as const
    const number = index + 1
    return [
      {
        ...common,
        id: `redis-memory-${number}`,
        about: `Redis node ${node} is fuller than 80 %: nothing is evicted, so writes will be refused. Larger nodes, or fewer carts a minute.`,
        metric: 'DatabaseMemoryUsagePercentage',
        above: 80,
        minutes: 5,
      },
      {
        ...common,
        id: `redis-cpu-${number}`,
        about: `Redis node ${node} uses more than 80 % of its one thread: answers become slow. Larger nodes.`,
        metric: 'EngineCPUUtilization',
        above: 80,
        minutes: 5,
      },
      {
        ...common,
        id: `redis-host-${number}`,
        about: `The host of Redis node ${node} uses more than 80 % of its CPU, or says nothing: TLS and copies take what its one thread needs, or the node is gone.`,
        metric: 'CPUUtilization',
        above: 80,
        // A failed node is replaced within them.
        minutes: 15,
        silence: 'breaching',
      },
      {
        ...common,
        id: `redis-refused-${number}`,
        about: `Redis node ${node} refuses commands, perhaps for lack of memory: the cache works without them, and the table does more.`,
        metric: 'ErrorCount',
        stat: 'Sum',
        above: 10,
        minutes: 5,
      },
      {
        ...common,
        id: `redis-lag-${number}`,
        about: `Redis node ${node} is more than 10 s behind its primary: a failover now would lose that much of the cache.`,
        metric: 'ReplicationLag',
        above: 10,
        minutes: 5,
      },
    ]
  })
}

function requestAlarms({ loadBalancer }: AlarmsProps): Alarm[] {
  const common = { namespace: 'AWS/ApplicationELB', silence: 'notBreaching' } as const
  const balancer = { LoadBalancer: loadBalancer.arnSuffix }
  const targets = { ...balancer, TargetGroup: loadBalancer.targetGroupArnSuffix }
  return [
    {
      ...common,
      id: 'balancer-errors',
      about:
        'The load balancer answered 5xx by itself: no task, or tasks that break connections. Look at the service.',
      metric: 'HTTPCode_ELB_5XX_Count',
      dimensions: balancer,
      stat: 'Sum',
      above: 10,
      minutes: 3,
    },
    {
      ...common,
      id: 'api-errors',
      about: 'Tasks answered 5xx: the log has the reason of each, with its requestId.',
      metric: 'HTTPCode_Target_5XX_Count',
      dimensions: targets,
      stat: 'Sum',
      above: 10,
      minutes: 3,
    },
    {
      ...common,
      id: 'api-slow',
      about: 'One request in a hundred takes longer than a second: look at table throttles, cache and CPU.',
      metric: 'TargetResponseTime',
      dimensions: targets,
      stat: 'p99',
      above: 1,
      minutes: 5,
    },
    {
      ...common,
      id: 'api-unready',
      about: 'A task is not ready: it cannot reach the table, or is alone in not reaching the cache.',
      metric: 'UnHealthyHostCount',
      dimensions: targets,
      stat: 'Maximum',
      above: 0,
      minutes: 5,
    },
  ]
}

function serviceAlarms({ service }: AlarmsProps): Alarm[] {
  const common = {
    namespace: 'AWS/ECS',
    dimensions: { ClusterName: service.clusterName, ServiceName: service.serviceName },
    stat: 'Average',
    minutes: 10,
    // Before the first release nothing runs.
    silence: 'notBreaching',
  } as const
  return [
    {
      ...common,
      id: 'tasks-cpu',
      about: 'Tasks use more than 90 % of their CPU for ten minutes: scaling has reached its end.',
      metric: 'CPUUtilization',
      above: 90,
    },
    {
      ...common,
      id: 'tasks-memory',
      about: 'Tasks use more than 90 % of their memory: they will be killed at 100.',
      metric: 'MemoryUtilization',
      above: 90,
    },
  ]
}

function tableAlarms({ table }: AlarmsProps): Alarm[] {
  const common = { namespace: 'AWS/DynamoDB', stat: 'Sum', silence: 'notBreaching' } as const
  const TableName = table.name
  const throttles = (['Read', 'Write'] as const).map((kind) => ({
    ...common,
    id: `table-throttled-${kind.toLowerCase()}s`,
    about: `The table refuses ${kind.toLowerCase()}s for lack of units: more of them, or a cart that everybody changes.`,
    metric: `${kind}ThrottleEvents`,
    dimensions: { TableName },
    above: 10,
    minutes: 5,
  }))
  const failures = OPERATIONS.flatMap((Operation) =>
    [
      { metric: 'SystemErrors', what: 'fails inside DynamoDB', id: 'failed' },
      { metric: 'ThrottledRequests', what: 'is throttled', id: 'throttled' },
    ].map(({ metric, what, id }) => ({
      ...common,
      id: `table-${id}-${Operation}`,
      about: `${Operation} ${what}; the API tries again until a request's time is over, and then answers 503.`,
      metric,
      dimensions: { TableName, Operation },
      above: 10,
      minutes: 5,
    })),
  )
  return [...throttles, ...failures]
}

function eventAlarms({ events }: AlarmsProps): Alarm[] {
  const common = { silence: 'notBreaching', stat: 'Maximum' } as const
  const dead = (id: string, queue: Queue, about: string): Alarm => ({
    ...common,
    id,
    about,
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: queue.name },
    above: 0,
    minutes: 1,
  })
  return [
    {
      ...common,
      id: 'orders-waiting',
      about: 'An order has waited in the queue for more than 15 minutes: its consumer stands still.',
      namespace: 'AWS/SQS',
      metric: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: events.ordersQueue.name },
      above: 900,
      minutes: 5,
    },
    dead(
      'orders-dead',
      events.ordersDeadLetters,
      'The consumer gave up an order five times: it waits among the dead letters.',
    ),
    dead(
      'undelivered',
      events.undelivered,
      'An event could not be delivered to its target: a queue, the log, or the build that undoes a failed release. In the message RULE_ARN says which, ERROR_MESSAGE why.',
    ),
    {
      ...common,
      id: 'orders-rule-failed',
      about: 'The rule could not send an order to its queue.',
      namespace: 'AWS/Events',
      metric: 'FailedInvocations',
      dimensions: { EventBusName: events.busName, RuleName: events.ordersRuleName },
      stat: 'Sum',
      above: 0,
      minutes: 1,
    },
    {
      ...common,
      id: 'orders-lost',
      about:
        'An order could be delivered neither to its queue nor to the dead letters: it is in the archive alone.',
      namespace: 'AWS/Events',
      metric: 'InvocationsFailedToBeSentToDlq',
      dimensions: { EventBusName: events.busName, RuleName: events.ordersRuleName },
      stat: 'Sum',
      above: 0,
      minutes: 1,
    },
  ]
}
