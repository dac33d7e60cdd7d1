import { setTimeout as sleep } from 'node:timers/promises'
import { RehearsalProblem } from '../problem.ts'
import { isFailed } from './load/answer.ts'
import type { LoadReport } from './load/report.ts'
import { shownTask } from './stage/changes.ts'
import { listOf } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { isServing } from './stage/watch.ts'

/** What a load balancer answers for a target that is gone, and what its client sees of an answer that had begun. */
const OF_A_DEAD_TARGET: ReadonlySet<unknown> = new Set([502, 'cut'])

export const killTask: Drill = {
  about: 'a task is killed without a word (SIGKILL), as when its host fails',
  needs: 'two tasks or more, so that one is left',
  promises:
    'only requests under way on that task fail, and those sent to it until the target group hears of it: 502 or cut off',
  missing: ({ service: { desiredCount } }) =>
    desiredCount < 2 ? `the service has ${desiredCount} tasks; wanted: 2 or more` : undefined,

  async play({ remote, watch, note, signal }) {
    const before = await watch.look()
    const task = before.tasks.find(({ target }) => target === 'healthy')
    if (task === undefined) throw new RehearsalProblem('no task is healthy; wanted: one to be killed')
    const { id } = task
    note(`killing task ${shownTask(id)}`)
    await remote.killTask(id)
    // Looked at more often than otherwise: this moment is judged by.
    const isUsed = async (): Promise<boolean> => {
      const { tasks } = await remote.state()
      return tasks.some((one) => one.id === id && one.target === 'healthy')
    }
    const patience = performance.now() + 120_000
    while (await isUsed()) {
      if (performance.now() > patience)
        throw new RehearsalProblem(`target ${id} is healthy 120 s after its end`)
      await sleep(50, undefined, { signal })
    }
    const seen = Date.now()
    note(`task ${shownTask(id)} gets no more requests`)
    const after = await watch.until(
      'ECS has replaced the killed task',
      (state) => isServing(state) && !state.tasks.some((one) => one.id === id),
    )
    // The load balancer's own word: what was under way on it, and what was sent to it then.
    const sent = (after.requests.targets[id] ?? 0) - (before.requests.targets[id] ?? 0)
    note(`${sent} requests were sent to task ${shownTask(id)} or under way on it`)
    return (load) => judge(load, sent, seen)
  },
}

/**
 * @param sent how many requests that task had since
 * @param seen when the target group had heard of it
 */
function judge({ troubles, retryLater }: LoadReport, sent: number, seen: number): readonly string[] {
  const failed = troubles.filter(isFailed)
  const others = failed.filter(({ outcome }) => !OF_A_DEAD_TARGET.has(outcome))
  const late = failed.filter(({ sentAt }) => sentAt > seen)
  return [
    ...(others.length === 0 ? [] : [`${listOf(others)}; promised: 502 and cut off alone`]),
    ...(retryLater === 0 ? [] : [`${retryLater} × 503 with Retry-After; promised: 502 and cut off alone`]),
    ...(late.length === 0
      ? []
      : [`${listOf(late)} after the target group had heard of it; promised: none then`]),
    ...(failed.length <= sent
      ? []
      : [`${failed.length} requests failed; promised: at most the ${sent} that the task had`]),
  ]
}
