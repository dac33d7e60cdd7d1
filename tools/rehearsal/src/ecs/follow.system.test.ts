import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { follow } from './follow.ts'
import { readService } from './read-service.ts'
import type { Update } from './scheduler/scheduler.ts'
import { TARGET_GROUP } from './test/definitions.ts'
import { EmulatedEcs } from './test/emulator.ts'
import { until } from './test/world.ts'

const WHERE = { cluster: 'shop', service: 'api' }
const CONTAINERS = [
  {
    name: 'api',
    image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:1f',
    essential: true,
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true },
    ulimits: [{ name: 'nofile', softLimit: 65_536, hardLimit: 65_536 }],
    portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
    environment: [{ name: 'PORT', value: '8080' }],
    secrets: [
      { name: 'TOKEN', valueFrom: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf' },
    ],
    stopTimeout: 60,
    healthCheck: {
      command: ['CMD', 'node', '--version'],
      interval: 30,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    },
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '/shop/tasks/api',
        'awslogs-region': 'eu-west-1',
        'awslogs-stream-prefix': 'api',
        'max-buffer-size': '8m',
        mode: 'non-blocking',
      },
    },
  },
]

let aws: LocalAws
let ecs: EmulatedEcs

beforeAll(async () => {
  aws = await startLocalAws()
  ecs = new EmulatedEcs(aws.endpoint)
  await ecs.call('CreateCluster', { clusterName: 'shop' })
  await register()
  await ecs.call('CreateService', {
    cluster: 'shop',
    serviceName: 'api',
    taskDefinition: 'shop:1',
    desiredCount: 2,
    healthCheckGracePeriodSeconds: 90,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 1, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 },
    ],
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: 'api', containerPort: 8080 }],
  })
})

afterAll(() => aws.stop())

function register(): Promise<unknown> {
  return ecs.call('RegisterTaskDefinition', {
    family: 'shop',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: CONTAINERS,
  })
}

test('a service is read from ECS alone', async () => {
  expect(await readService(ecs, WHERE)).toEqual({
    arn: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/api',
    name: 'api',
    cluster: 'shop',
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop',
    account: '123456789012',
    region: 'eu-west-1',
    deployment: expect.stringMatching(/^ecs-svc\/\d+$/),
    desiredCount: 2,
    rollout: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: true, rollback: true },
    capacity: [
      { provider: 'FARGATE', base: 1, weight: 0 },
      { provider: 'FARGATE_SPOT', base: 0, weight: 1 },
    ],
    gracePeriod: 90,
    targetGroup: { arn: TARGET_GROUP, container: 'api', port: 8080 },
    subnets: [],
    definition: {
      arn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1',
      family: 'shop',
      revision: 1,
      cpu: 512,
      memory: 1024,
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      containers: [
        {
          name: 'api',
          image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:1f',
          essential: true,
          environment: { PORT: '8080' },
          secrets: [
            { name: 'TOKEN', valueFrom: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf' },
          ],
          ports: [8080],
          stopTimeout: 60,
          healthCheck: {
            command: ['CMD', 'node', '--version'],
            interval: 30,
            timeout: 5,
            retries: 3,
            startPeriod: 60,
          },
          log: { group: '/shop/tasks/api', prefix: 'api', blocking: false, buffer: 8 * 1024 ** 2 },
          openFiles: { soft: 65_536, hard: 65_536 },
          notRehearsed: [expect.stringMatching(/^user/), expect.stringMatching(/^readonlyRootFilesystem/)],
        },
      ],
    },
  })
})

test('what UpdateService changes is handed on, once', async () => {
  const updates: Update[] = []
  const failures: unknown[] = []
  const end = follow({
    api: ecs,
    scheduler: { update: (update) => updates.push(update), hasDeployment: () => false },
    service: await readService(ecs, WHERE),
    interval: 20,
    failed: (error) => failures.push(error),
  })

  await ecs.call('UpdateService', { cluster: 'shop', service: 'api', desiredCount: 4 })
  await until(() => updates.length === 1, 'the count')
  await register()
  await ecs.call('UpdateService', { cluster: 'shop', service: 'api', taskDefinition: 'shop:2' })
  await until(() => updates.length === 2, 'the definition')
  await ecs.call('UpdateService', { cluster: 'shop', service: 'api', forceNewDeployment: true })
  await until(() => updates.length === 3, 'the forced deployment')
  await new Promise((resolve) => setTimeout(resolve, 100))
  end()

  const { deployment } = await readService(ecs, WHERE)
  expect(updates).toMatchObject([
    { desiredCount: 4 },
    { definition: { revision: 2 } },
    { forceNewDeployment: true, deployment },
  ])
  expect(updates.slice(0, 2).some((update) => 'forceNewDeployment' in update)).toBe(false)
  expect(updates[0]).not.toHaveProperty('definition')
  expect(updates[1]).not.toHaveProperty('desiredCount')
  expect(failures).toEqual([])
})

test('a deployment that the scheduler has made itself is not made again when it is written back', async () => {
  const updates: Update[] = []
  const end = follow({
    api: ecs,
    scheduler: { update: (update) => updates.push(update), hasDeployment: () => true },
    service: await readService(ecs, WHERE),
    interval: 20,
    failed: () => undefined,
  })

  await ecs.call('UpdateService', {
    cluster: 'shop',
    service: 'api',
    forceNewDeployment: true,
    desiredCount: 3,
  })
  await until(() => updates.length === 1, 'the count')
  end()

  expect(updates[0]).toMatchObject({ desiredCount: 3 })
  expect(updates[0]).not.toHaveProperty('forceNewDeployment')
})
