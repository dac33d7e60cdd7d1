import type { RehearsalState } from '../../rehearsal/state.ts'
import { isServing, Watch } from './watch.ts'

const TASK = { id: '0123456789abcdef', status: 'RUNNING', target: 'healthy' }

/** What a drill looks at, and nothing else. */
function state(service: object = {}, tasks: readonly object[] = [TASK]): RehearsalState {
  return {
    service: { desiredCount: 1, isSteady: true, events: [], deployments: [], ...service },
    tasks,
    redis: [],
  } as unknown as RehearsalState
}

/** A rehearsal that is one after the other of these; the last one stays. */
function playing(states: readonly RehearsalState[], signal = new AbortController().signal) {
  const left = [...states]
  const told: string[] = []
  const remote = {
    state: async () => (left.length > 1 ? left.shift() : left[0]) as RehearsalState, // there is one at least
  }
  return { told, watch: Watch.start({ remote, tell: (line) => told.push(line), signal }) }
}

test('what is waited for is there as soon as it is seen, and what happens meanwhile is told and kept', async () => {
  const failed = { id: 'ecs-svc/2', taskDefinition: 'api:2', rolloutState: 'FAILED', status: 'ACTIVE' }
  const { watch, told } = playing([
    state(),
    state({ deployments: [failed], events: ['(service api) rolling back to deployment ecs-svc/1.'] }),
    state({
      events: [
        '(service api) has reached a steady state.',
        '(service api) rolling back to deployment ecs-svc/1.',
      ],
    }),
  ])
  const watching = await watch

  await watching.until('it is steady', ({ service: { events } }) => events.length === 2)

  expect(told).toEqual(['ECS: rolling back to deployment ecs-svc/1.', 'ECS: has reached a steady state.'])
  expect(watching.deployments).toEqual([failed])
  expect(watching.events).toHaveLength(2)
})

test('what does not come is given up, with the state of tasks and what ECS said last', async () => {
  const { watch } = playing([state({ events: ['(service api) is unable to consistently start tasks.'] })])

  await expect((await watch).until('pigs fly', () => false, 20)).rejects.toThrow(
    /^waited 0\.0 s in vain: pigs fly\n {2}task 0123456789abcdef is RUNNING, its target healthy\n {2}ECS said: .* unable to/,
  )
})

test('a rehearsal that does not answer any more is given up, too', async () => {
  const { watch } = playing([state()])
  const watching = await watch
  const silent = await Watch.start({
    remote: { state: () => new Promise((resolve) => setTimeout(() => resolve(state()), 50)) },
    tell: () => undefined,
    signal: new AbortController().signal,
  })

  await expect(silent.until('an answer', () => true, 10)).rejects.toThrow('in vain: an answer')
  await expect(watching.until('a look', () => new Promise(() => undefined), 10)).rejects.toThrow(
    'in vain: a look',
  )
})

test('a drill that is to end waits no longer', async () => {
  const abort = new AbortController()
  const { watch } = playing([state()], abort.signal)
  const waiting = (await watch).until('pigs fly', () => false)

  abort.abort()

  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

test.each([
  ['all tasks are healthy', state(), true],
  ['ECS is not done', state({ isSteady: false }), false],
  ['a target is not healthy yet', state({}, [{ ...TASK, target: 'initial' }]), false],
  ['there are more than wanted', state({}, [TASK, { ...TASK, id: 'another' }]), false],
])('a service serves where %s: %#', (_, now, serves) => {
  expect(isServing(now)).toBe(serves)
})
