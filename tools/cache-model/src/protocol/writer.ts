// writer   read the record ─ fence ─ commit ─ answer ┄ lift
//                              └ send again, under a new epoch ┘
//
// The commit is two steps, sent and landed, because it may outlive the process that sent it.

import type { Rules } from '../rules.ts'
import {
  type CartHash,
  type Earlier,
  type EpochNumber,
  hashAt,
  type Place,
  processAt,
  type Sending,
  type State,
  serverOf,
  type Version,
  type Write,
  withHash,
  withProcess,
} from '../state.ts'
import { AGAIN_STEPS, begun, isRefused } from './again.ts'
import { cacheOf } from './connection.ts'
import { withLift } from './lift.ts'
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
  const { operation, view } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'begun') return
  const primary = cacheOf(rules, state, process)
  if (view === null || primary === null) return
  const { gate, earlier } = operation
  const place: Place = { primary, epoch: view.number, token: state.nextToken }
  const fenced: Write = {
    kind: 'write',
    at: 'fenced',
    gate: rules.hold('gate-before-fence') || earlier !== null ? gate : null,
    earlier,
    fence: place,
    mayFill: mayFill(rules, view, earlier),
  }
  const after = withProcess({ ...state, nextToken: state.nextToken + 1 }, process, { operation: fenced })
  const key = rules.keyOf(view.number)
  const hash = hashAt(state, serverOf(primary), key)
  const sets = rules.hold('fence-before-commit')
  const named = `fence ${place.token} on ${primary} in epoch ${view.number}`
  return {
    step: 'fence',
    who: nameOf(process),
    what: sets ? `sets ${named}` : `sets no fence (it would be ${named})`,
    state: sets ? withHash(after, serverOf(primary), key, fencedBy(hash, place)) : after,
  }
}

/** What an earlier sending has landed, this fence did not cover: others may have committed and lifted since. */
function mayFill(rules: Rules, { ripe }: { readonly ripe: boolean }, earlier: Earlier | null): boolean {
  if (!ripe && rules.hold('lift-fills-if-ripe')) return false
  return earlier === null || !rules.hold('lift-fills-if-fenced-first')
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
  const { fence, mayFill, earlier } = operation
  const gate = operation.gate ?? state.gate
  const under = holds ? fence.epoch : AWAITED_BY_NONE
  return {
    step: 'sendCommit',
    who: nameOf(process),
    what: `sends its commit, naming gate ${gate}${holds ? '' : ', without holding its epoch'}`,
    state: withProcess(state, process, {
      operation: { kind: 'write', at: 'sent', fence, mayFill, ...sending(under, gate, earlier) },
    }),
  }
}

/** Where no epoch is on, nothing is cached and nothing needs a fence: the commit goes out alone. */
export const sendUnfencedCommit: ProcessStep = ({ rules }, state, process) => {
  const { operation, view } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'begun') return
  const off = view !== null && view.on === null
  const allowed = off
    ? view.ripe || !rules.hold('unfenced-commit-when-ripe')
    : !rules.hold('unfenced-commit-in-off-epoch') && cacheOf(rules, state, process) === null
  if (!allowed) return
  const { gate, earlier } = operation
  const under = off ? view.number : AWAITED_BY_NONE
  return {
    step: 'sendUnfencedCommit',
    who: nameOf(process),
    what: `sends its commit without a fence, naming gate ${gate}`,
    state: withProcess(state, process, {
      operation: { kind: 'write', at: 'sent unfenced', ...sending(under, gate, earlier) },
    }),
  }
}

/**
 * An earlier sending that may still land need not be remembered beside this one: of the two one lands, and whatever can
 * happen then can happen as well where the earlier one is lost.
 */
function sending(under: EpochNumber, gate: number, earlier: Earlier | null): Sending {
  return { under, gate, landedAs: earlier?.at === 'landed' ? earlier.version : null }
}

/** The commit lands, if the record's gate is the one that it names, and is acknowledged. The lift is on its way from here. */
export const commit: ProcessStep = (_setting, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'write') return
  if (operation.at !== 'sent' && operation.at !== 'sent unfenced') return
  if (isRefused(state, operation)) return
  const version = operation.landedAs ?? state.record + 1
  const answered = acknowledge(state, process, version)
  const what = `${operation.landedAs === null ? 'commits' : 'is told that it has committed'} v${version}, acknowledges`
  return {
    step: 'commit',
    who: nameOf(process),
    what,
    state:
      operation.at === 'sent'
        ? withLift(answered, { fence: operation.fence, mayFill: operation.mayFill, version })
        : answered,
  }
}

/** In the order in which a writer takes them. */
export const WRITER_STEPS: readonly ProcessStep[] = [
  beginWrite,
  fence,
  sendUnfencedCommit,
  sendCommit,
  ...AGAIN_STEPS,
  commit,
]

function acknowledge(state: State, process: number, version: Version): State {
  return {
    ...withProcess(state, process, { operation: null }),
    record: Math.max(state.record, version),
    known: Math.max(state.known, version),
  }
}
