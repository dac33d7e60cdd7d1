import { type Block, DOMAIN, type Name, type Synthesised, synthesise } from '../test/synthesise.ts'

interface Container {
  readonly name: string
  readonly mountPoints: readonly { readonly containerPath: string }[]
  readonly [field: string]: unknown
}

function containers(stack: Synthesised): readonly Container[] {
  return JSON.parse(String(stack.one('aws_ecs_task_definition')['container_definitions']))
}

function api(stack: Synthesised): Container {
  const found = containers(stack).find(({ name }) => name === 'api')
  if (found === undefined) throw new Error('there is no container api')
  return found
}

function rights(stack: Synthesised, role: string): Readonly<Record<string, Block>> {
  return stack.statements(stack.one('aws_iam_role_policy', `service/${role}/policy`)['policy'])
}

test.each([
  ['dev', '256', '512', 1],
  ['staging', '512', '1024', 2],
  ['prod', '1024', '2048', 3],
] as const)(
  '%s runs tasks of %s units and %s MiB on ARM, %d of them after the first release',
  (name, cpu, memory, count) => {
    const stack = synthesise(name)

    expect(stack.one('aws_ecs_task_definition')).toMatchObject({
      cpu,
      memory,
      track_latest: true,
      runtime_platform: { cpu_architecture: 'ARM64' },
    })
    expect(stack.one('aws_ecs_service')['desired_count']).toMatch(
      new RegExp(`insecure_value.* == "none"\\) \\? 0 : ${count}}$`),
    )
  },
)

test.each([
  ['dev', [{ capacity_provider: 'FARGATE_SPOT', base: 0, weight: 1 }]],
  [
    'staging',
    [
      { capacity_provider: 'FARGATE', base: 1, weight: 0 },
      { capacity_provider: 'FARGATE_SPOT', base: 0, weight: 1 },
    ],
  ],
  ['prod', [{ capacity_provider: 'FARGATE', base: 0, weight: 1 }]],
] as const)('the capacity of %s', (name, strategy) => {
  expect(synthesise(name).one('aws_ecs_service')).toMatchObject({
    capacity_provider_strategy: strategy,
    force_new_deployment: true,
  })
})

test('the container is as closed as it can be', () => {
  expect(api(synthesise('prod'))).toMatchObject({
    essential: true,
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    mountPoints: [],
    stopTimeout: 60,
    logConfiguration: { options: { mode: 'non-blocking', 'max-buffer-size': '8m' } },
  })
})

test('the health check asks for /health by a command that the image has', () => {
  const { healthCheck } = api(synthesise('prod'))

  expect(healthCheck).toMatchObject({
    command: ['CMD', 'node', '--eval', expect.stringContaining('/health')],
  })
})

test.each([
  ['dev', true],
  ['staging', true],
  ['prod', false],
] as const)('shells in %s: %p', (name, on) => {
  const stack = synthesise(name)

  expect(stack.one('aws_ecs_service')['enable_execute_command']).toBe(on)
  expect(api(stack).mountPoints.map(({ containerPath }) => containerPath)).toEqual(
    on ? ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'] : [],
  )
  expect('OpenShell' in rights(stack, 'task-role')).toBe(on)
  expect(stack.all('aws_cloudwatch_log_group').has('service/cluster/exec-log/group')).toBe(on)
})

test.each([
  ['dev', ['api'], 'disabled'],
  ['staging', ['api', 'traces'], 'enabled'],
  ['prod', ['api', 'traces'], 'enhanced'],
] as const)('%s has the containers %p and Container Insights %s', (name, names, insights) => {
  const stack = synthesise(name)

  expect(containers(stack).map((container) => container.name)).toEqual(names)
  expect(containers(stack).filter(({ essential }) => essential)).toHaveLength(1)
  expect(stack.one('aws_ecs_cluster')['setting']).toEqual([{ name: 'containerInsights', value: insights }])
})

test('the group that Container Insights would make is there before the cluster', () => {
  const stack = synthesise('prod')

  expect(stack.one('aws_cloudwatch_log_group', 'service/cluster/insights-log/group')['name']).toBe(
    '/aws/ecs/containerinsights/cartwright-prod/performance',
  )
  expect(stack.one('aws_ecs_cluster')['depends_on']).toEqual([expect.stringContaining('insights-log')])
})

test('the task role does what the API does, on its own resources, and no more', () => {
  const stack = synthesise('prod')
  const statements = rights(stack, 'task-role')

  expect(statements).toEqual({
    ReadTable: {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:Query'],
      Resource: [expect.stringMatching(/aws_dynamodb_table\.table_/)],
    },
    WriteTable: {
      Effect: 'Allow',
      Action: ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      Resource: [expect.stringMatching(/aws_dynamodb_table\.table_/)],
    },
    UseTableKey: expect.objectContaining({
      Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com' } },
    }),
    ReadRedisToken: {
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [expect.stringMatching(/aws_secretsmanager_secret\.cache_token_secret/)],
    },
    UseTokenKey: expect.objectContaining({
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    }),
    PublishEvents: {
      Effect: 'Allow',
      Action: ['events:PutEvents'],
      Resource: [expect.stringMatching(/aws_cloudwatch_event_bus\.events_bus/)],
    },
    SendTraces: expect.objectContaining({ Resource: ['*'] }),
  })
})

test('the execution role starts tasks, and is another one', () => {
  const stack = synthesise('prod')

  expect(Object.keys(rights(stack, 'execution-role'))).toEqual(['EnterRegistry', 'PullImages', 'WriteLog'])
  expect(stack.one('aws_ecs_task_definition')).toMatchObject({
    task_role_arn: expect.stringMatching(/service_task-role/),
    execution_role_arn: expect.stringMatching(/service_execution-role/),
  })
})

test('both are taken by tasks of this account only', () => {
  const stack = synthesise('dev')
  const { Take } = stack.statements(stack.one('aws_iam_role', 'service/task-role/role')['assume_role_policy'])

  expect(Take).toMatchObject({
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Condition: {
      StringEquals: { 'aws:SourceAccount': expect.anything() },
      ArnLike: { 'aws:SourceArn': expect.stringContaining(':ecs:eu-west-1:') },
    },
  })
})

test.each([
  ['dev', false],
  ['staging', true],
  ['prod', true],
] as const)('rollback alarms in %s: %p; the breaker always', (name, on) => {
  const service = synthesise(name).one('aws_ecs_service')

  expect(service['deployment_circuit_breaker']).toEqual({ enable: true, rollback: true })
  expect('alarms' in service).toBe(on)
})

test('a deployment that was undone is no success', () => {
  const { lifecycle } = synthesise('prod').one('aws_ecs_service')

  expect(lifecycle).toMatchObject({
    postcondition: [
      {
        condition: expect.stringMatching(
          /self\.task_definition == aws_ecs_task_definition\.service_task_\w+\.arn/,
        ),
        error_message: expect.stringContaining('the deployment was undone'),
      },
    ],
  })
  expect(synthesise('prod').one('aws_ecs_service')['wait_for_steady_state']).toBe(true)
})

test('the service comes after its listener rule, its rights and its capacity', () => {
  expect(synthesise('prod', DOMAIN).one('aws_ecs_service')['depends_on']).toEqual([
    expect.stringMatching(/aws_lb_listener_rule\.load-balancer_api/),
    expect.stringMatching(/aws_ecs_cluster_capacity_providers/),
    expect.stringMatching(/aws_iam_role_policy\.service_execution-role/),
    expect.stringMatching(/aws_iam_role_policy\.service_task-role/),
  ])
})

test('dev runs in the zone of its cache, the others in all', () => {
  const subnets = (name: Name): number => {
    // What the service is given.
    const { network_configuration } = synthesise(name).one('aws_ecs_service') as {
      network_configuration: { subnets: readonly string[] }
    }
    return network_configuration.subnets.length
  }

  expect([subnets('dev'), subnets('staging'), subnets('prod')]).toEqual([1, 2, 3])
})

describe('scaling', () => {
  test('is off in dev, where a plan keeps the number of tasks', () => {
    const stack = synthesise('dev')

    expect(stack.all('aws_appautoscaling_target').size).toBe(0)
    expect(stack.one('aws_ecs_service')['lifecycle']).not.toHaveProperty('ignore_changes')
  })

  test.each([
    ['staging', 2, 6],
    ['prod', 3, 20],
  ] as const)('moves %s from %d to %d tasks, which a plan leaves alone', (name, least, most) => {
    const stack = synthesise(name)

    const target = stack.one('aws_appautoscaling_target', 'service/scaling/tasks')

    // AWS starts tasks up to the minimum at once: there is none before there is an image.
    expect(target).toMatchObject({
      min_capacity: expect.stringMatching(new RegExp(`insecure_value.* == "none"\\) \\? 0 : ${least}}$`)),
      max_capacity: most,
    })
    expect(target).not.toHaveProperty('lifecycle')
    expect(stack.one('aws_ecs_service')['lifecycle']).toMatchObject({ ignore_changes: ['desired_count'] })
  })

  test.each([
    ['cpu', 'ECSServiceAverageCPUUtilization', 70],
    ['memory', 'ECSServiceAverageMemoryUtilization', 80],
    ['requests', 'ALBRequestCountPerTarget', 60_000],
  ])('follows %s', (id, metric, target) => {
    expect(synthesise('prod').one('aws_appautoscaling_policy', `service/scaling/${id}`)).toMatchObject({
      target_tracking_scaling_policy_configuration: {
        target_value: target,
        predefined_metric_specification: { predefined_metric_type: metric },
      },
    })
  })

  test('knows the pair of balancer and targets only after the rule', () => {
    const policy = synthesise('prod').one('aws_appautoscaling_policy', 'service/scaling/requests')

    expect(policy).toMatchObject({
      target_tracking_scaling_policy_configuration: {
        predefined_metric_specification: {
          resource_label: expect.stringMatching(
            /aws_lb\.[\w-]+\.arn_suffix\}\/\$\{aws_lb_target_group\.[\w-]+\.arn_suffix/,
          ),
        },
      },
      depends_on: [expect.stringMatching(/aws_lb_listener_rule\.load-balancer_api/)],
    })
  })

  test('raises its floor by the clock, once there is a release, and leaves the rest to Terraform', () => {
    const stack = synthesise('prod', {
      scheduledFloor: 6,
      scheduledFloorHours: '7-22',
      scheduledFloorTimezone: 'Europe/Berlin',
    })
    const actions = stack.all('aws_appautoscaling_scheduled_action')
    const onceReleased = (tasks: number) => ({
      min_capacity: expect.stringMatching(new RegExp(`insecure_value.* == "none"\\) \\? 0 : ${tasks}}$`)),
    })

    expect(stack.one('aws_appautoscaling_target', 'service/scaling/tasks')).toMatchObject({
      max_capacity: 20,
      lifecycle: { ignore_changes: ['min_capacity'] },
    })
    for (const { scalable_target_action: action } of actions.values()) {
      expect(Object.keys(action as Block)).toEqual(['min_capacity'])
    }
    expect([...actions.values()]).toMatchObject([
      {
        schedule: 'cron(0 7 * * ? *)',
        timezone: 'Europe/Berlin',
        scalable_target_action: onceReleased(6),
      },
      {
        schedule: 'cron(0 22 * * ? *)',
        timezone: 'Europe/Berlin',
        scalable_target_action: onceReleased(3),
      },
    ])
  })
})
