import type { Tell } from '../tell.ts'
import type { PlanJson } from '../terraform/plan.ts'
import type { Hook, Said } from '../terraform/said.ts'
import { changesIn } from './changes.ts'

/** A step that takes longer is told each time so much of it has gone by, in seconds. */
const LONG = 30

const DONE: Readonly<Record<string, string>> = {
  create: 'made',
  update: 'changed',
  delete: 'deleted',
}

/**
 * Tells how far an apply is, a line for each step:
 *
 *     [ 12/148] aws_vpc.network_vpc_4E8F0223 made (11 s)
 */
export function progressOf(plan: PlanJson, tell: Tell): (said: Said) => void {
  // A replacement is two of them; of what is taken over nothing is told.
  const steps = changesIn(plan).flatMap(({ change }) => change.actions.filter((action) => action !== 'no-op'))
  const total = steps.length
  const width = String(total).length
  let done = 0
  return ({ type, hook }) => {
    if (hook === undefined) return
    if (type === 'apply_complete') {
      done += 1
      const at = `[${String(done).padStart(width)}/${total}]`
      tell(`${at} ${hook.resource.addr} ${DONE[hook.action] ?? hook.action}${took(hook)}`)
    } else if (type === 'apply_progress' && isTold(hook)) {
      tell(
        `${' '.repeat(2 * width + 3)} ${hook.resource.addr} takes its time: ${hook.elapsed_seconds} s so far`,
      )
    }
  }
}

function took({ elapsed_seconds = 0 }: Hook): string {
  return elapsed_seconds >= 1 ? ` (${elapsed_seconds} s)` : ''
}

/** Terraform tells every ten seconds. */
function isTold({ elapsed_seconds = 0 }: Hook): boolean {
  return elapsed_seconds >= LONG && elapsed_seconds % LONG < 10
}
