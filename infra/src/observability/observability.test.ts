import { synthesise } from '../test/synthesise.ts'

const ALARM_EMAILS = { alarmEmails: ['ops@example.com', 'oncall@example.com'] } as const

test('dev has a budget and dashboards, and no alarm', () => {
  const stack = synthesise('dev')

  expect(stack.all('aws_cloudwatch_metric_alarm').size).toBe(0)
  expect(stack.all('aws_sns_topic').size).toBe(0)
  expect(stack.all('aws_budgets_budget').size).toBe(1)
  expect([...stack.all('aws_cloudwatch_dashboard').keys()]).toEqual([
    'observability/dashboards/application',
    'observability/dashboards/redis',
  ])
})

test('every alarm says what is wrong and what silence means, and tells the topic', () => {
  const alarms = [...synthesise('prod').all('aws_cloudwatch_metric_alarm').entries()]
  const told = alarms.filter(([at]) => at.startsWith('observability/'))

  expect(told.length).toBeGreaterThan(30)
  for (const [, alarm] of told) {
    expect(alarm['alarm_description']).toMatch(/^.{30,}\.$/)
    expect(alarm['treat_missing_data']).toMatch(/^(notBreaching|breaching)$/)
    expect(alarm['alarm_actions']).toEqual([expect.stringContaining('aws_sns_topic')])
  }
})

test('every node of Redis is watched, whatever its role', () => {
  const alarms = [...synthesise('prod').all('aws_cloudwatch_metric_alarm').values()]
  const nodes = (metric: string) =>
    alarms.flatMap((alarm) =>
      // What the alarm was given.
      alarm['metric_name'] === metric
        ? [(alarm['dimensions'] as { CacheClusterId: string }).CacheClusterId]
        : [],
    )

  for (const metric of [
    'DatabaseMemoryUsagePercentage',
    'EngineCPUUtilization',
    'ErrorCount',
    'ReplicationLag',
  ]) {
    expect(nodes(metric)).toEqual([
      'cartwright-prod-cart-001',
      'cartwright-prod-cart-002',
      'cartwright-prod-cart-003',
    ])
  }
})

test('a node of Redis that says nothing for a quarter of an hour calls somebody, once there is one', () => {
  const stack = synthesise('prod')
  const hosts = [...stack.all('aws_cloudwatch_metric_alarm')].filter(([at]) => at.includes('/redis-host-'))

  expect(hosts.map(([at]) => at.split('/').at(-1))).toEqual(['redis-host-1', 'redis-host-2', 'redis-host-3'])
  for (const [index, [, alarm]] of hosts.entries()) {
    expect(alarm).toMatchObject({
      metric_name: 'CPUUtilization',
      dimensions: { CacheClusterId: `cartwright-prod-cart-00${index + 1}` },
      statistic: 'Maximum',
      threshold: 80,
      period: 60,
      evaluation_periods: 15,
      // Silence is the failure.
      treat_missing_data: 'breaching',
      // Before the group is there, every node is silent.
      depends_on: [expect.stringMatching(/^aws_elasticache_replication_group\./)],
    })
  }
})

test('balancers and target groups are named by their suffix', () => {
  const alarms = [...synthesise('prod').all('aws_cloudwatch_metric_alarm').values()]
  const text = JSON.stringify(alarms.filter((alarm) => alarm['namespace'] === 'AWS/ApplicationELB'))

  expect(text).toMatch(/"LoadBalancer":"\$\{aws_lb\.[\w-]+\.arn_suffix\}"/)
  expect(text).toMatch(/"TargetGroup":"\$\{aws_lb_target_group\.[\w-]+\.arn_suffix\}"/)
})

test('DynamoDB is watched for the table and for each operation', () => {
  const ids = [...synthesise('prod').all('aws_cloudwatch_metric_alarm').keys()].map((at) =>
    at.split('/').at(-1),
  )

  expect(ids).toEqual(
    expect.arrayContaining([
      'table-throttled-reads',
      'table-throttled-writes',
      'table-failed-TransactWriteItems',
      'table-throttled-TransactWriteItems',
    ]),
  )
})

test('dead letters and failed rules ring at the first', () => {
  const stack = synthesise('prod')

  for (const id of ['orders-dead', 'undelivered', 'orders-rule-failed', 'orders-lost']) {
    expect(stack.one('aws_cloudwatch_metric_alarm', `observability/alarms/${id}`)).toMatchObject({
      threshold: 0,
      comparison_operator: 'GreaterThanThreshold',
      evaluation_periods: 1,
    })
  }
})

test.each([
  ['staging', {}, 1],
  ['staging', { containerInsights: 'disabled' }, 0],
] as const)('in %s with %j, tasks that do not run are missed %d time', (name, change, alarms) => {
  const found = [...synthesise(name, change).all('aws_cloudwatch_metric_alarm')].filter(([at]) =>
    at.endsWith('/tasks-missing'),
  )

  expect(found).toHaveLength(alarms)
  for (const [, { metric_query }] of found)
    expect(metric_query).toContainEqual(expect.objectContaining({ expression: 'desired - FILL(running, 0)' }))
})

test('one composite alarm means that customers are hurt', () => {
  const { alarm_rule } = synthesise('prod').one('aws_cloudwatch_composite_alarm')

  expect(String(alarm_rule).split(' OR ')).toEqual(
    ['balancer-errors', 'api-errors', 'api-slow', 'api-unready'].map((id) =>
      expect.stringMatching(
        new RegExp(`^ALARM\\("\\$\\{aws_cloudwatch_metric_alarm\\.observability_alarms_${id}_`),
      ),
    ),
  )
})

test('alarms may publish to the encrypted topic, which writes to each address', () => {
  const stack = synthesise('prod', ALARM_EMAILS)

  expect(stack.statements(stack.one('aws_sns_topic_policy')['policy'])).toMatchObject({
    Alarms: { Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: ['sns:Publish'] },
  })
  expect(stack.statements(stack.one('aws_kms_key')['policy'])).toHaveProperty('Alarms')
  expect([...stack.all('aws_sns_topic_subscription').keys()]).toEqual([
    'observability/topic/to-ops-example-com',
    'observability/topic/to-oncall-example-com',
  ])
})

test('the budget counts this environment, and mails directly', () => {
  expect(synthesise('dev', ALARM_EMAILS).one('aws_budgets_budget')).toMatchObject({
    limit_amount: '150.0',
    cost_filter: [{ name: 'TagKeyValue', values: ['user:Environment$dev'] }],
    notification: [
      { threshold: 80, notification_type: 'ACTUAL', subscriber_email_addresses: ALARM_EMAILS.alarmEmails },
      { threshold: 100, notification_type: 'ACTUAL' },
      { threshold: 100, notification_type: 'FORECASTED' },
    ],
  })
  expect(synthesise('dev').one('aws_budgets_budget')['notification'] ?? []).toEqual([])
})

test('what undoes a deployment is a set of its own, which tells nobody', () => {
  const alarms = [...synthesise('staging').all('aws_cloudwatch_metric_alarm').entries()]
  const rollback = alarms.filter(([at]) => at.startsWith('rollback/'))

  expect(rollback.map(([at]) => at)).toEqual(['rollback/errors', 'rollback/slowness'])
  for (const [, alarm] of rollback) {
    expect(alarm).not.toHaveProperty('alarm_actions')
    expect(alarm['treat_missing_data']).toBe('notBreaching')
  }
})

test('dashboards are JSON that CloudWatch can lay out', () => {
  const stack = synthesise('prod')

  for (const dashboard of stack.all('aws_cloudwatch_dashboard').values()) {
    const {
      widgets,
    }: { widgets: readonly { x: number; width: number; properties: { metrics: unknown[] } }[] } = JSON.parse(
      String(dashboard['dashboard_body']),
    )
    expect(widgets.length).toBeGreaterThan(5)
    for (const { x, width, properties } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24)
      expect(properties.metrics.length).toBeGreaterThan(0)
    }
  }
})
