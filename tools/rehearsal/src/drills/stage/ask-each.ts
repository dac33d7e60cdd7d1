import type { RehearsalState } from '../../rehearsal/state.ts'
import { ApiClient } from '../load/api-client.ts'

/** So many requests find every task: the load balancer spreads them. */
const LOOKS = 4

/** Asks each task, by a connection of its own, what `/health` or `/metadata` has; by the tasks' ids. */
export async function askEach(
  { api, tasks }: RehearsalState,
  path: '/health' | '/metadata',
): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const client = new ApiClient(api, { keepsConnections: false, timeout: 5_000 })
  const answers = new Map<string, Readonly<Record<string, unknown>>>()
  try {
    for (let look = 0; look < LOOKS * tasks.length && answers.size < tasks.length; look += 1) {
      const { outcome, body } = await client.ask({ method: 'GET', path })
      if (outcome === 200) answers.set(String(body['instanceId']), body)
    }
  } finally {
    client.close()
  }
  return answers
}
