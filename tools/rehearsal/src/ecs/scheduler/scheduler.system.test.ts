import { Guard } from '../../guard/guard.ts'
import { Ecs } from '../ecs.ts'
import type { Entry } from '../journal.ts'
import type { ContainerDefinition, Service } from '../service.ts'
import type { Surroundings, Task } from '../task/task.ts'
import { container, service, TARGET_GROUP, taskDefinition } from '../test/definitions.ts'
import { type ProbingOptions, ProbingTargetGroup } from '../test/probing-target-group.ts'
import { pause, pidOf, until, World } from '../test/world.ts'
import type { ServiceReport } from './report.ts'

const SERVED = { PORT: '8080', HOST: '0.0.0.0' }

let world: World
let guard: Guard
let targets: ProbingTargetGroup
let ecs: Ecs
let reports: ServiceReport[]

beforeEach(async () => {
  world = new World()
  guard = await Guard.start()
  reports = []
})

afterEach(async () => {
  await ecs.stop()
  await guard.stop()
  targets.stop()
  world.clear()
})

async function start(
  change: Partial<Service>,
  probing: Partial<ProbingOptions> = {},
  surroundings: Partial<Surroundings> = {},
): Promise<void> {
  targets = new ProbingTargetGroup(probing)
  ecs = await Ecs.start({
    service: service(change),
    guard,
    zones: ['eu-west-1a', 'eu-west-1b'],
    surroundings: world.surroundings({ targetGroup: targets, ...surroundings }),
    report: (report) => reports.push(report),
  })
}

function revision(number: number, change: Partial<ContainerDefinition> = {}) {
  return taskDefinition(number, { containers: [container(change)] })
}

const steady = (): Promise<void> => until(() => ecs.scheduler.isSteady, 'a steady state')
const events = (): readonly string[] => ecs.scheduler.events.newest.map(({ message }) => message).toReversed()
const ids = (): readonly string[] => ecs.scheduler.tasks.map(({ id }) => id)
const entriesOf = (task: Task): readonly Entry[] =>
  ecs.journal.entries.filter((entry) => entry.task === task.id)

function onlyTask(): Task {
  const [task, ...others] = ecs.scheduler.tasks
  if (task === undefined || others.length > 0) throw new Error('there is not exactly one task')
  return task
}

/** How many targets were healthy at least, and how many tasks ran at most, from now until it is asked. */
function watch(): () => { readonly healthy: number; readonly running: number } {
  let healthy = Number.POSITIVE_INFINITY
  let running = 0
  const timer = setInterval(() => {
    healthy = Math.min(healthy, targets.healthy.length)
    running = Math.max(
      running,
      ecs.scheduler.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length,
    )
  }, 2)
  return () => {
    clearInterval(timer)
    return { healthy, running }
  }
}

test('a service comes up, is spread over zones, and is told as ECS tells it', async () => {
  await start({ desiredCount: 2 })

  await steady()

  expect(ecs.scheduler.tasks.map(({ zone }) => zone).toSorted()).toEqual(['eu-west-1a', 'eu-west-1b'])
  expect(targets.healthy.toSorted()).toEqual(ids().toSorted())
  expect(events()).toEqual([
    `(service api) has started 2 tasks: (task ${ids()[0]}) (task ${ids()[1]}).`,
    `(service api) registered 1 targets in (target-group ${TARGET_GROUP})`,
    `(service api) registered 1 targets in (target-group ${TARGET_GROUP})`,
    expect.stringMatching(/^\(service api\) \(deployment ecs-svc\/\d+\) deployment completed\.$/),
    '(service api) has reached a steady state.',
  ])
  await until(() => reports.at(-1)?.deployments[0]?.rolloutState === 'COMPLETED', 'the report')
  expect(reports.at(-1)).toMatchObject({ desiredCount: 2, runningCount: 2, pendingCount: 0 })
  expect(reports.some(({ deployments }) => deployments[0]?.rolloutState === 'IN_PROGRESS')).toBe(true)
})

test('a task that dies is replaced', async () => {
  await start({ desiredCount: 2 })
  await steady()
  const [first] = ecs.scheduler.tasks
  const before = ids()

  await ecs.scheduler.killTask(first?.id ?? '')
  await until(() => ids().some((id) => !before.includes(id)), 'a replacement')
  await steady()

  expect(ids()).toHaveLength(2)
  expect(first).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137 }] })
  await until(() => targets.healthy.length === 2, 'two healthy targets')
})

test('a task that fails its container health check is replaced, and stopped only when the other is healthy', async () => {
  // It passes until it is a second old.
  const code =
    "fetch('http://127.0.0.1:8080/ready').then(()=>process.exit(Date.now()-process.env.BORN>1500?1:0))"
  const check = {
    command: ['CMD', 'node', '--eval', code],
    interval: 0.1,
    timeout: 5,
    retries: 1,
    startPeriod: 9,
  }
  await start({
    definition: revision(1, { environment: { ...SERVED, BORN: String(Date.now()) }, healthCheck: check }),
  })
  await steady()
  const first = onlyTask()

  // From here on replacements are of a revision whose check passes.
  await until(
    () => events().some((message) => message.endsWith('failed container health checks.')),
    'the failure',
  )
  ecs.scheduler.update({ definition: revision(2) })
  await first.stopped
  await steady()

  expect(events()).toContain(`(service api) (task ${first.id}) failed container health checks.`)
  expect(onlyTask().definition.revision).toBe(2)
})

test('a target that turns unhealthy is replaced by the same revision, which comes first', async () => {
  await start({ definition: revision(1, { stopTimeout: 0.5 }) })
  await steady()
  const first = onlyTask()
  // As when it hangs: it answers nobody.
  const pid = pidOf(first)
  process.kill(pid, 'SIGSTOP')

  await until(() => ids().length === 2, 'a replacement beside it')
  const stillRuns = first.desiredStatus
  await first.stopped
  await steady()

  expect(stillRuns).toBe('RUNNING')
  expect(first.stoppedReason).toBe(`Task failed ELB health checks in (target-group ${TARGET_GROUP})`)
  const told = events()
  expect(told).toContainEqual(
    expect.stringMatching(
      /^\(service api\) \(task \w+\) \(port 8080\) is unhealthy in \(target-group arn:\S+\) due to \(reason .+\)\.$/,
    ),
  )
  expect(told).toContainEqual(
    expect.stringMatching(
      /has started 1 tasks: \(task \w+\)\. Amazon ECS replaced 1 tasks due to an unhealthy status\.$/,
    ),
  )
})

test('an unhealthy target is left alone during the grace period', async () => {
  await start({ gracePeriod: 1.5, definition: revision(1, { environment: { ...SERVED, READY: '503' } }) })
  await until(
    () => targets.describeHealth().some(({ state }) => state === 'unhealthy'),
    'an unhealthy target',
  )
  const first = onlyTask()

  await until(
    () => events().some((message) => message.includes('is unhealthy in')),
    'the end of the grace period',
  )

  expect(Date.now() - (first.startedAt ?? 0)).toBeGreaterThanOrEqual(1_500)
  expect(events().find((message) => message.includes('is unhealthy in'))).toContain(
    '(reason Health checks failed with these codes: [503])',
  )
})

test('a stop deregisters first, and SIGTERM comes when the target has drained', async () => {
  await start({}, { deregistrationDelay: 500 })
  await steady()
  const task = onlyTask()

  ecs.scheduler.update({ desiredCount: 0 })
  await task.stopped

  const order = entriesOf(task).filter(({ kind }) => kind === 'target' || kind === 'signal')
  expect(order.map(({ said }) => said)).toEqual([
    expect.stringMatching(/^registered/),
    'deregistered',
    'drained',
    'SIGTERM',
  ])
  expect((order[3]?.at ?? 0) - (order[1]?.at ?? 0)).toBeGreaterThanOrEqual(490)
  expect(events()).toContainEqual(
    expect.stringMatching(
      /^\(service api, taskSet ecs-svc\/\d+\) has begun draining connections on 1 tasks\.$/,
    ),
  )
})

test.each([
  ['at-once', ['deregistered', 'SIGTERM']],
  ['before-target', ['SIGTERM', 'deregistered']],
] as const)('a Spot interruption does not wait for the target (%s)', async (order, expected) => {
  await start({ capacity: [{ provider: 'FARGATE_SPOT', base: 0, weight: 1 }] }, { deregistrationDelay: 400 })
  await steady()
  const task = onlyTask()

  await ecs.scheduler.interrupt(task.id, order)
  await until(() => entriesOf(task).some(({ said }) => said === 'drained'), 'drained')
  await steady()

  const said = entriesOf(task)
    .filter(({ kind }) => kind === 'target' || kind === 'signal')
    .map(({ said }) => said)
  expect(said.slice(1)).toEqual([...expected, 'drained'])
  expect(task).toMatchObject({
    stopCode: 'SpotInterruption',
    stoppedReason: 'Your Spot Task was interrupted.',
  })
  expect(onlyTask().id).not.toBe(task.id)
})

test('what does not run on Spot is not interrupted', async () => {
  await start({})
  await steady()

  expect(() => ecs.scheduler.interrupt(onlyTask().id)).toThrow('runs on FARGATE; wanted: one on FARGATE_SPOT')
})

test('a count is followed up and down, and is no deployment', async () => {
  await start({ desiredCount: 1 })
  await steady()
  const { id } = ecs.scheduler.report.deployments[0] ?? {}

  ecs.scheduler.update({ desiredCount: 4 })
  await steady()
  const most = targets.healthy.length
  const least = watch()
  ecs.scheduler.update({ desiredCount: 2 })
  await steady()

  expect(most).toBe(4)
  expect(least().healthy).toBeGreaterThanOrEqual(2)
  expect(targets.healthy).toHaveLength(2)
  expect(ecs.scheduler.report.deployments).toMatchObject([{ id, status: 'PRIMARY' }])
  expect(events()).toContainEqual(
    expect.stringMatching(/has stopped 2 running tasks: \(task \w+\) \(task \w+\)\.$/),
  )
})

test('a good release: never fewer healthy than desired, never more than twice as many tasks', async () => {
  await start({ desiredCount: 2 })
  await steady()
  const seen = watch()

  ecs.scheduler.update({ definition: revision(2, { environment: { ...SERVED, READY_AFTER_MS: '300' } }) })
  await steady()

  expect(seen()).toEqual({ healthy: expect.any(Number), running: 4 })
  expect(ecs.scheduler.tasks.map(({ definition }) => definition.revision)).toEqual([2, 2])
  expect(seen().healthy).toBeGreaterThanOrEqual(2)
})

test('with 50/100 tasks make room for the new ones, and half of them stays', async () => {
  const rollout = { minimumHealthyPercent: 50, maximumPercent: 100, circuitBreaker: true, rollback: true }
  await start({ desiredCount: 2, rollout })
  await steady()
  const seen = watch()

  ecs.scheduler.update({ definition: revision(2) })
  await steady()

  const { healthy, running } = seen()
  expect([healthy >= 1, running]).toEqual([true, 2])
  expect(ecs.scheduler.tasks.map(({ definition }) => definition.revision)).toEqual([2, 2])
})

test('a new deployment can be forced without any change', async () => {
  await start({})
  await steady()
  const first = onlyTask()

  ecs.scheduler.update({ forceNewDeployment: true })
  await steady()

  expect(onlyTask().id).not.toBe(first.id)
  expect(onlyTask().definition).toBe(first.definition)
})

describe('a bad release is rolled back, and nobody notices', () => {
  test.each([
    ['that ends at once', { environment: { ...SERVED, DIE_AFTER_MS: '1' } }],
    ['that is never ready', { environment: { ...SERVED, READY: '503' } }],
    ['whose image is missing', { image: 'shop:none' }],
  ])('one %s', async (_what, change) => {
    await start({ desiredCount: 2 })
    await steady()
    const before = ids()
    const good = ecs.scheduler.report.deployments[0]?.id
    const seen = watch()

    ecs.scheduler.update({ definition: revision(2, change) })
    const bad = ecs.scheduler.report.deployments[0]?.id
    await until(() => events().some((message) => message.includes('rolling back')), 'the rollback')
    await steady()

    expect(seen().healthy).toBe(2)
    expect(ids().toSorted()).toEqual(before.toSorted())
    const told = events()
    expect(told).toContain(`(service api) (deployment ${bad}) deployment failed: tasks failed to start.`)
    expect(told).toContain(`(service api) rolling back to deployment ${good}.`)
    expect(told.slice(-2)).toEqual([
      `(service api) (deployment ${good}) deployment completed.`,
      '(service api) has reached a steady state.',
    ])
    const failed = reports
      .flatMap(({ deployments }) => deployments)
      .find(({ rolloutState }) => rolloutState === 'FAILED')
    expect(failed).toMatchObject({
      id: bad,
      status: 'ACTIVE',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    })
    // Two may fail at the same moment.
    expect([3, 4]).toContain(failed?.failedTasks)
    expect(
      reports.flatMap(({ deployments }) => deployments).map(({ rolloutStateReason }) => rolloutStateReason),
    ).toContain(`ECS deployment circuit breaker: rolling back to deploymentId ${good}.`)
  })
})

test('a first release that fails stops starting tasks, and there is nothing to go back to', async () => {
  await start({ definition: revision(1, { image: 'shop:none' }) })

  await until(() => ecs.scheduler.report.deployments[0]?.rolloutState === 'FAILED', 'the failure')
  const started = events().filter((message) => message.includes('has started')).length
  await pause(1_500)

  expect(events().filter((message) => message.includes('has started'))).toHaveLength(started)
  expect(started).toBe(3)
  expect(ecs.scheduler.isSteady).toBe(false)
})

test('without a circuit breaker, tasks that never start are tried ever more seldom', async () => {
  const rollout = { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: false, rollback: false }
  await start({ rollout, definition: revision(1, { image: 'shop:none' }) })

  await until(
    () => events().some((message) => message.includes('unable to consistently start tasks')),
    'the throttle',
  )
  const started = events().filter((message) => message.includes('has started')).length
  await pause(2_500)

  expect(started).toBe(3)
  expect(events().filter((message) => message.includes('has started'))).toHaveLength(3)
})

test('while a bad release is tried, a serving task that dies is replaced by its own revision', async () => {
  const rollout = { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: false, rollback: false }
  await start({ desiredCount: 1, rollout })
  await steady()
  ecs.scheduler.update({ definition: revision(2, { environment: { ...SERVED, READY: '503' } }) })
  await until(() => ids().length === 2, 'the new revision')
  const old = ecs.scheduler.tasks.find(({ definition }) => definition.revision === 1)

  await ecs.scheduler.killTask(old?.id ?? '')
  const replaced = (): boolean =>
    ecs.scheduler.tasks.some(
      ({ id, definition }) => definition.revision === 1 && id !== old?.id && targets.healthy.includes(id),
    )
  await until(replaced, 'a replacement of the old revision')

  expect(ecs.scheduler.report.deployments.map(({ status }) => status)).toEqual(['PRIMARY', 'ACTIVE'])
})
