import type { RehearsalState } from '../../rehearsal/state.ts'

/** What is different, in a line each. */
export function changes(before: RehearsalState, now: RehearsalState): readonly string[] {
  return [
    ...newest(before.service.events, now.service.events).map((event) => `ECS: ${shownEvent(event)}`),
    ...differences(
      before.tasks.map(({ id, status, target }) => [`task ${shownTask(id)}`, `${status}, target ${target}`]),
      now.tasks.map(({ id, status, target }) => [`task ${shownTask(id)}`, `${status}, target ${target}`]),
    ),
    ...differences(
      before.redis.map(({ node, role, isUp }) => [`Redis ${node}`, isUp ? role : `${role}, down`]),
      now.redis.map(({ node, role, isUp }) => [`Redis ${node}`, isUp ? role : `${role}, down`]),
    ),
  ]
}

/**
 * What came in front of a list that forgets what is old.
 *
 * @param before the newest first, as `now`
 * @returns the oldest first
 */
export function newest(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let count = 0; count < now.length; count += 1) {
    const known = now.slice(count)
    if (known.length <= before.length && known.every((one, index) => one === before[index]))
      return now.slice(0, count).toReversed()
  }
  return now.toReversed()
}

/** Ids of tasks are long, and their beginnings differ. */
export function shownTask(id: string): string {
  return id.slice(0, 8)
}

/** Without the service's name, which is always the same, and with short ids of tasks. */
function shownEvent(event: string): string {
  return event
    .replace(/^\(service [^)]*\) /, '')
    .replaceAll(/\(task (\w+)\)/g, (_, id: string) => `(task ${shownTask(id)})`)
    .replaceAll(/\(target-group [^)]*\/([^/)]*)\/[^)]*\)/g, '(target-group $1)')
}

type Named = readonly (readonly [name: string, shown: string])[]

function differences(before: Named, now: Named): readonly string[] {
  const [known, there] = [new Map(before), new Map(now)]
  return [
    ...now.flatMap(([name, shown]) => (known.get(name) === shown ? [] : [`${name}: ${shown}`])),
    ...before.flatMap(([name]) => (there.has(name) ? [] : [`${name}: gone`])),
  ]
}
