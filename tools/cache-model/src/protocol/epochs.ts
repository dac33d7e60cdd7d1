// Which Redis primary is the cache: on A ─ off ─ on B ─ off ─ …; each change is conditional on the number before.

import { type EpochNumber, type EpochView, processAt, type State, serverOf, withProcess } from '../state.ts'
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

function canRipen(state: State, { number, on }: EpochView): boolean {
  if (state.processes.some(({ view }) => view !== null && view.number < number)) return false
  return on === null || !mayLand(state).some((under) => under < number)
}

/** The epochs under which the commits were sent that may still land. */
function mayLand({ processes, adrift, gate }: State): EpochNumber[] {
  const waiting = processes.flatMap(({ operation }) => {
    if (operation?.kind !== 'write' || operation.gate !== gate) return []
    if (operation.at === 'sent' || operation.at === 'sent unfenced')
      return operation.landedAs === null ? operation.under : []
    return operation.earlier?.at === 'adrift' ? operation.earlier.under : []
  })
  return [...waiting, ...adrift.map(({ under }) => under)]
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

/**
 * Opens an epoch on the primary behind its connection, when the off epoch is ripe: no fence of old is needed then.
 * The connection is a fresh one, so it knows who answers.
 */
export const open: ProcessStep = ({ sizes, rules }, state, process) => {
  const { number, on } = state.epoch
  const { view, connection } = processAt(state, process)
  if (on !== null || number >= sizes.epochs || view?.number !== number) return
  if (!view.ripe && rules.hold('open-when-ripe')) return
  const primary = state.primaries[serverOf(connection)]
  if (primary === null) return
  return {
    step: 'open',
    who: nameOf(process),
    what: `opens epoch ${number + 1} on ${primary}`,
    state: {
      ...withProcess(state, process, { connection: primary }),
      epoch: { number: number + 1, on: primary },
    },
  }
}

export const EPOCH_STEPS: readonly ProcessStep[] = [readEpoch, ripen, turnOff, open]
