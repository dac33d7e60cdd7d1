// What a process knows of the Redis server that its connection leads to.

import type { Rules } from '../rules.ts'
import { type Primary, processAt, type State, serverOf, withProcess } from '../state.ts'
import { nameOf, type ProcessStep } from './step.ts'

/** The primary that answers on a connection, or that the process takes for it; none if the server is a replica. */
export function primaryBehind(rules: Rules, { primaries }: State, connection: Primary): Primary | null {
  const present = primaries[serverOf(connection)]
  return present === null || rules.hold('identity-in-each-step') ? present : connection
}

/** The primary that a process may use as the cache now: the one that its epoch names. */
export function cacheOf(rules: Rules, state: State, process: number): Primary | null {
  const { connection, view } = processAt(state, process)
  if (view === null || view.on === null) return null
  const primary = primaryBehind(rules, state, connection)
  return primary === view.on || !rules.hold('epoch-names-primary') ? primary : null
}

/** Whether a script that was sent for what is on that primary does its work when it arrives. */
export function reaches(rules: Rules, state: State, primary: Primary): boolean {
  return primaryBehind(rules, state, primary) === primary
}

/** Connects to another primary. Nothing makes it: a process may keep its connection for ever. */
function connectTo(primary: Primary): ProcessStep {
  return (_setting, state, process) => {
    const { connection } = processAt(state, process)
    if (connection === primary || connection === 'A2' || state.primaries[serverOf(primary)] !== primary)
      return
    return {
      step: 'connect',
      who: nameOf(process),
      what: `connects to ${primary}`,
      state: withProcess(state, process, { connection: primary }),
    }
  }
}

/** Not back to the first one: that it stayed there is as good. */
export const CONNECTION_STEPS: readonly ProcessStep[] = [connectTo('B'), connectTo('A2')]
