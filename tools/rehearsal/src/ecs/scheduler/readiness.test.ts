import type { TargetHealth } from '../target-group.ts'
import type { Task } from '../task/task.ts'
import { type ReadinessOptions, readinessOf } from './readiness.ts'

const NOW = Date.UTC(2026, 0, 1)

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
})

afterEach(() => {
  jest.useRealTimers()
})

function task(change: Partial<Pick<Task, 'status' | 'startedAt' | 'checkedHealth'>> = {}) {
  return { status: 'RUNNING', startedAt: NOW - 10_000, checkedHealth: 'HEALTHY', ...change } as const
}

const target = (state: TargetHealth['state']): TargetHealth => ({ id: 'x', state })
const OPTIONS: ReadinessOptions = { isBalanced: true, target: target('healthy'), gracePeriod: 0 }

test.each([
  ['passed its check and its target is healthy', task(), {}, 'healthy'],
  ['is on its way', task({ status: 'PENDING', startedAt: undefined }), {}, 'starting'],
  ['has not passed its check yet', task({ checkedHealth: 'UNKNOWN' }), {}, 'starting'],
  ['has a target that is being looked at', task(), { target: target('initial') }, 'starting'],
  ['is not registered yet', task(), { target: undefined }, 'starting'],
  ['has no check, and a healthy target', task({ checkedHealth: undefined }), {}, 'healthy'],
  ['has a target that is not checked', task(), { target: target('unavailable') }, 'healthy'],
  ['failed its check', task({ checkedHealth: 'UNHEALTHY' }), {}, 'unhealthy'],
  [
    'failed its check within the grace period',
    task({ checkedHealth: 'UNHEALTHY' }),
    { gracePeriod: 11 },
    'starting',
  ],
  ['has an unhealthy target', task(), { target: target('unhealthy') }, 'unhealthy'],
  [
    'has an unhealthy target within the grace period',
    task(),
    { target: target('unhealthy'), gracePeriod: 11 },
    'starting',
  ],
  [
    'is not checked by anybody, for 10 s',
    task({ checkedHealth: undefined }),
    { isBalanced: false, target: undefined },
    'starting',
  ],
  [
    'is not checked by anybody, for 40 s',
    task({ checkedHealth: undefined, startedAt: NOW - 40_000 }),
    { isBalanced: false, target: undefined },
    'healthy',
  ],
] as const)('a task that %s', (_what, task, change, state) => {
  expect(readinessOf(task, { ...OPTIONS, ...change })).toMatchObject({ state })
})
