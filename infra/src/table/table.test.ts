import {
  KEY_ATTRIBUTES,
  TABLE_DEFINITION,
  TTL_ATTRIBUTE,
} from '../../../packages/cart-store/src/dynamodb/table.ts'
import { type Synthesised, synthesise } from '../test/synthesise.ts'

test('the table is the one that the API keeps carts in', () => {
  const table = synthesise('dev').one('aws_dynamodb_table')

  expect(table).toMatchObject({
    name: 'cartwright-dev-carts',
    hash_key: KEY_ATTRIBUTES.partition,
    range_key: KEY_ATTRIBUTES.sort,
    attribute: TABLE_DEFINITION.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
      name: AttributeName,
      type: AttributeType,
    })),
    ttl: { enabled: true, attribute_name: TTL_ATTRIBUTE },
  })
  expect(table).not.toHaveProperty('global_secondary_index')
  expect(table).not.toHaveProperty('stream_enabled')
})

test.each([
  ['dev', 'PAY_PER_REQUEST', false, false],
  ['staging', 'PAY_PER_REQUEST', true, false],
  ['prod', 'PROVISIONED', true, true],
] as const)(
  '%s: %s, point-in-time recovery %p, deletion protection %p',
  (name, billing, recovery, protection) => {
    expect(synthesise(name).one('aws_dynamodb_table')).toMatchObject({
      billing_mode: billing,
      point_in_time_recovery: { enabled: recovery },
      deletion_protection_enabled: protection,
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining('aws_kms_key') },
    })
  },
)

test('provisioned units are scaled, and a plan leaves alone exactly what scaling moves', () => {
  const stack = synthesise('prod')

  expect(stack.one('aws_dynamodb_table')).toMatchObject({
    read_capacity: 100,
    write_capacity: 50,
    lifecycle: { ignore_changes: ['read_capacity', 'write_capacity'] },
  })
  expect(stack.one('aws_appautoscaling_target', 'table/read-units')).toMatchObject({
    min_capacity: 100,
    max_capacity: 1000,
  })
  expect(stack.one('aws_appautoscaling_target', 'table/write-units')).toMatchObject({
    min_capacity: 50,
    max_capacity: 500,
  })
  expect(stack.one('aws_appautoscaling_policy', 'table/write-scaling')).toMatchObject({
    target_tracking_scaling_policy_configuration: {
      target_value: 70,
      predefined_metric_specification: { predefined_metric_type: 'DynamoDBWriteCapacityUtilization' },
    },
  })
})

test('one switch turns prod to on demand, with caps', () => {
  const stack = synthesise('prod', { tableCapacity: 'on-demand' })

  expect(stack.one('aws_dynamodb_table')).toMatchObject({
    billing_mode: 'PAY_PER_REQUEST',
    on_demand_throughput: { max_read_request_units: 1000, max_write_request_units: 500 },
  })
  expect(stack.one('aws_dynamodb_table')['lifecycle']).toEqual({ prevent_destroy: true })
  expect([...stack.all('aws_appautoscaling_target').keys()]).toEqual(['service/scaling/tasks'])
})

test('dev is on demand without caps', () => {
  expect(synthesise('dev').one('aws_dynamodb_table')).not.toHaveProperty('on_demand_throughput')
})

test('a destroy of prod is refused before it deletes anything, until protection is off', () => {
  const protectedTypes = ['aws_dynamodb_table', 'aws_lb']
  const lifecycles = (stack: Synthesised) => protectedTypes.map((type) => stack.one(type)['lifecycle'] ?? {})

  for (const lifecycle of lifecycles(synthesise('prod')))
    expect(lifecycle).toMatchObject({ prevent_destroy: true })
  for (const lifecycle of lifecycles(synthesise('prod', { deletionProtection: false }))) {
    expect(lifecycle).not.toHaveProperty('prevent_destroy')
  }
})
