// Which Redis primary is the cache: on A ─ off ─ on B ─ off ─ …; each change is conditional on the number before.

import type { Rules } from '../rules.ts'
import { type EpochView, type Instance, processAt, type State, withProcess } from '../state.ts'
import { nameOf, type ProcessStep } from './step.ts'

/** Reads the epoch, strongly; whatever the process has held before is gone. The first epoch is ripe from the start. */
export const readEpoch: ProcessStep = (_setting, state, process) => {
  const { number, on } = state.epoch
  if (processAt(state, process).view?.number === number) return
  return {
    step: 'readEpoch',
    who: nameOf(process),
    what: `reads epoch ${number}: ${on === null ? 'off' : `on ${on}`}`,
    state: withProcess(state, process, { view: { number, on, ripe: number === 0 } }),
  }
}

/**
 * Has held its epoch for long enough. In time: 2 s, after which no process holds an older one; in an epoch that
 * is on, 5 s more, after which no commit can land that was sent under an older one.
 */
export const ripen: ProcessStep = (_setting, state, process) => {
  const { view } = processAt(state, process)
  if (view === null || view.ripe || !canRipen(state, view)) return
  return {
    step: 'ripen',
    who: nameOf(process),
    what: `has waited until epoch ${view.number} is ripe`,
    state: withProcess(state, process, { view: { ...view, ripe: true } }),
  }
}

function canRipen({ processes, adrift }: State, { number, on }: EpochView): boolean {
  if (processes.some(({ view }) => view !== null && view.number < number)) return false
  if (on === null) return true
  const sentBefore = ({ under }: { readonly under: number }): boolean => under < number
  return (
    !adrift.some(sentBefore) &&
    !processes.some(({ operation }) => operation !== null && 'under' in operation && sentBefore(operation))
  )
}

/** Finds another primary than the epoch's, or none, and ends the epoch. */
export const turnOff: ProcessStep = ({ sizes }, state, process) => {
  const { number, on } = state.epoch
  if (on === null || number >= sizes.epochs || processAt(state, process).view?.number !== number) return
  return {
    step: 'turnOff',
    who: nameOf(process),
    what: `turns the cache off: epoch ${number + 1}`,
    state: { ...state, epoch: { number: number + 1, on: null } },
  }
}

/** Opens an epoch on the primary that it is connected to, when the off epoch is ripe: no fence of old is needed then. */
export const open: ProcessStep = ({ sizes, rules }, state, process) => {
  const { number, on } = state.epoch
  const { view, connection } = processAt(state, process)
  if (on !== null || number >= sizes.epochs || view?.number !== number) return
  if (!view.ripe && rules.hold('open-when-ripe')) return
  return {
    step: 'open',
    who: nameOf(process),
    what: `opens epoch ${number + 1} on ${connection}`,
    state: { ...state, epoch: { number: number + 1, on: connection } },
  }
}

/** Connects to the new primary. Nothing makes it: a process may stay with the old one for ever. */
export const connect: ProcessStep = (_setting, state, process) => {
  if (!state.promoted || processAt(state, process).connection === 'B') return
  return {
    step: 'connect',
    who: nameOf(process),
    what: 'connects to B',
    state: withProcess(state, process, { connection: 'B' }),
  }
}

/** Whether a process may use the cache through its connection at all. */
export function connectedToEpoch(rules: Rules, connection: Instance, { on }: EpochView): boolean {
  return on !== null && (on === connection || !rules.hold('epoch-names-primary'))
}

export const EPOCH_STEPS: readonly ProcessStep[] = [readEpoch, ripen, turnOff, open, connect]
