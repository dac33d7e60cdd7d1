// What happens to writers and to their commits: processes die, answers and requests are lost or late.

import {
  hashAt,
  type Process,
  processAt,
  type SentCommit,
  type State,
  serverOf,
  type Version,
  type Write,
  withHash,
  withoutFence,
  withProcess,
} from '../state.ts'
import { nameOf, type OutsideSteps, type ProcessStep } from './step.ts'

const DATABASE = 'database'

/** A writer's process dies and starts anew, without its epoch; a commit that it has sent goes on. */
export const crash: ProcessStep = (_setting, state, process) => {
  const { operation, connection } = processAt(state, process)
  if (operation?.kind !== 'write' || (operation.at === 'begun' && !wasSent(operation))) return
  return {
    step: 'crash',
    who: nameOf(process),
    what: sendingOf(operation) === undefined ? 'crashes' : 'crashes, its commit goes on',
    state: withProcess(setAdrift(state, operation), process, {
      connection: state.primaries[serverOf(connection)] ?? connection,
      view: null,
      operation: null,
    }),
  }
}

/** A writer is not told what became of its commit, leaves its fence and gives up. */
export const loseAnswer: ProcessStep = ({ rules }, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'write' || !wasSent(operation)) return
  const after = withProcess(setAdrift(state, operation), process, { operation: null })
  const step = { step: 'loseAnswer', who: nameOf(process) } as const
  if (!('fence' in operation)) return { ...step, what: 'gets no answer, gives up', state: after }
  const { primary, epoch, token } = operation.fence
  if (rules.hold('lift-when-known'))
    return { ...step, what: `gets no answer, leaves fence ${token}, gives up`, state: after }
  const server = serverOf(primary)
  const key = rules.keyOf(epoch)
  const lifted = { ...withoutFence(hashAt(state, server, key), token), document: null, lease: null }
  return {
    ...step,
    what: `gets no answer, lifts fence ${token}, gives up`,
    state: withHash(after, server, key, lifted),
  }
}

function wasSent(operation: Write): boolean {
  return operation.at === 'sent' || operation.at === 'sent unfenced' || operation.earlier !== null
}

/** A sending of a writer's commit that may still land, if there is one. */
function sendingOf(operation: Write): SentCommit | undefined {
  if (operation.at === 'sent' || operation.at === 'sent unfenced') {
    const { under, gate, landedAs } = operation
    return landedAs === null ? { under, gate } : undefined
  }
  const { earlier, gate } = operation
  return earlier?.at === 'adrift' && gate !== null ? { under: earlier.under, gate } : undefined
}

function setAdrift(state: State, operation: Write): State {
  const sending = sendingOf(operation)
  if (sending === undefined || sending.gate !== state.gate) return state
  return { ...state, adrift: [...state.adrift, sending].sort((one, other) => one.under - other.under) }
}

/** A commit whose process is gone reaches the record. */
export const landAdrift: OutsideSteps = (_setting, state) =>
  state.adrift.map((_, index) => {
    const which = state.adrift.length > 1 ? ` (${index + 1} of ${state.adrift.length})` : ''
    return {
      step: 'landAdrift',
      who: DATABASE,
      what: `takes the commit of nobody as v${state.record + 1}${which}`,
      state: { ...state, record: state.record + 1, adrift: state.adrift.toSpliced(index, 1) },
    }
  })

/** The first sending of a commit that is being sent again reaches the record before the second. */
export const landEarlier: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'write' || (operation.at !== 'begun' && operation.at !== 'fenced')) return
  if (operation.earlier?.at !== 'adrift') return
  const version: Version = state.record + 1
  const change: Partial<Process> = { operation: { ...operation, earlier: { at: 'landed', version } } }
  return {
    step: 'landEarlier',
    who: DATABASE,
    what: `takes the earlier sending of ${nameOf(process)} as v${version}`,
    state: withProcess({ ...state, record: version }, process, change),
  }
}

export const PROCESS_FAULTS: readonly ProcessStep[] = [crash, loseAnswer, landEarlier]
export const OUTSIDE_STEPS: readonly OutsideSteps[] = [landAdrift]
