import type { Task } from '@aws-sdk/client-ecs'
import { isFailure, reasonOf } from './stopped-tasks.ts'

test('a task that ECS has replaced is no failure', () => {
  expect(
    isFailure({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
    }),
  ).toBe(false)
  expect(isFailure({})).toBe(false)
})

test.each<[Task, string]>([
  [
    {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'api', exitCode: 1 }],
    },
    'EssentialContainerExited: Essential container in task exited; container api exited with 1',
  ],
  [
    {
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: not found',
      containers: [{ name: 'api', reason: 'CannotPullContainerError: not found' }, { name: 'traces' }],
    },
    'TaskFailedToStart: CannotPullContainerError: not found; container api did not run (CannotPullContainerError: not found)',
  ],
])('%j is one', (task, reason) => {
  expect(isFailure(task)).toBe(true)
  expect(reasonOf(task)).toBe(reason)
})
