import { RehearsalProblem } from '../problem.ts'
import {
  type ContainerAnswer,
  type EcsApi,
  readService,
  readTaskDefinition,
  type ServiceAnswer,
} from './read-service.ts'

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop'
const DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:3'

function api(service: ServiceAnswer = {}, container: ContainerAnswer = {}): EcsApi {
  return {
    describeServices: async () => ({
      services: [
        {
          serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/api',
          serviceName: 'api',
          clusterArn: CLUSTER,
          status: 'ACTIVE',
          taskDefinition: DEFINITION,
          ...service,
        },
      ],
    }),
    describeTaskDefinition: async ({ taskDefinition }) => ({
      taskDefinition: {
        taskDefinitionArn: taskDefinition,
        family: 'shop',
        revision: 3,
        containerDefinitions: [{ name: 'api', image: 'shop:1', ...container }],
      },
    }),
  }
}

const WHERE = { cluster: 'shop', service: 'api' }
const containerOf = async (container: ContainerAnswer) =>
  (await readTaskDefinition(api({}, container), DEFINITION)).containers[0]

test('what is not said is what AWS says by default', async () => {
  expect(await readService(api(), WHERE)).toMatchObject({
    desiredCount: 0,
    gracePeriod: 0,
    rollout: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: false, rollback: false },
    capacity: [{ provider: 'FARGATE', base: 0, weight: 1 }],
    subnets: [],
  })
  expect(await containerOf({ healthCheck: { command: ['CMD', 'x'] } })).toMatchObject({
    essential: true,
    stopTimeout: 30,
    environment: {},
    healthCheck: { interval: 30, timeout: 5, retries: 3, startPeriod: 0 },
  })
})

test.each([
  ['8m', 8 * 1024 ** 2],
  ['25k', 25 * 1024],
  ['100', 100],
  [undefined, 10 * 1024 ** 2],
])('a buffer of %s is %d bytes', async (size, bytes) => {
  const options = {
    'awslogs-group': '/g',
    'awslogs-stream-prefix': 'p',
    ...(size === undefined ? {} : { 'max-buffer-size': size }),
  }

  expect((await containerOf({ logConfiguration: { logDriver: 'awslogs', options } }))?.log).toEqual({
    group: '/g',
    prefix: 'p',
    blocking: false,
    buffer: bytes,
  })
})

test('what a process of this machine does not have is told', async () => {
  const container = await containerOf({
    environment: [{ name: 'A_B' }, { name: 'a.b' }],
    user: '1000:1000',
    readonlyRootFilesystem: true,
    mountPoints: [{}],
    dependsOn: [{}],
    logConfiguration: { logDriver: 'splunk' },
  })

  expect(container?.notRehearsed.map((what) => what.split(':')[0])).toEqual([
    'variables a.b',
    'user 1000',
    'readonlyRootFilesystem',
    'mountPoints',
    'dependsOn',
    'no init process',
    'log driver splunk',
  ])
})

test.each([
  [
    'a service that is gone',
    { status: 'INACTIVE' },
    'ECS has no service api in cluster shop; wanted: a deployed environment',
  ],
  [
    'two target groups',
    { loadBalancers: [{}, {}] },
    'service api has 2 target groups; wanted: one, more are not rehearsed',
  ],
  [
    'a target group without a port',
    { loadBalancers: [{ targetGroupArn: 'x', containerName: 'y' }] },
    'ECS tells no containerPort of service api; wanted: one',
  ],
])('%s is told', async (_what, service, message) => {
  await expect(readService(api(service), WHERE)).rejects.toThrow(new RehearsalProblem(message))
})
