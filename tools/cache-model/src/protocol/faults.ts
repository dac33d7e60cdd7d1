// What happens to the protocol: processes that die, answers that are lost, Redis as it is, and the reaper.

import {
  type CartHash,
  EMPTY_HASH,
  type EpochNumber,
  hashAt,
  INSTANCES,
  type Instance,
  type Place,
  processAt,
  type SentCommit,
  type State,
  withHash,
  withoutFence,
  withProcess,
} from '../state.ts'
import { nameOf, type OutsideSteps, type ProcessStep } from './step.ts'

/** How often fences are reaped: each more multiplies the states. */
const MOST_GATES = 1

const REDIS = 'Redis'
const REAPER = 'reaper'
const DATABASE = 'database'

/** A writer's process dies and starts anew, without its epoch; a commit that it has sent goes on. */
export const crash: ProcessStep = (_setting, state, process) => {
  const { operation, connection } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at === 'begun') return
  const sent = operation.at === 'sent' || operation.at === 'sent unfenced'
  return {
    step: 'crash',
    who: nameOf(process),
    what: sent ? 'crashes, its commit goes on' : 'crashes',
    state: withProcess(sent ? setAdrift(state, operation) : state, process, {
      connection: state.promoted ? 'B' : connection,
      view: null,
      operation: null,
    }),
  }
}

/** A writer is not told what became of its commit, leaves its fence and gives up. */
export const loseAnswer: ProcessStep = ({ rules }, state, process) => {
  const { operation } = processAt(state, process)
  if (operation?.kind !== 'write' || operation.at !== 'sent') return
  const { instance, epoch, token } = operation.fence
  const after = withProcess(setAdrift(state, operation), process, { operation: null })
  const step = { step: 'loseAnswer', who: nameOf(process) } as const
  if (rules.hold('lift-when-known'))
    return { ...step, what: `gets no answer, leaves fence ${token}, gives up`, state: after }
  const key = rules.keyOf(epoch)
  const lifted = { ...withoutFence(hashAt(state, instance, key), token), document: null, lease: null }
  return {
    ...step,
    what: `gets no answer, lifts fence ${token}, gives up`,
    state: withHash(after, instance, key, lifted),
  }
}

function setAdrift(state: State, { under, gate }: SentCommit): State {
  return { ...state, adrift: [...state.adrift, { under, gate }] }
}

/** A commit whose process is gone reaches the record, which takes it or refuses it. */
export const landAdrift: OutsideSteps = (_setting, state) =>
  state.adrift.map(({ gate }, index) => {
    const lands = gate === state.gate
    const which = state.adrift.length > 1 ? ` (${index + 1} of ${state.adrift.length})` : ''
    return {
      step: 'landAdrift',
      who: DATABASE,
      what: `${lands ? `takes the commit of nobody as v${state.record + 1}` : 'refuses the commit of nobody by its gate'}${which}`,
      state: {
        ...state,
        record: lands ? state.record + 1 : state.record,
        adrift: state.adrift.toSpliced(index, 1),
      },
    }
  })

/** The replica catches up with the primary; until it does, it may lag by anything. */
export const replicate: OutsideSteps = (_setting, state) => {
  if (state.promoted || state.redis.A === state.redis.B) return []
  const redis = { A: state.redis.A, B: state.redis.A }
  return [{ step: 'replicate', who: REDIS, what: 'B catches up with A', state: { ...state, redis } }]
}

/** B becomes a primary with what it has. A is not told: both take commands from then on. */
export const promote: OutsideSteps = (_setting, state) => {
  if (state.promoted) return []
  return [{ step: 'promote', who: REDIS, what: 'B is promoted', state: { ...state, promoted: true } }]
}

/** A document's time is up. */
export const expireDocument: OutsideSteps = (_setting, state) =>
  hashesOf(state).flatMap(({ instance, epoch, hash }) =>
    hash.document === null
      ? []
      : {
          step: 'expireDocument',
          who: REDIS,
          what: `drops the document v${hash.document} on ${instance} in epoch ${epoch}`,
          state: withHash(state, instance, epoch, { ...hash, document: null }),
        },
  )

/** Somebody meets a fence that looks left behind, whether its writer lives or not, and first raises the gate. */
export const raiseGate: OutsideSteps = ({ rules }, state) => {
  if (state.gate >= MOST_GATES || !rules.hold('gate-before-removal')) return []
  return fencesOf(state)
    .filter(({ token }) => !state.reapings.some((reaping) => reaping.token === token))
    .map((fence) => ({
      step: 'raiseGate',
      who: REAPER,
      what: `raises the gate to ${state.gate + 1} because of ${named(fence)}`,
      state: { ...state, gate: state.gate + 1, reapings: [...state.reapings, fence] },
    }))
}

/** Then removes it: a commit that counts on it is refused from here on. */
export const removeFence: OutsideSteps = ({ rules }, state) =>
  state.reapings.map((fence, index) => ({
    step: 'removeFence',
    who: REAPER,
    what: `removes ${named(fence)}`,
    state: dropFence(
      { ...state, reapings: state.reapings.toSpliced(index, 1) },
      fence,
      rules.keyOf(fence.epoch),
    ),
  }))

/** Only under a broken rule: a fence ends by time alone. */
export const expireFence: OutsideSteps = ({ rules }, state) => {
  if (rules.hold('gate-before-removal')) return []
  return fencesOf(state).map((fence) => ({
    step: 'expireFence',
    who: REDIS,
    what: `lets ${named(fence)} expire`,
    state: dropFence(state, fence, fence.epoch),
  }))
}

/** Only under a broken rule: Redis evicts a key in which fences stand. */
export const evict: OutsideSteps = ({ rules }, state) => {
  if (rules.hold('fence-not-evicted')) return []
  return hashesOf(state).flatMap(({ instance, epoch, hash }) =>
    hash.fences.length === 0
      ? []
      : {
          step: 'evict',
          who: REDIS,
          what: `evicts the key on ${instance} in epoch ${epoch}`,
          state: withHash(state, instance, epoch, EMPTY_HASH),
        },
  )
}

export const PROCESS_FAULTS: readonly ProcessStep[] = [crash, loseAnswer]
export const OUTSIDE_STEPS: readonly OutsideSteps[] = [
  landAdrift,
  raiseGate,
  removeFence,
  replicate,
  promote,
  expireDocument,
  expireFence,
  evict,
]

function hashesOf(state: State): { instance: Instance; epoch: EpochNumber; hash: CartHash }[] {
  return INSTANCES.flatMap((instance) =>
    state.redis[instance].map((hash, epoch) => ({ instance, epoch, hash })),
  )
}

function fencesOf(state: State): Place[] {
  return hashesOf(state).flatMap(({ instance, epoch, hash }) =>
    hash.fences.map((token) => ({ instance, epoch, token })),
  )
}

function dropFence(state: State, { instance, token }: Place, key: EpochNumber): State {
  return withHash(state, instance, key, withoutFence(hashAt(state, instance, key), token))
}

function named({ instance, epoch, token }: Place): string {
  return `fence ${token} on ${instance} in epoch ${epoch}`
}
