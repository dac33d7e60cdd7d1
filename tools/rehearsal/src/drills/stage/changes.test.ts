import type { RehearsalState } from '../../rehearsal/state.ts'
import { changes, newest } from './changes.ts'

test.each([
  [[], [], []],
  [['b', 'a'], ['b', 'a'], []],
  [
    ['b', 'a'],
    ['d', 'c', 'b', 'a'],
    ['c', 'd'],
  ],
  [[], ['b', 'a'], ['a', 'b']],
  // The oldest ones were forgotten.
  [['b', 'a'], ['c', 'b'], ['c']],
  // The same was said again.
  [['a', 'b', 'a'], ['b', 'a', 'b', 'a'], ['b']],
])('after %j, %j tells %j', (before, now, told) => {
  expect(newest(before, now)).toEqual(told)
})

const state = (changed: object): RehearsalState =>
  ({ service: { events: [] }, tasks: [], redis: [], ...changed }) as unknown as RehearsalState

test('what ECS said, and what became of tasks and of Redis, is told in a line each', () => {
  const task = { id: '0123456789abcdef', status: 'RUNNING', target: 'healthy' }
  const node = { node: 'cache-001', role: 'primary', isUp: true }
  const target = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/0123'
  const before = state({ tasks: [task, { ...task, id: 'gone-soon' }], redis: [node] })
  const now = state({
    service: { events: [`(service api) registered 1 targets in (target-group ${target})`] },
    tasks: [{ ...task, target: 'draining' }],
    redis: [{ ...node, isUp: false }],
  })

  expect(changes(before, now)).toEqual([
    'ECS: registered 1 targets in (target-group api)',
    'task 01234567: RUNNING, target draining',
    'task gone-soo: gone',
    'Redis cache-001: primary, down',
  ])
})
