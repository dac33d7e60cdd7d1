import { RehearsalProblem } from '../problem.ts'
import { shownTask } from './stage/changes.ts'
import { noFailure } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { isServing } from './stage/watch.ts'

const SPOT = 'FARGATE_SPOT'

export const spotInterruption: Drill = {
  about:
    'Fargate takes the capacity of a Spot task back; with --late the target group hears of it only when the task has stopped',
  needs: 'a task on Fargate Spot, and another one',
  promises:
    'no request fails: the task goes on serving until the load balancer has sent its requests elsewhere',
  missing: ({ tasks, service: { desiredCount } }) => {
    if (!tasks.some(({ capacityProvider }) => capacityProvider === SPOT)) {
      const used = [...new Set(tasks.map(({ capacityProvider }) => capacityProvider))].join(', ')
      return `all tasks run on ${used || 'nothing'}; wanted: one on ${SPOT}`
    }
    return desiredCount < 2
      ? `the service has ${desiredCount} tasks; wanted: 2 or more, so that one is left`
      : undefined
  },

  async play({ remote, watch, settings: { isLate }, note }) {
    const { tasks } = await watch.look()
    const task = tasks.find(
      ({ capacityProvider, target }) => capacityProvider === SPOT && target === 'healthy',
    )
    if (task === undefined)
      throw new RehearsalProblem(`no task on ${SPOT} is healthy; wanted: one to be interrupted`)
    const { id } = task
    note(
      `interrupting task ${shownTask(id)}; the target group hears of it ${isLate ? 'when it has stopped' : 'at once'}`,
    )
    // Answered when the task has stopped.
    const interrupted = remote.interruptTask(id, isLate ? 'before-target' : 'at-once')
    await Promise.all([
      interrupted,
      watch.until(
        'ECS has replaced the interrupted task',
        (state) => isServing(state) && !state.tasks.some((one) => one.id === id),
      ),
    ])
    return noFailure
  },
}
