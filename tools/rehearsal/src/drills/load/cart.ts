import { randomUUID } from 'node:crypto'
import type { Act } from './answer.ts'
import type { Asking, Received } from './api-client.ts'

/** After so many added pieces a cart is checked out: far from what a line may hold. */
const CHECKOUT_AT = 20

/** What is wrong with a cart, in pieces and answers. */
export interface Findings {
  /** Added pieces that were acknowledged, and are neither in the cart nor in an order. */
  readonly lost: number
  /** Pieces that are there although nobody may have added them, as those that were refused. */
  readonly invented: number
  /** Answers older than one that was there before they were asked for. */
  readonly stale: number
}

/** A cart of the load, and what its client was told of it. It has one open request at a time. */
export class LoadedCart {
  readonly id = `drill-${randomUUID()}`
  readonly #product: string
  #acts = 0
  #acknowledged = 0
  #unknown = 0
  #sinceCheckout = 0
  #version = 0
  #stale = 0
  /** Pieces by order. */
  readonly #orders = new Map<string, number>()
  /** Keys of checkouts of which nobody knows whether they happened. */
  readonly #unknownCheckouts: string[] = []

  /** @param product one without variants */
  constructor(product: string) {
    this.#product = product
  }

  /** The next request, and what to do with its answer. */
  next(): { readonly act: Act; readonly asking: Asking; readonly heard: (received: Received) => void } {
    this.#acts += 1
    const headers = { 'X-Cart-ID': this.id }
    if (this.#sinceCheckout >= CHECKOUT_AT) {
      const key = randomUUID()
      return {
        act: 'checkout',
        asking: this.#checkout(key),
        heard: (received) => this.#heardOrder(received, key),
      }
    }
    if (this.#acts % 2 === 0) {
      const asking = { method: 'GET', path: '/cart', headers } as const
      return { act: 'read', asking, heard: (received) => this.#heardCart(received, this.#version) }
    }
    const asking = {
      method: 'POST',
      path: '/cart/items',
      headers: { ...headers, 'Idempotency-Key': randomUUID() },
      body: { productId: this.#product, quantity: 1 },
    } as const
    return { act: 'add', asking, heard: (received) => this.#heardAdd(received) }
  }

  /**
   * Asks what is to be known when all is over.
   *
   * @param ask resolves with an answer that is no failure, as soon as there is one
   */
  async audit(ask: (asking: Asking) => Promise<Received>): Promise<Findings> {
    for (const key of this.#unknownCheckouts.splice(0)) {
      // With its key it happens once, now or before. Where it did not and there is nothing to order, it is refused.
      this.#heardOrder(await ask(this.#checkout(key)), key)
    }
    const cart = await ask({ method: 'GET', path: '/cart', headers: { 'X-Cart-ID': this.id } })
    this.#heardCart(cart, this.#version)
    const there = quantityOf(cart.body) + [...this.#orders.values()].reduce((sum, pieces) => sum + pieces, 0)
    return {
      lost: Math.max(0, this.#acknowledged - there),
      invented: Math.max(0, there - this.#acknowledged - this.#unknown),
      stale: this.#stale,
    }
  }

  #checkout(key: string): Asking {
    return {
      method: 'POST',
      path: '/checkout/start',
      headers: { 'X-Cart-ID': this.id, 'Idempotency-Key': key },
      body: {},
    }
  }

  #heardAdd(received: Received): void {
    const { outcome } = received
    if (outcome === 200) {
      this.#acknowledged += 1
      this.#sinceCheckout += 1
      this.#heardCart(received, this.#version + 1)
    } else if (mayHaveHappened(received)) this.#unknown += 1
  }

  #heardOrder(received: Received, key: string): void {
    const { outcome, body } = received
    if (outcome === 200 || outcome === 201) {
      this.#orders.set(String(body['orderId']), quantityOf(body))
      this.#sinceCheckout = 0
    } else if (mayHaveHappened(received)) this.#unknownCheckouts.push(key)
  }

  /** @param least the version that it must have at least */
  #heardCart({ outcome, body }: Received, least: number): void {
    const { version } = body
    if (outcome !== 200 || typeof version !== 'number') return
    if (version < least) this.#stale += 1
    this.#version = Math.max(this.#version, version)
  }
}

/** Whether a change was perhaps made although nobody said so (docs/reference/errors.md: `outcome`). */
function mayHaveHappened({ outcome, body }: Received): boolean {
  if (outcome === 'refused') return false
  if (typeof outcome !== 'number') return true
  // What has a code is the API's own word: only `unknown` is no certain no.
  const isTold = typeof body['code'] === 'string'
  return outcome >= 500 && !(isTold && body['outcome'] !== 'unknown')
}

/** Of a cart or an order. */
function quantityOf(body: Readonly<Record<string, unknown>>): number {
  const { itemCount } = body
  return typeof itemCount === 'number' ? itemCount : 0
}
