import type { CartStore } from '../port.ts'
import type { Relay } from './relay.ts'

/** The same store, whose commits are told to the relay as soon as they are made. */
export function relayed(store: CartStore, relay: Pick<Relay, 'offer'>): CartStore {
  return {
    name: store.name,
    outbox: store.outbox,
    read: (id, call) => store.read(id, call),
    readForChange: (id, call) => store.readForChange(id, call),
    readAnswer: (cartId, key, call) => store.readAnswer(cartId, key, call),
    readOrder: (id, call) => store.readOrder(id, call),
    check: (call) => store.check(call),
    close: () => store.close(),
    commit: async (commit, call) => {
      const outcome = await store.commit(commit, call)
      if (outcome.kind === 'committed' && commit.outbox !== undefined) relay.offer(commit.outbox)
      return outcome
    },
  }
}
