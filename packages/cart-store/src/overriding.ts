import type { CartStore } from './port.ts'

/** The store with some of its methods replaced, at the port: to hear of commits, or to let a test's store fail or wait. */
export function overriding(store: CartStore, methods: Partial<CartStore>): CartStore {
  return {
    name: store.name,
    outbox: store.outbox,
    get cache() {
      return store.cache
    },
    read: (id, call) => store.read(id, call),
    readForChange: (id, call) => store.readForChange(id, call),
    readAnswer: (cartId, key, call) => store.readAnswer(cartId, key, call),
    readOrder: (id, call) => store.readOrder(id, call),
    commit: (commit, call) => store.commit(commit, call),
    check: (call) => store.check(call),
    close: () => store.close(),
    ...methods,
  }
}
