import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { Guard } from '../../guard/guard.ts'
import { Agent } from '../agent.ts'
import { Journal } from '../journal.ts'
import type { ContainerDefinition, Service, TaskDefinition } from '../service.ts'
import { container, service, TARGET_GROUP, taskDefinition } from '../test/definitions.ts'
import { isAlive, PARAMETER, pidOf, SECRET, SECRET_VALUE, until, World } from '../test/world.ts'
import { type Surroundings, Task } from './task.ts'

const TASK_ROLE = 'arn:aws:iam::123456789012:role/task'
const EXECUTION_ROLE = 'arn:aws:iam::123456789012:role/execution'
const LOG = { group: '/shop/tasks', prefix: 'shop', blocking: false, buffer: 1_000_000 }

let world: World
let guard: Guard
let agent: Agent
let journal: Journal
let tasks: Task[]

beforeEach(async () => {
  world = new World()
  journal = new Journal()
  tasks = []
  ;[guard, agent] = await Promise.all([Guard.start(), Agent.start()])
})

afterEach(async () => {
  await Promise.all(
    tasks.map((task) => task.stop({ code: 'UserInitiated', reason: 'the test is over', order: 'at-once' })),
  )
  await agent.stop()
  await guard.stop()
  world.clear()
})

interface Change {
  readonly container?: Partial<ContainerDefinition>
  readonly definition?: Partial<TaskDefinition>
  readonly service?: Partial<Service>
  readonly surroundings?: Partial<Surroundings>
}

function start(change: Change = {}): Task {
  const definition = taskDefinition(7, { containers: [container(change.container)], ...change.definition })
  const task = new Task({
    service: service({ definition, ...change.service }),
    definition,
    deployment: 'ecs-svc/1',
    capacityProvider: 'FARGATE',
    zone: 'eu-west-1b',
    surroundings: { ...world.surroundings(change.surroundings), guard, agent, journal },
    listener: { changed: () => undefined, registered: () => undefined, deregistered: () => undefined },
  })
  tasks.push(task)
  return task
}

async function running(change: Change = {}): Promise<Task> {
  const task = start(change)
  await until(() => task.status === 'RUNNING' || task.status === 'STOPPED', 'RUNNING')
  expect(task.stoppedReason).toBeUndefined()
  await until(() => serves(task), 'the server')
  return task
}

const served = new Set<Task>()
function serves(task: Task): boolean {
  get(task, '/pid').then(
    () => served.add(task),
    () => undefined,
  )
  return served.has(task)
}

async function get(task: Task, path: string): Promise<unknown> {
  const { host, port } = task.place ?? {}
  return (await fetch(`http://${host}:${port}${path}`)).json()
}

async function stopped(task: Task): Promise<Task> {
  await task.stopped
  return task
}

function said(kind: string): string[] {
  return journal.entries.filter((entry) => entry.kind === kind).map((entry) => entry.said)
}

describe('the environment', () => {
  test('is what is declared, what the image says and what Fargate adds, and nothing else', async () => {
    world.pushImage('shop:other', { RELEASE: '1f', HOST: 'of the image' })
    process.env['LEAKED'] = 'by the parent'

    const task = await running({
      container: {
        image: 'shop:other',
        secrets: [
          { name: 'TOKEN', valueFrom: `${SECRET}:token::` },
          { name: 'LEVEL', valueFrom: PARAMETER },
        ],
      },
      definition: { taskRoleArn: TASK_ROLE },
      surroundings: { variables: { AWS_ENDPOINT_URL: 'http://127.0.0.1:5' } },
    })

    expect(await get(task, '/environment')).toEqual({
      PORT: '8080',
      HOST: '0.0.0.0',
      RELEASE: '1f',
      TOKEN: SECRET_VALUE,
      LEVEL: 'parameter-value',
      HOME: '/',
      HOSTNAME: expect.stringMatching(/^ip-127-[\d-]+\.eu-west-1\.compute\.internal$/),
      PATH: expect.stringMatching(/api\/bin$/),
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/v2\/credentials\//,
      ),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: expect.any(String),
      ECS_CONTAINER_METADATA_URI_V4: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v4\//),
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5',
    })
    delete process.env['LEAKED']
  })

  test('secrets are fetched with the execution role, and are nowhere in the journal', async () => {
    const secrets = [{ name: 'TOKEN', valueFrom: `${SECRET}:token:AWSPREVIOUS:` }]
    const task = await running({ container: { secrets }, definition: { executionRoleArn: EXECUTION_ROLE } })

    await task.stop({ code: 'UserInitiated', reason: `because of ${SECRET_VALUE} and secret-key-of-role` })

    expect(world.asked).toEqual([`${SECRET} AWSPREVIOUS as key of ${EXECUTION_ROLE}`])
    const journalText = JSON.stringify(journal.entries)
    expect(journalText).toContain('because of *** and ***')
    expect(journalText).not.toContain(SECRET_VALUE)
  })

  test('a variable that the rehearsal sets and the definition declares is told', async () => {
    const task = await stopped(start({ surroundings: { variables: { PORT: '1' } } }))

    expect(task.stopCode).toBe('TaskFailedToStart')
    expect(task.stoppedReason).toContain('declares PORT, which the rehearsal sets')
  })
})

describe('what does not start says why in the words of AWS', () => {
  test.each([
    [
      'an image that is not there',
      { image: 'shop:none' },
      /^CannotPullContainerError: .*failed to resolve ref shop:none: shop:none: not found$/,
    ],
    [
      'a secret that is not there',
      { secrets: [{ name: 'TOKEN', valueFrom: `${SECRET}Gone` }] },
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*unable to retrieve secret from asm: .*failed to fetch secret \S+Gone from secrets manager: ResourceNotFoundException: no such secret$/,
    ],
    [
      'a key that the secret has not',
      { secrets: [{ name: 'TOKEN', valueFrom: `${SECRET}:user::` }] },
      /did not contain json key user$/,
    ],
    [
      'a log group that is not there',
      { log: { ...LOG, group: '/missing' } },
      /^ResourceInitializationError: failed to validate logger args: .*ResourceNotFoundException: The specified log group does not exist\.: exit status 1$/,
    ],
    [
      'a command that the image has not',
      { command: ['python', 'main.py'] },
      /exec: "python": executable file not found in \$PATH$/,
    ],
  ])('%s', async (_what, change, reason) => {
    const task = await stopped(start({ container: change }))

    expect(task.stopCode).toBe('TaskFailedToStart')
    expect(task.stoppedReason).toMatch(reason)
    expect(said('task-state')).not.toContain('RUNNING')
  })
})

describe('its network', () => {
  test('each task has its own, so that both listen on all addresses at the declared port', async () => {
    const [one, other] = await Promise.all([running(), running()])

    const pids = [await get(one, '/pid'), await get(other, '/pid')]
    expect(new Set(pids).size).toBe(2)
    // "This machine" is the task itself.
    expect([await get(one, '/itself'), await get(other, '/itself')]).toEqual(pids)
    if (process.platform === 'linux') expect([one.place?.port, other.place?.port]).toEqual([8080, 8080])
  })

  test('where another program has its port on all addresses, it gets another one, and does not notice', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '0.0.0.0', resolve))
    const { port } = other.address() as AddressInfo
    const task = await running({
      container: { environment: { PORT: String(port), HOST: '0.0.0.0' }, ports: [port] },
      service: { targetGroup: { arn: TARGET_GROUP, container: 'api', port } },
    })

    expect(task.place?.port).not.toBe(port)
    expect(await get(task, '/environment')).toMatchObject({ PORT: String(port) })
    expect(await get(task, '/itself')).toBe(await get(task, '/pid'))
    other.close()
  })

  test('a declared name leads to where that is here, and elsewhere after a failover', async () => {
    const answering = async (
      answer: number,
    ): Promise<{ place: { host: string; port: number }; end: () => void }> => {
      const server = createServer((_request, response) =>
        response.writeHead(200, { connection: 'close' }).end(String(answer)),
      )
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return {
        place: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
        end: () => server.close(),
      }
    }
    const [one, other] = await Promise.all([answering(1), answering(2)])
    const task = await running({ surroundings: { routes: () => ({ 'redis.example:6379': one.place }) } })

    const before = await get(task, '/elsewhere')
    task.route({ 'redis.example:6379': other.place })

    expect([before, await get(task, '/elsewhere')]).toEqual([1, 2])
    one.end()
    other.end()
  })
})

describe('the agent', () => {
  test("hands out the task role's credentials, and to nobody without the token", async () => {
    const task = await running({ definition: { taskRoleArn: TASK_ROLE } })

    expect(await get(task, '/credentials')).toMatchObject({
      RoleArn: TASK_ROLE,
      AccessKeyId: `key of ${TASK_ROLE}`,
      Token: 'session-token-of-role',
      Expiration: expect.stringMatching(/Z$/),
    })
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri } = (await get(task, '/environment')) as Record<
      string,
      string
    >
    const stranger = await fetch(uri ?? '', { headers: { authorization: 'guessed' } })
    expect(stranger.status).toBe(400)
    expect(await stranger.text()).not.toContain('secret-key-of-role')
  })

  test('tells the task which one it is', async () => {
    const task = await running()

    expect(await get(task, '/task')).toMatchObject({
      TaskARN: task.arn,
      Family: 'shop',
      Revision: '7',
      AvailabilityZone: 'eu-west-1b',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 0.25, Memory: 512 },
      Containers: [{ Name: 'api', Networks: [{ NetworkMode: 'awsvpc' }] }],
    })
  })
})

describe('its life', () => {
  test('goes through the states of ECS, and ends with SIGTERM', async () => {
    const task = await running({ container: { log: LOG } })

    await task.stop({ code: 'UserInitiated', reason: 'Task stopped by user' })

    expect(said('task-state').map((state) => state.split(' ')[0])).toEqual([
      'PROVISIONING',
      'PENDING',
      'ACTIVATING',
      'RUNNING',
      'is',
      'DEACTIVATING',
      'STOPPING',
      'DEPROVISIONING',
      'STOPPED',
    ])
    expect(said('signal')).toEqual(['SIGTERM'])
    expect(task.containers).toMatchObject([{ exitCode: 0 }])
    expect(world.streams).toEqual([{ group: '/shop/tasks', stream: `shop/api/${task.id}` }])
    expect(world.lines.map(({ message }) => message)).toEqual(['listening', 'asked to end'])
  })

  test('who does not hear SIGTERM is killed when stopTimeout is over, not before', async () => {
    const task = await running({
      container: { stopTimeout: 0.5, environment: { PORT: '8080', HOST: '0.0.0.0', IGNORE_SIGTERM: '1' } },
    })

    const began = performance.now()
    await task.stop({ code: 'UserInitiated', reason: 'Task stopped by user' })

    expect(performance.now() - began).toBeGreaterThanOrEqual(490)
    expect(task.containers).toMatchObject([{ exitCode: 137 }])
    expect(said('signal')).toEqual(['SIGTERM', expect.stringMatching(/^SIGKILL/)])
  })

  test('ends when an essential container does, with all that it has started', async () => {
    const task = await running({
      container: { environment: { PORT: '8080', HOST: '0.0.0.0', DIE_AFTER_MS: '600', CHILD: '1' } },
    })
    const pid = pidOf(task)
    const family = membersOf(pid)

    await stopped(task)

    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3 }],
    })
    if (process.platform === 'linux') expect(family.length).toBe(2)
    await until(() => !family.some(isAlive), 'the end of what it has started')
  })

  test('a container that is not essential may be missing, or end', async () => {
    const sidecar = container({
      name: 'traces',
      essential: false,
      ports: [],
      environment: { DIE_AFTER_MS: '1', PORT: '9' },
    })
    const task = await running({
      definition: { containers: [container(), sidecar, { ...sidecar, name: 'other', image: 'shop:none' }] },
    })

    await until(
      () => task.containers.some(({ exitCode }) => exitCode !== undefined),
      'the end of the sidecar',
    )

    expect(task.status).toBe('RUNNING')
    expect(said('not-rehearsed')).toEqual([expect.stringContaining('shop:none')])
  })

  test('leaves no folder behind', async () => {
    const task = await running()
    const pid = pidOf(task)
    const path = ((await get(task, '/environment')) as Record<string, string>)['PATH'] ?? ''

    await task.stop({ code: 'UserInitiated', reason: 'Task stopped by user' })

    expect(existsSync(path)).toBe(false)
    expect(path.startsWith(tmpdir())).toBe(true)
    expect(isAlive(pid)).toBe(false)
  })
})

describe('the container health check', () => {
  const often = { interval: 0.1, timeout: 5, retries: 2, startPeriod: 0 }

  test('runs in the task: its own address, its own environment', async () => {
    const code =
      "fetch('http://127.0.0.1:' + process.env.PORT + '/ready').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"
    const task = await running({
      container: { healthCheck: { ...often, command: ['CMD', 'node', '--eval', code] } },
    })

    await until(() => task.health === 'HEALTHY', 'HEALTHY')
  })

  test('makes the task unhealthy after so many failures', async () => {
    const task = await running({
      container: { healthCheck: { ...often, command: ['CMD', 'node', '--eval', 'process.exit(4)'] } },
    })

    await until(() => task.health === 'UNHEALTHY', 'UNHEALTHY')

    expect(said('health').slice(0, 3)).toEqual([
      'a health check exited with 4',
      'a health check exited with 4',
      'UNHEALTHY',
    ])
  })

  test('that is not done in time has failed, and is ended', async () => {
    const task = await running({
      container: {
        healthCheck: {
          ...often,
          timeout: 0.3,
          retries: 1,
          command: ['CMD', 'node', '--eval', 'setInterval(()=>{},9)'],
        },
      },
    })

    await until(() => task.health === 'UNHEALTHY', 'UNHEALTHY')

    expect(said('health')[0]).toBe('a health check was not done in time')
  })

  test.each([
    ['CMD-SHELL', 'curl -f http://localhost/ || exit 1', 'sh'],
    ['CMD', 'curl', 'curl'],
  ])('with %s cannot pass where the image has no such program', async (kind, command, missing) => {
    const task = await running({ container: { healthCheck: { ...often, command: [kind, command] } } })

    await until(() => task.health === 'UNHEALTHY', 'UNHEALTHY')

    expect(said('health')).toContain(`the health check's "${missing}" is not in the image`)
  })
})

/** Process ids of a group. */
function membersOf(group: number): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === String(group)
      } catch {
        return false
      }
    })
}
