import type { Cart, CartId } from '@cartwright/cart-domain'

/** How many lines all carts that are kept may have together: about 10 MB with all that hangs on them. */
const MOST_LINES = 20_000

/**
 * The carts that were read or committed last, as objects, so that a document need not be parsed again. Never an
 * answer by itself: `(incarnation, version)` as it stands in the database, or its cache, right now says whether the object is
 * still the cart. For stores where no two contents ever share it: those that never lose a commit.
 */
export class RecentCarts {
  readonly #mostLines: number
  /** A map keeps the order in which keys were put in: the first is the one that was not used for longest. */
  readonly #carts = new Map<CartId, Cart>()
  #lines = 0

  constructor(mostLines = MOST_LINES) {
    this.#mostLines = mostLines
  }

  get(id: CartId, incarnation: unknown, version: unknown): Cart | undefined {
    const cart = this.#carts.get(id)
    if (cart === undefined || cart.incarnation !== incarnation || cart.version !== version) return undefined
    this.#carts.delete(id)
    this.#carts.set(id, cart)
    return cart
  }

  /** What there is of it, to be asked whether it is still the cart. */
  peek(id: CartId): Cart | undefined {
    return this.#carts.get(id)
  }

  put(cart: Cart): void {
    this.#drop(cart.id)
    this.#carts.set(cart.id, cart)
    this.#lines += weight(cart)
    for (const id of this.#carts.keys()) {
      if (this.#lines <= this.#mostLines) break
      this.#drop(id)
    }
  }

  #drop(id: CartId): void {
    const cart = this.#carts.get(id)
    if (cart === undefined) return
    this.#carts.delete(id)
    this.#lines -= weight(cart)
  }
}

/** An empty cart takes space as well. */
function weight(cart: Cart): number {
  return cart.lines.length + 1
}
