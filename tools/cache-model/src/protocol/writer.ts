// writer   read the record ─ fence ─ commit ─ lift ─ answer
//
// The commit is two steps, sent and landed, because it may outlive the process that sent it.

import {
  type CartHash,
  hashAt,
  type Instance,
  type Place,
  type Process,
  processAt,
  type State,
  type Version,
  type Write,
  withHash,
  withoutFence,
  withProcess,
} from '../state.ts'
import { connectedToEpoch } from './epochs.ts'
import { nameOf, type ProcessStep } from './step.ts'

/** A commit that ripening does not wait for: `canRipen` takes it for one of the newest epoch. */
const AWAITED_BY_NONE = 99

/** Reads the record with its gate, and decides on what it has read. The commit will name that gate. */
export const beginWrite: ProcessStep = ({ sizes }, state, process) => {
  if (processAt(state, process).operation !== null || state.writesBegun >= sizes.writes) return
  return {
    step: 'beginWrite',
    who: nameOf(process),
    what: `begins a write: reads v${state.record}, gate ${state.gate}`,
    state: withProcess({ ...state, writesBegun: state.writesBegun + 1 }, process, begun(state)),
  }
}

/** Sets its fence and deletes document and lease, at once: from here on no reader can get or fill. */
export const fence: ProcessStep = ({ rules }, state, process) => {
  const { operation, connection, view } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'begun') return
  if (view === null || !connectedToEpoch(rules, connection, view)) return
  const place: Place = { instance: connection, epoch: view.number, token: state.nextToken }
  const fenced: Write = {
    kind: 'write',
    at: 'fenced',
    gate: rules.hold('gate-before-fence') ? operation.gate : null,
    fence: place,
    ripe: view.ripe,
  }
  const after = withProcess({ ...state, nextToken: state.nextToken + 1 }, process, { operation: fenced })
  const key = rules.keyOf(view.number)
  const hash = hashAt(state, connection, key)
  const sets = rules.hold('fence-before-commit')
  const named = `fence ${place.token} on ${where(connection, view.number)}`
  return {
    step: 'fence',
    who: nameOf(process),
    what: sets ? `sets ${named}` : `sets no fence (it would be ${named})`,
    state: sets ? withHash(after, connection, key, fencedBy(hash, place)) : after,
  }
}

function fencedBy(hash: CartHash, { token }: Place): CartHash {
  return {
    document: null,
    lease: null,
    fences: [...hash.fences, token],
    alone: hash.fences.length === 0 ? token : null,
  }
}

/** Sends the commit, if the process still holds the epoch under which it fenced. */
export const sendCommit: ProcessStep = ({ rules }, state, process) => {
  const { operation, view } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'fenced') return
  const holds = view?.number === operation.fence.epoch
  if (!holds && rules.hold('commit-in-its-epoch')) return
  const gate = operation.gate ?? state.gate
  const sent: Write = {
    ...operation,
    at: 'sent',
    gate,
    under: holds ? operation.fence.epoch : AWAITED_BY_NONE,
  }
  return {
    step: 'sendCommit',
    who: nameOf(process),
    what: `sends its commit, naming gate ${gate}${holds ? '' : ', without holding its epoch'}`,
    state: withProcess(state, process, { operation: sent }),
  }
}

/** Where no epoch is on, nothing is cached and nothing needs a fence: the commit goes out alone. */
export const sendUnfencedCommit: ProcessStep = ({ rules }, state, process) => {
  const { operation, connection, view } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'begun') return
  const off = view !== null && view.on === null
  const allowed = off
    ? view.ripe || !rules.hold('unfenced-commit-when-ripe')
    : !rules.hold('unfenced-commit-in-off-epoch') &&
      (view === null || !connectedToEpoch(rules, connection, view))
  if (!allowed) return
  const under = off ? view.number : AWAITED_BY_NONE
  const sent: Write = { kind: 'write', at: 'sent unfenced', gate: operation.gate, under }
  return {
    step: 'sendUnfencedCommit',
    who: nameOf(process),
    what: `sends its commit without a fence, naming gate ${operation.gate}`,
    state: withProcess(state, process, { operation: sent }),
  }
}

/**
 * Begins anew: the epoch of its fence is gone (the fence stays in the old epoch's key, where it does no harm), or
 * the record has refused the commit because its gate was raised.
 */
export const startAgain: ProcessStep = (_setting, state, process) => {
  const { operation, view } = processAt(state, process)
  if (operation?.kind !== 'write') return
  const lostEpoch = operation.at === 'fenced' && view?.number !== operation.fence.epoch
  const refused =
    (operation.at === 'sent' || operation.at === 'sent unfenced') && operation.gate !== state.gate
  if (!lostEpoch && !refused) return
  return {
    step: 'startAgain',
    who: nameOf(process),
    what: `${lostEpoch ? 'lost its epoch' : 'is refused by the gate'}, starts again: reads v${state.record}, gate ${state.gate}`,
    state: withProcess(state, process, begun(state)),
  }
}

/** The commit lands, if the record's gate is the one that it names. Unfenced, it is acknowledged at once. */
export const commit: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'write') return
  if (operation.at !== 'sent' && operation.at !== 'sent unfenced') return
  if (operation.gate !== state.gate) return
  const version = state.record + 1
  const written = { ...state, record: version }
  const step = { step: 'commit', who: nameOf(process) } as const
  if (operation.at === 'sent unfenced') {
    const what = `commits v${version}, acknowledges`
    return { ...step, what, state: acknowledge(written, process, version) }
  }
  const { gate, fence: place, ripe } = operation
  const committed: Write = { kind: 'write', at: 'committed', gate, fence: place, ripe, version }
  return {
    ...step,
    what: `commits v${version}`,
    state: withProcess(written, process, { operation: committed }),
  }
}

/**
 * Takes its fence away and stores what it has written, if its fence stood alone from start to end and was set in
 * a ripe epoch; otherwise deletes document and lease, also when its fence is gone. Then acknowledges.
 */
export const lift: ProcessStep = ({ rules }, state, process) => {
  const { operation, connection } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'committed') return
  const { fence: place, version } = operation
  if (connection !== place.instance) return
  const key = rules.keyOf(place.epoch)
  const hash = hashAt(state, connection, key)
  const fills = mayFill(rules, hash, operation)
  const lifted: CartHash = {
    ...withoutFence(hash, place.token),
    document: fills ? version : null,
    lease: null,
  }
  return {
    step: 'lift',
    who: nameOf(process),
    what: `lifts fence ${place.token}, ${fills ? `fills v${version}` : 'fills nothing'}, acknowledges v${version}`,
    state: acknowledge(withHash(state, connection, key, lifted), process, version),
  }
}

type Committed = Write & { readonly at: 'committed' }

function mayFill(
  rules: Parameters<ProcessStep>[0]['rules'],
  { document, fences, alone }: CartHash,
  { fence: { token }, ripe, version }: Committed,
): boolean {
  if (!rules.hold('lift-fills-on-evidence')) return document === null || document < version
  if (!rules.hold('lift-fills-if-alone')) return fences.length === 1 && fences[0] === token
  return alone === token && (ripe || !rules.hold('lift-fills-if-ripe'))
}

/** Cannot reach Redis: its fence stands until somebody reaps it. The commit is acknowledged all the same. */
export const leaveFence: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'committed') return
  return {
    step: 'leaveFence',
    who: nameOf(process),
    what: `cannot reach Redis, leaves fence ${operation.fence.token}, acknowledges v${operation.version}`,
    state: acknowledge(state, process, operation.version),
  }
}

/** In the order in which a writer takes them. */
export const WRITER_STEPS: readonly ProcessStep[] = [
  beginWrite,
  fence,
  sendUnfencedCommit,
  sendCommit,
  startAgain,
  commit,
  lift,
  leaveFence,
]

function begun({ gate }: State): Partial<Process> {
  return { operation: { kind: 'write', at: 'begun', gate } }
}

function acknowledge(state: State, process: number, version: Version): State {
  return { ...withProcess(state, process, { operation: null }), known: Math.max(state.known, version) }
}

function where(instance: Instance, epoch: number): string {
  return `${instance} in epoch ${epoch}`
}
