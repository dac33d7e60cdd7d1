import { judge } from './judge.ts'

const [OLD, NEW] = ['arn:aws:ecs:::task-definition/shop:1', 'arn:aws:ecs:::task-definition/shop:2']

interface Told {
  readonly id?: string
  readonly createdAt?: Date
  readonly status?: string
  readonly taskDefinition: string
  readonly rolloutState?: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS'
  readonly rolloutStateReason?: string
}

/** A service of two tasks. */
const service = (deployments: readonly Told[], change: object = {}) => ({
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  deployments: deployments.map((one) => ({ status: 'PRIMARY', desiredCount: 2, ...one })),
  ...change,
})
const at = { revision: NEW, deployment: undefined, unseen: 0 }
const COMPLETED = { taskDefinition: NEW, rolloutState: 'COMPLETED' } as const

test('completed is what runs alone, with all its tasks', () => {
  expect(judge(service([COMPLETED]), at)).toEqual({ is: 'completed' })
})

test.each([
  ['the tasks before drain', service([COMPLETED, { status: 'ACTIVE', taskDefinition: OLD }])],
  ['tasks start', service([{ taskDefinition: NEW, rolloutState: 'IN_PROGRESS' }])],
  ['a task is missing', service([COMPLETED], { runningCount: 1 })],
  ['a task is pending', service([COMPLETED], { pendingCount: 1 })],
  ['a task is too many', service([COMPLETED], { runningCount: 3 })],
  [
    'the deployment does not know of the new count yet',
    service([COMPLETED], { desiredCount: 3, runningCount: 3 }),
  ],
])('it is under way while %s', (_, now) => {
  expect(judge(now, at)).toMatchObject({ is: 'under way', deployment: { taskDefinition: NEW } })
})

test('what ECS calls failed has failed, with its reason, wherever it went back to', () => {
  const rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.'
  const failed = { taskDefinition: NEW, rolloutState: 'FAILED', rolloutStateReason } as const
  const verdict = { is: 'failed', why: rolloutStateReason }

  expect(judge(service([failed]), at)).toEqual(verdict)
  expect(judge(service([{ taskDefinition: OLD }, { ...failed, status: 'ACTIVE' }]), at)).toEqual(verdict)
})

test('a second try of what has failed before is a new one', () => {
  const failed = { status: 'ACTIVE', taskDefinition: NEW, rolloutState: 'FAILED' } as const

  expect(judge(service([{ taskDefinition: NEW, rolloutState: 'IN_PROGRESS' }, failed]), at)).toMatchObject({
    is: 'under way',
    deployment: { rolloutState: 'IN_PROGRESS' },
  })
})

test('what gives way to another one was undone, or another release came', () => {
  const [primary, own] = [{ taskDefinition: OLD }, { status: 'ACTIVE', taskDefinition: NEW, id: 'ecs-svc/2' }]
  const message = '(service shop) (deployment ecs-svc/2) deployment failed: alarm detected.'

  expect(judge(service([primary, own]), at)).toEqual({ is: 'failed', why: 'ECS has shop:1 in its place' })
  expect(judge(service([primary, own], { events: [{ message }] }), at)).toEqual({
    is: 'failed',
    why: '(deployment ecs-svc/2) deployment failed: alarm detected.',
  })
})

test('an undone one that has gone already is known by its events, and a newer one by its age', () => {
  const deployment = { id: 'ecs-svc/2', taskDefinition: NEW, createdAt: new Date(2_000) }
  const message = '(service shop) (deployment ecs-svc/2) deployment failed: tasks failed to start.'
  const now = (seconds: number, events: object[]) =>
    service([{ taskDefinition: OLD, createdAt: new Date(seconds * 1000) }], { events })

  expect(judge(now(1, [{ message }]), { ...at, deployment })).toMatchObject({
    why: '(deployment ecs-svc/2) deployment failed: tasks failed to start.',
  })
  expect(judge(now(3, []), { ...at, deployment })).toMatchObject({ is: 'failed' })
  expect(judge(now(1, []), { ...at, deployment })).toMatchObject({ is: 'under way' })
})

test('another one in its place is what was before, for a moment; then it was undone', () => {
  const now = service([{ taskDefinition: OLD, rolloutState: 'COMPLETED' }])

  expect(judge(now, at)).toEqual({ is: 'under way', deployment: undefined })
  expect(judge(now, { ...at, unseen: 60_000 })).toEqual({
    is: 'failed',
    why: 'ECS has shop:1 in its place',
  })
})
