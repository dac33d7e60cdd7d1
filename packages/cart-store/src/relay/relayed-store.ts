import { overriding } from '../overriding.ts'
import type { CartStore } from '../port.ts'
import type { Relay } from './relay.ts'

/** The same store, whose commits are told to the relay as soon as they are made. */
export function relayed(store: CartStore, relay: Pick<Relay, 'offer'>): CartStore {
  return overriding(store, {
    commit: async (commit, call) => {
      const outcome = await store.commit(commit, call)
      if (outcome.kind === 'committed' && commit.outbox !== undefined) relay.offer(commit.outbox)
      return outcome
    },
  })
}
