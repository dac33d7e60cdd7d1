import type { Rules } from '../rules.ts'
import { type CartHash, EMPTY_HASH, type EpochNumber, type State } from '../state.ts'

/**
 * Forgets what is in Redis of epochs that are over: that nobody holds and that nobody will, as another one is on record.
 * Nothing is read there any more, so it tells no two states apart; with two changes of the epoch there are ten times as
 * many otherwise. A fence in it may still make somebody who met it in time raise the gate (`raiseGate`).
 */
export function withoutEndedEpochs(rules: Rules, state: State): State {
  const first = firstEpoch(state)
  if (first === 0 || !rules.hold('epoch-begins-empty')) return state
  const { redis, lifts, fills, reapings } = state
  const A = emptied(redis.A, first)
  return {
    ...state,
    redis: { A, B: redis.B === redis.A ? A : emptied(redis.B, first) },
    lifts: lifts.filter(({ fence }) => fence.epoch >= first),
    fills: fills.filter(({ lease }) => lease.epoch >= first),
    reapings: reapings.filter(({ epoch }) => epoch >= first),
  }
}

/** The oldest that somebody holds or may come to hold. */
function firstEpoch({ epoch, processes }: State): EpochNumber {
  return Math.min(epoch.number, ...processes.map(({ view }) => view?.number ?? epoch.number))
}

function emptied(hashes: readonly CartHash[], first: EpochNumber): readonly CartHash[] {
  return hashes.map((hash, epoch) => (epoch < first ? EMPTY_HASH : hash))
}
