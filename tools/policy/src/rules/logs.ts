import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { allow, statementsOf } from '../documents.ts'
import type { Breach, Rule } from '../rule.ts'
import { all, anything, atLeast, attribute, not, oneOf, refersTo, shown, where } from '../wants.ts'

const GROUP = 'aws_cloudwatch_log_group'
const ALARM = 'aws_cloudwatch_metric_alarm'

/** Rules of what is written down, and of who is called. */
export const LOGS: readonly Rule[] = [
  {
    id: 'log-ends',
    wants: 'a log is kept for a time that somebody chose',
    severity: 'medium',
    types: [GROUP],
    judge: attribute('retention_in_days', atLeast(1), 0),
  },
  {
    id: 'log-kept-a-year',
    wants: 'a log is kept for a year',
    severity: 'medium',
    types: [GROUP],
    judge: attribute('retention_in_days', atLeast(365), 0),
  },
  {
    id: 'log-encrypted-with-own-key',
    wants: 'a log is encrypted with a key of this stack',
    severity: 'medium',
    types: [GROUP],
    judge: attribute('kms_key_id', refersTo('aws_kms_key')),
  },
  {
    id: 'log-written-by-name',
    wants: 'whoever writes to a log is given its name by reference: a misspelt one would be another log',
    severity: 'high',
    types: [
      'aws_ecs_task_definition',
      'aws_codebuild_project',
      'aws_elasticache_replication_group',
      'aws_flow_log',
    ],
    judge: (resource, stack) => {
      const named = logNamesOf(resource)
      if (named.length === 0) return [{ at: 'logs', seen: 'nothing', wanted: `a reference to ${GROUP}` }]
      return named
        .filter(({ name }) => !stack.referredBy(name).some(({ type }) => type === GROUP))
        .map(({ at, name }) => ({ at, seen: shown(name), wanted: `a reference to ${GROUP}` }))
    },
  },
  {
    id: 'log-writer-may-write',
    wants: 'the role that writes to a log may write to that log',
    severity: 'critical',
    types: ['aws_ecs_task_definition', 'aws_codebuild_project', 'aws_flow_log'],
    judge: (resource, stack) => {
      const roles = ['execution_role_arn', 'service_role', 'iam_role_arn']
        .flatMap((at) => valuesAt(resource.block, at))
        .flatMap((value) => stack.referredBy(value))
      const groups = new Set(
        logNamesOf(resource).flatMap(({ name }) =>
          stack.referredBy(name).filter(({ type }) => type === GROUP),
        ),
      )
      return [...groups]
        .filter((group) => !roles.some((role) => mayWrite(role, group, stack)))
        .map((group) => ({
          at: 'role',
          seen: `no right to ${group.path}`,
          wanted: 'logs:CreateLogStream and logs:PutLogEvents',
        }))
    },
  },
  {
    id: 'insights-log-declared',
    wants:
      'the log that Container Insights would make by itself, without an end and without our key, is declared first',
    severity: 'medium',
    types: ['aws_ecs_cluster'],
    judge: ({ block }, stack) => {
      if (!valuesAt(block, 'setting.value').some((value) => value === 'enabled' || value === 'enhanced'))
        return []
      const name = `/aws/ecs/containerinsights/${String(valuesAt(block, 'name')[0])}/performance`
      const group = stack.all(GROUP).find((one) => valuesAt(one.block, 'name').includes(name))
      if (group === undefined) return [{ at: GROUP, seen: 'nothing', wanted: name }]
      return valuesAt(block, 'depends_on').includes(group.address)
        ? []
        : [{ at: 'depends_on', seen: shown(valuesAt(block, 'depends_on')), wanted: group.address }]
    },
  },
  {
    id: 'cluster-measured',
    wants: 'Container Insights measures a cluster',
    severity: 'medium',
    types: ['aws_ecs_cluster'],
    judge: ({ block }) => {
      const settings = valuesAt(block, 'setting').filter((one) =>
        valuesAt(one, 'name').includes('containerInsights'),
      )
      const values = settings.flatMap((one) => valuesAt(one, 'value'))
      return values.some((value) => value === 'enabled' || value === 'enhanced')
        ? []
        : [{ at: 'setting', seen: shown(values), wanted: 'containerInsights enabled or enhanced' }]
    },
  },
  {
    id: 'alarm-calls-somebody',
    wants: 'an alarm calls somebody, or undoes a deployment, or is part of one that calls',
    severity: 'medium',
    types: [ALARM],
    judge: (alarm, stack) => {
      const { block } = alarm
      const calls =
        valuesAt(block, 'alarm_actions').length > 0 && !valuesAt(block, 'actions_enabled').includes(false)
      const isPart = stack.referring(alarm, 'aws_cloudwatch_composite_alarm', 'alarm_rule').length > 0
      const undoes = stack.referring(alarm, 'aws_ecs_service', 'alarms.alarm_names').length > 0
      return calls || isPart || undoes ? [] : [{ at: 'alarm_actions', seen: 'nothing', wanted: 'a topic' }]
    },
  },
  {
    id: 'alarm-explained',
    wants: 'an alarm says what it means, and what missing figures mean',
    severity: 'low',
    types: [ALARM],
    judge: all(
      attribute('alarm_description', anything),
      attribute('treat_missing_data', oneOf('notBreaching', 'breaching', 'ignore', 'missing')),
    ),
  },
  {
    id: 'alarm-hears-few-requests',
    wants: 'an alarm of a percentile is heard by night as well: ignoring few samples leaves out a thousand',
    severity: 'high',
    types: [ALARM],
    judge: attribute('evaluate_low_sample_count_percentiles', not(oneOf('ignore')), 'evaluate'),
  },
  {
    id: 'alarm-actions-on',
    wants: "an alarm's actions are not switched off",
    severity: 'high',
    types: [ALARM, 'aws_cloudwatch_composite_alarm'],
    judge: attribute('actions_enabled', oneOf(true), true),
  },
  {
    id: 'alarm-of-something-there',
    wants: 'what an alarm looks at is there: a name that nobody has is silent for ever',
    severity: 'high',
    types: [ALARM],
    judge: ({ block }, stack) =>
      dimensionsOf(block).flatMap(([name, value]) => dimensionBreaches(name, value, stack)),
  },
  {
    id: 'dead-letters-alarmed',
    wants: 'somebody is called for the first dead letter',
    severity: 'high',
    types: ['aws_sqs_queue'],
    judge: where(
      (queue, stack) =>
        stack.all('aws_cloudwatch_composite_alarm').length > 0 &&
        [
          ...stack.referring(queue, 'aws_sqs_queue', 'redrive_policy'),
          ...stack.referring(queue, 'aws_cloudwatch_event_target', 'dead_letter_config.arn'),
        ].some((one) => one !== queue),
      (queue, stack) =>
        stack
          .all(ALARM)
          .some(
            ({ block }) =>
              ['metric_name', 'metric_query.metric.metric_name'].some((at) =>
                valuesAt(block, at).includes('ApproximateNumberOfMessagesVisible'),
              ) && mentions(block, queue, stack),
          )
          ? []
          : [{ at: ALARM, seen: 'nothing', wanted: 'an alarm on ApproximateNumberOfMessagesVisible' }],
    ),
  },
  {
    id: 'redis-logs',
    wants: 'Redis writes its slow commands and what its engine says to logs',
    severity: 'low',
    types: ['aws_elasticache_replication_group'],
    judge: ({ block }) => {
      const types = valuesAt(block, 'log_delivery_configuration.log_type')
      return ['slow-log', 'engine-log']
        .filter((type) => !types.includes(type))
        .map((type) => ({ at: 'log_delivery_configuration', seen: shown(types), wanted: type }))
    },
  },
  {
    id: 'budget-tells-somebody',
    wants: 'a budget mails somebody, or a topic, before it is used up',
    severity: 'low',
    types: ['aws_budgets_budget'],
    judge: ({ block }) =>
      [
        ...valuesAt(block, 'notification.subscriber_email_addresses'),
        ...valuesAt(block, 'notification.subscriber_sns_topic_arns'),
      ].length > 0
        ? []
        : [{ at: 'notification', seen: 'nobody', wanted: 'an e-mail address' }],
  },
]

interface LogName {
  readonly at: string
  readonly name: unknown
}

function logNamesOf({ type, block }: Resource): readonly LogName[] {
  if (type === 'aws_ecs_task_definition') {
    return containersIn(block).flatMap((container) =>
      valuesAt(container, 'logConfiguration.options').map((options) => ({
        at: `container_definitions ${String(valuesAt(container, 'name')[0])}`,
        name: valuesAt(options, 'awslogs-group')[0],
      })),
    )
  }
  return [
    'logs_config.cloudwatch_logs.group_name',
    'log_delivery_configuration.destination',
    'log_destination',
  ].flatMap((at) => valuesAt(block, at).map((name) => ({ at, name })))
}

/** The containers of a task definition, which are JSON in JSON. */
export function containersIn(block: unknown): readonly unknown[] {
  return valuesAt(block, 'container_definitions').flatMap((text) => {
    try {
      const containers: unknown = JSON.parse(String(text))
      return Array.isArray(containers) ? containers : []
    } catch {
      return []
    }
  })
}

function mayWrite(role: Resource, group: Resource, stack: StackJson): boolean {
  const statements = stack.referring(role, 'aws_iam_role_policy', 'role').flatMap(statementsOf)
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].every((action) =>
    allow(statements, action, group, stack),
  )
}

/** The dimensions of an alarm, of its own metric and of those that it calculates with. */
function dimensionsOf(block: unknown): readonly (readonly [string, unknown])[] {
  return [...valuesAt(block, 'dimensions'), ...valuesAt(block, 'metric_query.metric.dimensions')].flatMap(
    (dimensions) => Object.entries(dimensions as object),
  )
}

/** What each dimension is the name of. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  LoadBalancer: 'aws_lb',
  TargetGroup: 'aws_lb_target_group',
  TableName: 'aws_dynamodb_table',
  QueueName: 'aws_sqs_queue',
  ClusterName: 'aws_ecs_cluster',
  ServiceName: 'aws_ecs_service',
  EventBusName: 'aws_cloudwatch_event_bus',
  RuleName: 'aws_cloudwatch_event_rule',
}

function dimensionBreaches(name: string, value: unknown, stack: StackJson): readonly Breach[] {
  const type = DIMENSIONS[name]
  if (type === undefined) return []
  const referred = stack.referredBy(value)
  const isThere =
    referred.some((one) => one.type === type) ||
    stack.all(type).some(({ block }) => valuesAt(block, 'name').includes(value))
  // CloudWatch knows load balancers by the end of their ARN.
  const isSuffix = !['LoadBalancer', 'TargetGroup'].includes(name) || String(value).includes('.arn_suffix')
  return isThere && isSuffix
    ? []
    : [
        {
          at: `dimensions ${name}`,
          seen: shown(value),
          wanted: isThere ? '.arn_suffix' : `the name of an ${type}`,
        },
      ]
}

function mentions(block: unknown, queue: Resource, stack: StackJson): boolean {
  return dimensionsOf(block).some(
    ([, value]) => stack.referredBy(value).includes(queue) || valuesAt(queue.block, 'name').includes(value),
  )
}
