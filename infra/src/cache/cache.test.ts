import { synthesise } from '../test/synthesise.ts'

test.each([
  ['dev', 'cache.t4g.micro', 1, false, 0, ['eu-west-1a']],
  ['staging', 'cache.t4g.small', 2, true, 0, ['eu-west-1a', 'eu-west-1b']],
  ['prod', 'cache.r7g.large', 3, true, 7, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
] as const)('%s: %s × %d, failover %p, %d snapshots', (name, type, nodes, failover, snapshots, zones) => {
  expect(synthesise(name).one('aws_elasticache_replication_group')).toMatchObject({
    replication_group_id: `cartwright-${name}-cart`,
    engine: 'redis',
    engine_version: '7.1',
    node_type: type,
    num_cache_clusters: nodes,
    preferred_cache_cluster_azs: zones,
    automatic_failover_enabled: failover,
    multi_az_enabled: failover,
    snapshot_retention_limit: snapshots,
    transit_encryption_enabled: true,
    transit_encryption_mode: 'required',
    at_rest_encryption_enabled: 'true',
  })
})

test('nothing is evicted', () => {
  expect(synthesise('dev').one('aws_elasticache_parameter_group')).toMatchObject({
    family: 'redis7',
    parameter: [{ name: 'maxmemory-policy', value: 'noeviction' }],
  })
})

test('the state never holds the token that lives', () => {
  const stack = synthesise('prod')

  expect(stack.one('aws_elasticache_replication_group')).toMatchObject({
    auth_token: expect.stringMatching(/^\$\{data\.aws_secretsmanager_random_password\./),
    lifecycle: { ignore_changes: ['auth_token', 'auth_token_update_strategy'] },
  })
  expect(stack.one('aws_secretsmanager_secret_version')).toMatchObject({
    secret_string_wo: expect.stringContaining(
      'ephemeral.aws_secretsmanager_random_password.redis.random_password',
    ),
    secret_string_wo_version: 1,
  })
  expect(stack.one('aws_secretsmanager_secret_version')).not.toHaveProperty('secret_string')
  expect(stack.json['ephemeral']).toEqual({
    aws_secretsmanager_random_password: { redis: { password_length: 64, exclude_punctuation: true } },
  })
})

test('no rotation takes the last label from the version that Terraform wrote, and no plan moves one', () => {
  expect(synthesise('dev').one('aws_secretsmanager_secret_version')).toMatchObject({
    version_stages: ['AWSCURRENT', 'CARTWRIGHT_FIRST'],
    lifecycle: { ignore_changes: ['version_stages', 'secret_string', 'secret_string_wo_version'] },
  })
})

test.each([
  ['dev', 0],
  ['staging', 0],
  ['prod', 30],
] as const)('the secret of %s can be brought back for %d days, and another made meanwhile', (name, days) => {
  const secret = synthesise(name).one('aws_secretsmanager_secret')

  expect(secret).toMatchObject({
    name_prefix: `cartwright-${name}-cart-redis-`,
    recovery_window_in_days: days,
  })
  expect(secret).not.toHaveProperty('name')
})

test('only prod leaves a last snapshot, under a name of its own each time', () => {
  const group = synthesise('prod').one('aws_elasticache_replication_group')

  expect(group['final_snapshot_identifier']).toMatch(
    /^cartwright-prod-cart-\$\{terraform_data\.cache_birth_\w+\.output\.at\}$/,
  )
  expect(synthesise('staging').one('aws_elasticache_replication_group')).not.toHaveProperty(
    'final_snapshot_identifier',
  )
})

test('slow and engine logs go to groups that are there before', () => {
  expect(
    synthesise('dev').one('aws_elasticache_replication_group')['log_delivery_configuration'],
  ).toMatchObject([
    { log_type: 'slow-log', destination: expect.stringMatching(/aws_cloudwatch_log_group\.cache_slow-log/) },
    {
      log_type: 'engine-log',
      destination: expect.stringMatching(/aws_cloudwatch_log_group\.cache_engine-log/),
    },
  ])
})

test('only tasks reach Redis', () => {
  const rules = [...synthesise('prod').all('aws_vpc_security_group_ingress_rule').entries()]

  expect(rules.filter(([, rule]) => rule['from_port'] === 6379)).toEqual([
    [
      'cache/group/from-api',
      expect.objectContaining({
        referenced_security_group_id: expect.stringMatching(/aws_security_group\.service_group_/),
      }),
    ],
  ])
})
