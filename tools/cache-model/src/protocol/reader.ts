// reader   get ─┬─ document: answers with it
//               ├─ fence: reads the record
//               └─ neither: is given a lease, reads the record ─ answer ┄ fill

import {
  hashAt,
  type Place,
  processAt,
  type Read,
  type State,
  serverOf,
  type Version,
  withHash,
  withProcess,
} from '../state.ts'
import { cacheOf } from './connection.ts'
import { withFill } from './fill.ts'
import { nameOf, type ProcessStep } from './step.ts'

/** Notes what anybody has been told of so far: that, or newer, is what the read has to answer. */
export const beginRead: ProcessStep = ({ sizes }, state, process) => {
  if (processAt(state, process).operation !== null || state.readsBegun >= sizes.reads) return
  return {
    step: 'beginRead',
    who: nameOf(process),
    what: `begins a read: must see v${state.known}`,
    state: withProcess({ ...state, readsBegun: state.readsBegun + 1 }, process, {
      operation: { kind: 'read', at: 'begun', known: state.known },
    }),
  }
}

/** Asks Redis, if its epoch is ripe and its connection leads to the primary of it: a document, a fence or a lease. */
export const get: ProcessStep = ({ rules }, state, process) => {
  const { operation, view } = processAt(state, process)
  if (operation?.kind !== 'read' || operation.at !== 'begun') return
  const primary = cacheOf(rules, state, process)
  if (view === null || primary === null) return
  if (!view.ripe && rules.hold('get-when-ripe')) return
  const { known } = operation
  const from = `${primary} in epoch ${view.number}`
  const step = { step: 'get', who: nameOf(process) } as const
  const key = rules.keyOf(view.number)
  const hash = hashAt(state, serverOf(primary), key)
  if (hash.fences.length > 0 && rules.hold('fence-stops-readers')) {
    const fencedOut: Read = { kind: 'read', at: 'fenced out', known }
    const what = `finds a fence on ${from}`
    return { ...step, what, state: withProcess(state, process, { operation: fencedOut }) }
  }
  if (hash.document !== null) {
    const version = hash.document
    return { ...step, what: `gets v${version} from ${from}`, ...answer(state, process, operation, version) }
  }
  const lease: Place = { primary, epoch: view.number, token: state.nextToken }
  const leased: Read = { kind: 'read', at: 'leased', known, lease }
  const after = withProcess({ ...state, nextToken: lease.token + 1 }, process, { operation: leased })
  return {
    ...step,
    what: `finds nothing on ${from}, gets lease ${lease.token}`,
    state: withHash(after, serverOf(primary), key, { ...hash, lease: lease.token }),
  }
}

/** Answers from the record: possible at any time, the only way past a fence and where the cache is off. */
export const readRecord: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'read') return
  if (operation.at !== 'begun' && operation.at !== 'fenced out') return
  return {
    step: 'readRecord',
    who: nameOf(process),
    what: `reads v${state.record} from the record`,
    ...answer(state, process, operation, state.record),
  }
}

/** Reads the record after it was given its lease, and answers with it. The fill is on its way from here. */
export const readRecordUnderLease: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'read' || operation.at !== 'leased') return
  const { lease } = operation
  const version = state.record
  const answered = answer(state, process, operation, version)
  return {
    step: 'readRecordUnderLease',
    who: nameOf(process),
    what: `reads v${version} from the record under lease ${lease.token}`,
    ...answered,
    state: withFill(answered.state, { lease, version }),
  }
}

/** In the order in which a reader takes them. */
export const READER_STEPS: readonly ProcessStep[] = [beginRead, get, readRecord, readRecordUnderLease]

/** Ends the read. The property that the protocol keeps is checked here, and only here. */
function answer(
  state: State,
  process: number,
  { known }: Read,
  version: Version,
): { readonly state: State; readonly violation: string | undefined } {
  return {
    state: { ...withProcess(state, process, { operation: null }), known: Math.max(state.known, version) },
    violation: version < known ? `stale read: v${version} after v${known} was known` : undefined,
  }
}
