import type { CartId } from '@cartwright/cart-domain'

/** The wait for a cart's turn lasted until the request's deadline. */
export class NoTurn extends Error {
  constructor() {
    super('the cart was busy until the deadline')
    this.name = 'NoTurn'
  }
}

interface Waiting {
  readonly enter: () => void
}

/**
 * Lets the changes of one cart inside this process go one after the other, first come, first served. The store's
 * conditions would keep them apart as well, but each lost race costs a round trip; and a duplicate of a request
 * finds the answer of the first instead of racing it.
 */
export class Turns {
  /** Who waits, for each cart that is being changed. */
  readonly #queues = new Map<CartId, Waiting[]>()

  /**
   * Does the work while nobody else changes these carts.
   *
   * @param deadline by `performance.now()`
   * @throws {NoTurn} when the turn has not come by the deadline; the work has not begun then.
   */
  async take<Result>(
    carts: readonly CartId[],
    deadline: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    // Always in the same order: two merges in opposite directions must not wait for each other.
    const wanted = carts.length === 1 ? carts : [...new Set(carts)].sort()
    const held: CartId[] = []
    try {
      for (const cart of wanted) {
        await this.#enter(cart, deadline)
        held.push(cart)
      }
      return await work()
    } finally {
      for (const cart of held) this.#leave(cart)
    }
  }

  #enter(cart: CartId, deadline: number): Promise<void> | undefined {
    const queue = this.#queues.get(cart)
    if (queue === undefined) {
      this.#queues.set(cart, [])
      return undefined
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        enter: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      const timer = setTimeout(
        () => {
          queue.splice(queue.indexOf(waiting), 1)
          reject(new NoTurn())
        },
        Math.max(0, deadline - performance.now()),
      )
      queue.push(waiting)
    })
  }

  #leave(cart: CartId): void {
    const next = this.#queues.get(cart)?.shift()
    if (next === undefined) this.#queues.delete(cart)
    else next.enter()
  }
}
