// Redis as it is: a replica that lags, is promoted, and takes the other server's place and gives it back.

import {
  type CartHash,
  EMPTY_HASH,
  type EpochNumber,
  SERVERS,
  type Server,
  type State,
  withHash,
} from '../state.ts'
import type { OutsideSteps, ProtocolStep } from './step.ts'

const REDIS = 'Redis'

/** The replica catches up with the primary; until it does, it may lag by anything. */
export const replicate: OutsideSteps = (_setting, state) => {
  const { primaries, redis } = state
  if (redis.A === redis.B) return []
  const step = { step: 'replicate', who: REDIS } as const
  if (primaries.B === null)
    return [{ ...step, what: 'B catches up with A', state: { ...state, redis: { A: redis.A, B: redis.A } } }]
  if (primaries.A === null)
    return [{ ...step, what: 'A catches up with B', state: { ...state, redis: { A: redis.B, B: redis.B } } }]
  return []
}

/** B becomes a primary with what it has. A is not told: both take commands from then on. */
export const promote: OutsideSteps = (_setting, state) => {
  if (state.primaries.B !== null) return []
  return [
    {
      step: 'promote',
      who: REDIS,
      what: 'B is promoted',
      state: { ...state, primaries: { A: 'A', B: 'B' } },
    },
  ]
}

/** A is told at last: it becomes a replica, and what it had is replaced by what B has. Connections to it stay open. */
export const demote: OutsideSteps = ({ sizes }, state) => {
  const { primaries, redis } = state
  if (sizes.returns === 0 || primaries.A !== 'A' || primaries.B === null) return []
  return [
    {
      step: 'demote',
      who: REDIS,
      what: 'A is demoted, has what B has',
      state: { ...state, primaries: { A: null, B: 'B' }, redis: { A: redis.B, B: redis.B } },
    },
  ]
}

/** A is the primary again, with another replication id; B is not told. */
export const promoteAgain: OutsideSteps = ({ rules }, state) => {
  if (state.primaries.A !== null) return []
  const returned: State = { ...state, primaries: { A: 'A2', B: 'B' } }
  const step: ProtocolStep = {
    step: 'promoteAgain',
    who: REDIS,
    what: 'A is promoted again, as A2',
    state: returned,
  }
  if (!rules.hold('identity-in-each-step')) return [step]
  // Where each step asks who answers, what a connection showed when it was opened tells no two states apart.
  const processes = state.processes.map((process) =>
    process.connection === 'A' ? { ...process, connection: 'A2' as const } : process,
  )
  return [{ ...step, state: { ...returned, processes } }]
}

/** A document's time is up. */
export const expireDocument: OutsideSteps = (_setting, state) =>
  hashesOf(state).flatMap(({ server, epoch, hash }) =>
    hash.document === null
      ? []
      : {
          step: 'expireDocument',
          who: REDIS,
          what: `drops the document v${hash.document} on ${server} in epoch ${epoch}`,
          state: withHash(state, server, epoch, { ...hash, document: null }),
        },
  )

/** Only under a broken rule: Redis evicts a key in which fences stand. */
export const evict: OutsideSteps = ({ rules }, state) => {
  if (rules.hold('fence-not-evicted')) return []
  return hashesOf(state).flatMap(({ server, epoch, hash }) =>
    hash.fences.length === 0
      ? []
      : {
          step: 'evict',
          who: REDIS,
          what: `evicts the key on ${server} in epoch ${epoch}`,
          state: withHash(state, server, epoch, EMPTY_HASH),
        },
  )
}

export const REDIS_STEPS: readonly OutsideSteps[] = [
  replicate,
  promote,
  demote,
  promoteAgain,
  expireDocument,
  evict,
]

/** The hashes on the servers, whether they take commands or not. */
export function hashesOf(state: State): { server: Server; epoch: EpochNumber; hash: CartHash }[] {
  return SERVERS.flatMap((server) => state.redis[server].map((hash, epoch) => ({ server, epoch, hash })))
}
