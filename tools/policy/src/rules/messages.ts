import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { means, type Statement, speaksOf, statementsOf } from '../documents.ts'
import type { Rule } from '../rule.ts'
import { all, atLeast, attribute, companion, oneOf, refersTo, shown, where } from '../wants.ts'
import { deniesPlainText } from './storage.ts'

const QUEUE = 'aws_sqs_queue'
const TARGET = 'aws_cloudwatch_event_target'

/** Rules of what is sent: events, queues, topics. */
export const MESSAGES: readonly Rule[] = [
  {
    id: 'queue-encrypted',
    wants: 'what waits in a queue is encrypted',
    severity: 'high',
    types: [QUEUE],
    judge: ({ block }) =>
      valuesAt(block, 'sqs_managed_sse_enabled').includes(true) ||
      valuesAt(block, 'kms_master_key_id').some((key) => key !== 'alias/aws/sqs')
        ? []
        : [
            {
              at: 'kms_master_key_id',
              seen: shown(valuesAt(block, 'kms_master_key_id')[0]),
              wanted: 'a key of its own, or sqs_managed_sse_enabled',
            },
          ],
  },
  {
    id: 'queue-encrypted-with-own-key',
    wants: 'what waits in a queue for its consumer is encrypted with a key of this stack',
    severity: 'medium',
    types: [QUEUE],
    judge: where(
      (queue, stack) =>
        stack.referring(queue, 'aws_cloudwatch_event_bus', 'dead_letter_config.arn').length === 0,
      attribute('kms_master_key_id', refersTo('aws_kms_key')),
    ),
  },
  {
    id: 'bus-dead-letters-without-its-key',
    wants:
      "a bus's dead letters do not need the key of the bus: where that is out of use they must still arrive",
    severity: 'medium',
    types: ['aws_cloudwatch_event_bus'],
    judge: ({ block }, stack) => {
      const keys = stack.referredBy(valuesAt(block, 'kms_key_identifier'))
      return queuesIn(block, 'dead_letter_config.arn', stack)
        .filter((queue) =>
          stack.referredBy(valuesAt(queue.block, 'kms_master_key_id')).some((key) => keys.includes(key)),
        )
        .map((queue) => ({
          at: 'dead_letter_config.arn',
          seen: `${queue.path} with the same key`,
          wanted: 'sqs_managed_sse_enabled',
        }))
    },
  },
  {
    id: 'queue-has-dead-letters',
    wants: 'what no consumer can handle goes to a queue of dead letters, unless it is one',
    severity: 'high',
    types: [QUEUE],
    judge: where(
      (queue, stack) => !isForDeadLetters(queue, stack),
      attribute('redrive_policy', refersTo(QUEUE)),
    ),
  },
  {
    id: 'queue-keeps-for-days',
    wants: 'a queue keeps for fourteen days: a broken consumer is mended in them',
    severity: 'medium',
    types: [QUEUE],
    judge: attribute('message_retention_seconds', atLeast(1_209_600), 345_600),
  },
  {
    id: 'queue-by-tls-only',
    wants: 'a queue refuses whoever comes without TLS',
    severity: 'medium',
    types: [QUEUE],
    judge: companion('aws_sqs_queue_policy', 'queue_url', {
      judge: (resource) => deniesPlainText(resource, 'sqs:*'),
      wanted: 'a policy that denies aws:SecureTransport false',
    }),
  },
  {
    id: 'target-has-dead-letters',
    wants: 'an event that a target does not take goes to a queue of dead letters',
    severity: 'high',
    types: [TARGET],
    judge: attribute('dead_letter_config.arn', refersTo(QUEUE)),
  },
  {
    id: 'queue-admits-events',
    wants: 'a queue lets in the rules that send to it',
    severity: 'critical',
    types: [TARGET],
    judge: ({ block }, stack) =>
      ['arn', 'dead_letter_config.arn'].flatMap((at) =>
        queuesIn(block, at, stack).flatMap((queue) => {
          const rules = stack.referredBy(valuesAt(block, 'rule'))
          return admits(queue, rules, stack)
            ? []
            : [{ at, seen: `${queue.path} does not let it in`, wanted: 'a policy for this rule' }]
        }),
      ),
  },
  {
    id: 'bus-has-dead-letters',
    wants: 'what a bus cannot encrypt or deliver goes to a queue of dead letters that lets it in',
    severity: 'medium',
    types: ['aws_cloudwatch_event_bus'],
    judge: all(attribute('dead_letter_config.arn', refersTo(QUEUE)), (bus, stack) =>
      queuesIn(bus.block, 'dead_letter_config.arn', stack).flatMap((queue) =>
        admits(queue, [bus], stack)
          ? []
          : [
              {
                at: 'dead_letter_config.arn',
                seen: `${queue.path} does not let it in`,
                wanted: 'a policy for this bus',
              },
            ],
      ),
    ),
  },
  {
    id: 'bus-encrypted-with-own-key',
    wants: 'a bus is encrypted with a key of this stack',
    severity: 'medium',
    types: ['aws_cloudwatch_event_bus'],
    judge: attribute('kms_key_identifier', refersTo('aws_kms_key')),
  },
  {
    id: 'bus-has-a-policy',
    wants: 'a bus says who may put events',
    severity: 'low',
    types: ['aws_cloudwatch_event_bus'],
    judge: companion('aws_cloudwatch_event_bus_policy', 'event_bus_name'),
  },
  {
    id: 'rule-enabled',
    wants: 'a rule is on, and has a target',
    severity: 'high',
    types: ['aws_cloudwatch_event_rule'],
    judge: all(
      attribute('state', oneOf('ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'), 'ENABLED'),
      companion(TARGET, 'rule'),
    ),
  },
  {
    id: 'target-on-its-rules-bus',
    wants: 'a target is on the bus of its rule: elsewhere the rule is not found',
    severity: 'critical',
    types: [TARGET],
    judge: ({ block }, stack) => {
      const busOf = (one: unknown) => String(valuesAt(one, 'event_bus_name')[0] ?? 'default')
      return stack
        .referredBy(valuesAt(block, 'rule'))
        .filter((rule) => busOf(rule.block) !== busOf(block))
        .map((rule) => ({ at: 'event_bus_name', seen: busOf(block), wanted: busOf(rule.block) }))
    },
  },
  {
    id: 'topic-encrypted',
    wants: 'what a topic passes on is encrypted, with a key of this stack',
    severity: 'medium',
    types: ['aws_sns_topic'],
    judge: attribute('kms_master_key_id', refersTo('aws_kms_key')),
  },
  {
    id: 'topic-admits-its-publishers',
    wants: 'a topic lets in those that publish to it',
    severity: 'critical',
    types: ['aws_sns_topic'],
    judge: (topic, stack) =>
      publishersOf(topic, stack)
        .filter((service) => !lets(topic, 'aws_sns_topic_policy', 'arn', service, 'sns:Publish', stack))
        .map((service) => ({
          at: 'aws_sns_topic_policy',
          seen: `${service} is not let in`,
          wanted: 'sns:Publish',
        })),
  },
  {
    id: 'topic-by-tls-only',
    wants: 'a topic is not published to without TLS',
    severity: 'low',
    types: ['aws_sns_topic'],
    judge: companion('aws_sns_topic_policy', 'arn', {
      judge: (resource) => deniesPlainText(resource, 'sns:Publish'),
    }),
  },
  {
    id: 'topic-heard',
    wants: 'somebody is told of what a topic passes on',
    severity: 'medium',
    types: ['aws_sns_topic'],
    judge: companion('aws_sns_topic_subscription', 'topic_arn'),
  },
  {
    id: 'key-admits-its-services',
    wants:
      'the key of something that an AWS service writes to lets that service use it: without, it is silent for ever',
    severity: 'critical',
    types: ['aws_kms_key'],
    judge: (key, stack) => {
      const admitting = statementsOf(key).filter(
        (one) =>
          one.effect === 'Allow' &&
          ['kms:Decrypt', 'kms:GenerateDataKey'].every((action) => speaksOf(one, action)),
      )
      return [...servicesOf(key, stack)].flatMap(([service, users]) => {
        const user = users.find(
          (each) =>
            !admitting.some(
              (one) =>
                one.principals.some((principal) => isService(principal, service, stack)) &&
                isFor(one, each, stack),
            ),
        )
        return user === undefined
          ? []
          : [
              {
                at: 'policy',
                seen: `${service} is not let in, and ${user.path} needs it`,
                wanted: 'kms:Decrypt and kms:GenerateDataKey for it',
              },
            ]
      })
    },
  },
  {
    id: 'key-services-bound',
    wants: 'a service may use a key only for this account or for what it encrypts',
    severity: 'medium',
    types: ['aws_kms_key'],
    judge: (key) =>
      statementsOf(key)
        .filter(
          ({ effect, principals, conditions }) =>
            effect === 'Allow' &&
            principals.some((one) => one.startsWith('Service:')) &&
            conditions.length === 0,
        )
        .map(({ sid, principals }) => ({
          at: `policy ${sid}`,
          seen: shown(principals),
          wanted: 'a condition',
        })),
  },
]

function isForDeadLetters(queue: Resource, stack: StackJson): boolean {
  return [
    ...stack.referring(queue, QUEUE, 'redrive_policy'),
    ...stack.referring(queue, TARGET, 'dead_letter_config.arn'),
    ...stack.referring(queue, 'aws_cloudwatch_event_bus', 'dead_letter_config.arn'),
  ].some((one) => one !== queue)
}

function queuesIn(block: unknown, at: string, stack: StackJson): readonly Resource[] {
  return stack.referredBy(valuesAt(block, at)).filter(({ type }) => type === QUEUE)
}

/** Whether a queue's policy lets EventBridge send for each of these sources. */
function admits(queue: Resource, sources: readonly Resource[], stack: StackJson): boolean {
  const statements = stack.referring(queue, 'aws_sqs_queue_policy', 'queue_url').flatMap(statementsOf)
  return sources.every((source) =>
    statements.some(
      ({ effect, principals, actions, conditions }) =>
        effect === 'Allow' &&
        principals.includes('Service:events.amazonaws.com') &&
        actions.includes('sqs:SendMessage') &&
        conditions.some(
          ({ key, values }) =>
            key === 'aws:SourceArn' && values.some((value) => stack.referredBy(value).includes(source)),
        ),
    ),
  )
}

function publishersOf(topic: Resource, stack: StackJson): readonly string[] {
  const alarms = ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'].flatMap((type) => [
    ...stack.referring(topic, type, 'alarm_actions'),
    ...stack.referring(topic, type, 'ok_actions'),
  ])
  return [
    ...(alarms.length > 0 ? ['cloudwatch.amazonaws.com'] : []),
    ...(stack.referring(topic, 'aws_codestarnotifications_notification_rule', 'target.address').length > 0
      ? ['codestar-notifications.amazonaws.com']
      : []),
    ...(stack.referring(topic, 'aws_budgets_budget', 'notification.subscriber_sns_topic_arns').length > 0
      ? ['budgets.amazonaws.com']
      : []),
  ]
}

function lets(
  of: Resource,
  type: string,
  at: string,
  service: string,
  action: string,
  stack: StackJson,
): boolean {
  return stack
    .referring(of, type, at)
    .flatMap(statementsOf)
    .some(
      ({ effect, principals, actions }) =>
        effect === 'Allow' && principals.includes(`Service:${service}`) && actions.includes(action),
    )
}

/** The services of AWS that use a key by themselves, with what makes them. */
function servicesOf(key: Resource, stack: StackJson): ReadonlyMap<string, readonly Resource[]> {
  const services = new Map<string, Resource[]>()
  const use = (service: string, users: readonly Resource[]) => {
    if (users.length > 0) services.set(service, [...(services.get(service) ?? []), ...users])
  }
  const queues = stack.referring(key, QUEUE, 'kms_master_key_id')
  const topics = stack.referring(key, 'aws_sns_topic', 'kms_master_key_id')
  use('logs', stack.referring(key, 'aws_cloudwatch_log_group', 'kms_key_id'))
  use('events', [
    ...stack.referring(key, 'aws_cloudwatch_event_bus', 'kms_key_identifier'),
    ...queues.filter(
      (queue) =>
        [
          ...stack.referring(queue, TARGET, 'arn'),
          ...stack.referring(queue, TARGET, 'dead_letter_config.arn'),
        ].length > 0,
    ),
  ])
  for (const topic of topics)
    for (const publisher of publishersOf(topic, stack)) use(publisher.replace('.amazonaws.com', ''), [topic])
  return services
}

/** The region that is deployed to; nothing where the provider does not say it. */
function regionOf({ json }: StackJson): string | undefined {
  const [region] = valuesAt(json, 'provider.aws.region')
  return typeof region === 'string' && /^[a-z0-9-]+$/.test(region) ? region : undefined
}

/** Whether a principal is a service, as it is called everywhere or in the region that is deployed to. */
function isService(principal: string, service: string, stack: StackJson): boolean {
  const region = regionOf(stack) ?? '[a-z0-9-]+'
  return new RegExp(`^Service:${service}(\\.${region})?\\.amazonaws\\.com$`).test(principal)
}

/** Whether the conditions of a key's statement leave what uses it: its log, and the service of this region. */
function isFor({ conditions }: Statement, user: Resource, stack: StackJson): boolean {
  const region = regionOf(stack)
  return conditions.every(({ key, values }) => {
    if (key === 'kms:ViaService')
      return region === undefined || values.some((one) => one.includes(`.${region}.`))
    if (key !== 'kms:EncryptionContext:aws:logs:arn') return true
    const names = valuesAt(user.block, 'name').map((name) => `log-group:${String(name)}`)
    return values.some(
      (value) => stack.referredBy(value).includes(user) || names.some((name) => isArnOf(value, region, name)),
    )
  })
}

/** Whether a pattern of ARNs means something of a region: whatever it refers to may be anything. */
function isArnOf(pattern: string, region: string | undefined, name: string): boolean {
  if (pattern === '*') return true
  const [, , , where = '', , ...rest] = pattern.replaceAll(/\$\{[^}]*\}/g, '*').split(':')
  return (region === undefined || means(where, region)) && means(rest.join(':'), name)
}
