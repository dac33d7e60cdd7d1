import { askEach } from './ask-each.ts'
import { shownTask } from './changes.ts'
import type { Stage } from './stage.ts'

/** An API that was told twice in a row that Redis is another one waits 5 min before it uses it again, in milliseconds. */
const PATIENCE = 6 * 60_000

/** Waits until every task reads carts from Redis again. */
export async function untilCached({ watch, note }: Pick<Stage, 'watch' | 'note'>): Promise<void> {
  const seen = new Map<string, string>()
  await watch.until(
    'every task uses the cache',
    async (state) => {
      const health = await askEach(state, '/health')
      for (const [task, { cache }] of health) {
        const now = String((cache as { state?: unknown } | undefined)?.state)
        if (seen.get(task) !== now) note(`the cache is ${now} for task ${shownTask(task)}`)
        seen.set(task, now)
      }
      return state.tasks.length > 0 && state.tasks.every(({ id }) => seen.get(id) === 'on' && health.has(id))
    },
    PATIENCE,
  )
}
