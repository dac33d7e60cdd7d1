// reader   get ─┬─ document: answers with it
//               ├─ fence: reads the record
//               └─ neither: is given a lease, reads the record, fills

import {
  EMPTY_HASH,
  hashAt,
  type Place,
  processAt,
  type Read,
  type State,
  type Version,
  withHash,
  withProcess,
} from '../state.ts'
import { connectedToEpoch } from './epochs.ts'
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
  const { operation, connection, view } = processAt(state, process)
  if (operation?.kind !== 'read' || operation.at !== 'begun') return
  if (view === null || !connectedToEpoch(rules, connection, view)) return
  if (!view.ripe && rules.hold('get-when-ripe')) return
  const { known } = operation
  const from = `${connection} in epoch ${view.number}`
  const step = { step: 'get', who: nameOf(process) } as const
  const key = rules.keyOf(view.number)
  const hash = hashAt(state, connection, key)
  if (hash.fences.length > 0 && rules.hold('fence-stops-readers')) {
    const fencedOut: Read = { kind: 'read', at: 'fenced out', known }
    const what = `finds a fence on ${from}`
    return { ...step, what, state: withProcess(state, process, { operation: fencedOut }) }
  }
  if (hash.document !== null) {
    const version = hash.document
    return { ...step, what: `gets v${version} from ${from}`, ...answer(state, process, operation, version) }
  }
  const lease: Place = { instance: connection, epoch: view.number, token: state.nextToken }
  const leased: Read = { kind: 'read', at: 'leased', known, lease }
  const after = withProcess({ ...state, nextToken: lease.token + 1 }, process, { operation: leased })
  return {
    ...step,
    what: `finds nothing on ${from}, gets lease ${lease.token}`,
    state: withHash(after, connection, key, { ...hash, lease: lease.token }),
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

/** Reads the record after it was given its lease. */
export const readRecordUnderLease: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'read' || operation.at !== 'leased') return
  const hasRead: Read = { ...operation, at: 'has read', version: state.record }
  return {
    step: 'readRecordUnderLease',
    who: nameOf(process),
    what: `reads v${state.record} from the record under lease ${operation.lease.token}`,
    state: withProcess(state, process, { operation: hasRead }),
  }
}

/** Stores what it has read, if its lease still stands; answers with it in any case. */
export const fill: ProcessStep = ({ rules }, state, process) => {
  const { operation, connection } = processAt(state, process)
  if (operation?.kind !== 'read' || operation.at !== 'has read') return
  const { lease, version } = operation
  const key = rules.keyOf(lease.epoch)
  const reached = connection === lease.instance
  const hash = reached ? hashAt(state, connection, key) : EMPTY_HASH
  const newer = hash.document === null || hash.document < version
  const unfenced = hash.fences.length === 0
  const allowed = !rules.hold('fence-stops-readers')
    ? hash.lease === lease.token || hash.fences.length > 0
    : !rules.hold('fill-needs-lease')
      ? unfenced && newer
      : unfenced && hash.lease === lease.token
  const fills = reached && allowed
  return {
    step: 'fill',
    who: nameOf(process),
    what: `${fills ? 'fills' : 'may not fill'} v${version} with lease ${lease.token}, answers it`,
    ...answer(
      fills ? withHash(state, connection, key, { ...hash, document: version, lease: null }) : state,
      process,
      operation,
      version,
    ),
  }
}

/** In the order in which a reader takes them. */
export const READER_STEPS: readonly ProcessStep[] = [beginRead, get, readRecord, readRecordUnderLease, fill]

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
