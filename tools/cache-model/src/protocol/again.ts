// A writer whose first attempt was not enough: the same commit once more, or a new one.

import { type Earlier, type Process, processAt, type State, type Write, withProcess } from '../state.ts'
import { withLift } from './lift.ts'
import { nameOf, type ProcessStep } from './step.ts'

/**
 * Gets no answer, and may send the same bytes again, but not under the epoch that it has lost: it needs a new fence, or
 * a ripe off epoch. Its first fence stays in a key that nobody uses by then.
 */
function sendAgain(first: 'adrift' | 'lost'): ProcessStep {
  return (_setting, state, process) => {
    const { operation, view } = processAt(state, process)
    if (operation?.kind !== 'write' || view === null) return
    if (operation.at !== 'sent' && operation.at !== 'sent unfenced') return
    const { under, gate, landedAs } = operation
    if (view.number <= under) return
    if (first === 'adrift' && (landedAs !== null || gate !== state.gate)) return
    const earlier: Earlier =
      landedAs !== null
        ? { at: 'landed', version: landedAs }
        : first === 'lost'
          ? { at: first }
          : { at: first, under }
    const what = `gets no answer, has lost its epoch, has to send again${first === 'lost' ? '' : '; the first sending goes on'}`
    return {
      step: 'sendAgain',
      who: nameOf(process),
      what,
      state: withProcess(state, process, { operation: { kind: 'write', at: 'begun', gate, earlier } }),
    }
  }
}

/**
 * Begins anew: the epoch of its fence is gone, or the record has refused the commit because its gate was raised. Its
 * fence may be lifted, as nothing of its can land. What was sent once is not decided anew but fenced anew, and what
 * it leaves stays.
 */
export const startAgain: ProcessStep = (_setting, state, process) => {
  const { operation, view } = processAt(state, process)
  if (operation?.kind !== 'write') return
  const lostEpoch = operation.at === 'fenced' && view?.number !== operation.fence.epoch
  if (!lostEpoch && !isRefused(state, operation)) return
  const step = { step: 'startAgain', who: nameOf(process) } as const
  if (operation.at === 'fenced' && operation.earlier !== null && operation.gate !== null) {
    const { gate, earlier } = operation
    return {
      ...step,
      what: 'lost its epoch, has to fence again',
      state: withProcess(state, process, { operation: { kind: 'write', at: 'begun', gate, earlier } }),
    }
  }
  const lifted =
    'fence' in operation ? withLift(state, { fence: operation.fence, mayFill: false, version: null }) : state
  return {
    ...step,
    what: `${lostEpoch ? 'lost its epoch' : 'is refused by the gate'}, starts again: reads v${state.record}, gate ${state.gate}`,
    state: withProcess(lifted, process, begun(state)),
  }
}

/** Whether the record refuses the commit by its gate. A token that has landed is answered with its success for ever. */
export function isRefused(state: State, operation: Write): boolean {
  if (operation.at !== 'sent' && operation.at !== 'sent unfenced') return false
  return operation.gate !== state.gate && operation.landedAs === null
}

export const AGAIN_STEPS: readonly ProcessStep[] = [sendAgain('adrift'), sendAgain('lost'), startAgain]

/** A write that has just read the record. */
export function begun({ gate }: State): Partial<Process> {
  return { operation: { kind: 'write', at: 'begun', gate, earlier: null } }
}
