import type { Clients } from '../src/clients/index.ts'
import { Rehearsal } from '../src/rehearsal/rehearsal.ts'
import { User } from './user.ts'

/** It tells of what hangs: a deploy takes a minute or two, and some faults show only when a time limit is over. */
const PATIENCE = 900_000

const SERVICE = { cluster: 'cartwright-dev', service: 'cartwright-dev-cart-api' }
const ROLE = 'cartwright-dev-task'
const FAMILY = 'cartwright-dev-cart-api'

let user: User
let rehearsal: Rehearsal
let aws: Clients
const said: string[] = []

beforeAll(async () => {
  user = new User()
  user.add('dev', 'healthCheckInterval: 5, healthCheckTimeout: 2, gracePeriod: 35, shutdownDelay: 11,')
  rehearsal = new Rehearsal({
    environment: 'dev',
    folder: user.rehearsal,
    tell: (line) => said.push(line),
    env: user.variables,
  })
  const deployment = await rehearsal.deploy()
  aws = deployment.clients
}, PATIENCE)

afterEach(async () => {
  await rehearsal.stopServing()
  // As before the first release.
  await aws.ecs.updateService({ ...SERVICE, desiredCount: 0 })
}, PATIENCE)

afterAll(async () => {
  await rehearsal.stop()
  expect(user.left()).toEqual({ processes: [], files: [] })
  await user.end()
}, PATIENCE)

/** Why the deployed environment cannot be served. */
async function failure(): Promise<string> {
  return rehearsal.serve().then(
    () => 'it is served',
    (error: Error) => error.message,
  )
}

test(
  'a misspelt setting: the container exits, and its last words name the setting that is missing',
  async () => {
    const { taskDefinition: before } = await aws.ecs.describeTaskDefinition({ taskDefinition: FAMILY })
    const { containerDefinitions = [], family, ...rest } = before ?? {}
    const { taskRoleArn, executionRoleArn, networkMode, cpu, memory, requiresCompatibilities } = rest
    const shape = { family, taskRoleArn, executionRoleArn, networkMode, cpu, memory, requiresCompatibilities }
    const misspelt = containerDefinitions.map((container) => ({
      ...container,
      environment: container.environment?.map(({ name, value }) => ({
        name: name === 'TABLE_NAME' ? 'TABEL_NAME' : name,
        value,
      })),
    }))
    // As a deploy does it: a release takes over what the service has.
    const deploy = async (containers: typeof containerDefinitions): Promise<void> => {
      const revision = { ...shape, containerDefinitions: containers }
      const { taskDefinition } = await aws.ecs.registerTaskDefinition(revision)
      const service = { cluster: 'cartwright-dev', service: FAMILY }
      await aws.ecs.updateService({ ...service, taskDefinition: taskDefinition?.taskDefinitionArn })
    }
    await deploy(misspelt)

    const why = await failure()

    await deploy(containerDefinitions)
    expect(why).toMatch(/tasks of cartwright-dev-cart-api do not become healthy/)
    expect(why).toMatch(/container api exited with \d+/)
    expect(why).toMatch(/task \w+ said: .*TABLE_NAME/)
  },
  PATIENCE,
)

test(
  'a wrong health check path: the target group says what it asks for, wants and gets',
  async () => {
    const { TargetGroups: [group] = [] } = await aws.elbv2.describeTargetGroups({
      Names: [FAMILY.replace('-cart', '')],
    })
    const where = { TargetGroupArn: group?.TargetGroupArn }
    await aws.elbv2.modifyTargetGroup({ ...where, HealthCheckPath: '/raedy' })

    const why = await failure()

    await aws.elbv2.modifyTargetGroup({ ...where, HealthCheckPath: '/ready' })
    expect(why).toMatch(/Task failed ELB health checks/)
    expect(why).toMatch(/GET \/raedy and wants 200/)
    expect(why).toMatch(/\[404\]/)
  },
  PATIENCE,
)

test(
  'a permission that the role of the task lacks: the action, the role and the resource are named',
  async () => {
    const { PolicyNames: [name] = [] } = await aws.iam.listRolePolicies({ RoleName: ROLE })
    const { PolicyDocument: document = '' } = await aws.iam.getRolePolicy({
      RoleName: ROLE,
      PolicyName: name,
    })
    const policy = JSON.parse(decodeURIComponent(document)) as { Statement: { Action: string | string[] }[] }
    const without = policy.Statement.filter(({ Action }) => ![Action].flat().includes('events:PutEvents'))
    expect(without).toHaveLength(policy.Statement.length - 1)
    const put = (statements: unknown[]) =>
      aws.iam.putRolePolicy({
        RoleName: ROLE,
        PolicyName: name,
        PolicyDocument: JSON.stringify({ ...policy, Statement: statements }),
      })
    await put(without)

    const why = await failure()

    await put(policy.Statement)
    expect(why).toMatch(
      /role\/cartwright-dev-task is not allowed to events:PutEvents on arn:aws:events:eu-west-1:\d+:event-bus\/cartwright-dev-events/,
    )
  },
  PATIENCE,
)

// Last: tasks that cannot reach Redis turn the cache off, and it stays off for a while.
test(
  'a missing secret: the API is healthy without its cache, and its log names the secret',
  async () => {
    const { SecretList: [secret] = [] } = await aws.secrets.listSecrets({})
    const { SecretString: value } = await aws.secrets.getSecretValue({ SecretId: secret?.ARN })
    await aws.secrets.deleteSecret({ SecretId: secret?.ARN, RecoveryWindowInDays: 7 })

    const why = await failure()

    await aws.secrets.restoreSecret({ SecretId: secret?.ARN })
    expect(value).toBeTruthy()
    expect(why).toMatch(/a task is healthy, but its cache is "\w+"; wanted: on/)
    expect(why).toMatch(/said: .*GetSecretValue/)
  },
  PATIENCE,
)
