import { readFileSync } from 'node:fs'
import path from 'node:path'
import { EVENT_SOURCE as API_EVENT_SOURCE } from '../../../packages/cart-store/src/relay/eventbridge-publisher.ts'
import { synthesise } from '../test/synthesise.ts'
import { EVENT_SOURCE, ORDER_EVENT } from './events.ts'

test('the rule asks for what the API publishes', () => {
  const schemas = path.resolve(import.meta.dirname, '../../../docs/reference/events')
  const schema = readFileSync(path.join(schemas, `${ORDER_EVENT}.v1.schema.json`), 'utf8')
  const rule = synthesise('dev').one('aws_cloudwatch_event_rule', 'events/orders-rule')

  expect(EVENT_SOURCE).toBe(API_EVENT_SOURCE)
  expect(schema).toContain(`"${ORDER_EVENT}"`)
  expect(JSON.parse(String(rule['event_pattern']))).toEqual({
    source: ['cartwright.cart'],
    'detail-type': ['checkout-started'],
  })
})

test.each([
  ['dev', undefined],
  ['staging', 30],
  ['prod', 90],
] as const)('%s keeps events for %p days', (name, days) => {
  const archives = [...synthesise(name).all('aws_cloudwatch_event_archive').values()]

  expect(archives.map((archive) => archive['retention_days'])).toEqual(days === undefined ? [] : [days])
})

test('both the rule and the queue have dead letters, which keep for 14 days', () => {
  const stack = synthesise('prod')
  const queues = stack.all('aws_sqs_queue')
  const orders = stack.one('aws_sqs_queue', 'events/orders/queue')

  expect([...queues.keys()].toSorted()).toEqual([
    'events/orders-dead/queue',
    'events/orders/queue',
    'events/undelivered/queue',
  ])
  for (const [at, queue] of queues) {
    expect(queue).toMatchObject({
      message_retention_seconds: 1_209_600,
      // What cannot be delivered because our key is out of use must not need it.
      ...(at === 'events/undelivered/queue'
        ? { sqs_managed_sse_enabled: true }
        : { kms_master_key_id: expect.stringContaining('aws_kms_key') }),
    })
  }
  expect(JSON.parse(String(orders['redrive_policy']))).toEqual({
    deadLetterTargetArn: expect.stringContaining('events_orders-dead_queue'),
    maxReceiveCount: 5,
  })
  expect(stack.one('aws_cloudwatch_event_target', 'events/orders-target')).toMatchObject({
    dead_letter_config: { arn: expect.stringContaining('events_undelivered_queue') },
  })
  expect(stack.one('aws_cloudwatch_event_bus')).toMatchObject({
    dead_letter_config: { arn: expect.stringContaining('events_undelivered_queue') },
    kms_key_identifier: expect.stringContaining('aws_kms_key'),
  })
})

test.each([
  ['events/orders/policy', ['orders-rule']],
  ['events/undelivered/policy', ['events_bus', 'orders-rule']],
] as const)('%s lets EventBridge send for its own rules only', (at, sources) => {
  const stack = synthesise('prod')
  const { Events, DenyPlainText } = stack.statements(stack.one('aws_sqs_queue_policy', at)['policy'])

  expect(Events).toMatchObject({
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['sqs:SendMessage'],
    Condition: { ArnEquals: { 'aws:SourceArn': sources.map((source) => expect.stringContaining(source)) } },
  })
  expect(DenyPlainText).toMatchObject({
    Effect: 'Deny',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  })
})

test('nobody sends to the dead letters but the queue itself', () => {
  const stack = synthesise('prod')
  const policy = stack.one('aws_sqs_queue_policy', 'events/orders-dead/policy')['policy']
  const allowed = stack.one('aws_sqs_queue_redrive_allow_policy')['redrive_allow_policy']

  expect(Object.keys(stack.statements(policy))).toEqual(['DenyPlainText'])
  expect(JSON.parse(String(allowed))).toEqual({
    redrivePermission: 'byQueue',
    sourceQueueArns: [expect.stringContaining('events_orders_queue')],
  })
})

test('EventBridge may use the key, and is asked for nothing that it does not say', () => {
  const stack = synthesise('dev')

  expect(stack.statements(stack.one('aws_kms_key')['policy'])['Events']).toMatchObject({
    Principal: { Service: 'events.amazonaws.com' },
    Action: expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']),
  })
  expect(stack.statements(stack.one('aws_kms_key')['policy'])['Events']).not.toHaveProperty('Condition')
})

test('dev writes every event to a log group that EventBridge may write to', () => {
  const stack = synthesise('dev')
  const policy = stack.one('aws_cloudwatch_log_resource_policy')

  expect(stack.one('aws_cloudwatch_log_group', 'events/log/group')['name']).toBe('/aws/events/cartwright-dev')
  expect(stack.statements(policy['policy_document'])['WriteEvents']).toMatchObject({
    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    Condition: { ArnEquals: { 'aws:SourceArn': expect.stringContaining('log-rule') } },
  })
  expect(synthesise('prod').all('aws_cloudwatch_log_resource_policy').size).toBe(0)
})
