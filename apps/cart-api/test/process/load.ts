import type { CartId } from '@cartwright/cart-domain'
import type { Chance } from '@cartwright/test-servers'
import { added, merged, setTo } from './history.ts'
import { type Answer, KeepAliveClient, NoAnswer } from './keep-alive.ts'
import type { Ledger, Operation } from './ledger.ts'

/** Few lines, so that the clients meet in them. */
const LINES = [
  { productId: 'canvas-tote' },
  { productId: 'olive-oil-crete' },
  { productId: 'wool-socks', variant: '36-38' },
  { productId: 'wool-socks', variant: '39-42' },
] as const

/** Few carts, for the same reason. */
const CARTS = ['cart-a', 'cart-b', 'cart-c', 'cart-d', 'cart-e', 'cart-f'] as const

export interface LoadOptions {
  readonly ledger: Ledger
  readonly chance: Chance
  readonly clients: number
  /** Called at each answer, in the moment it is there. */
  readonly heard?: () => void
}

/**
 * Clients that add, set, merge and check out, each of them one thing after the other, each thing with a key of its
 * own. What was not answered is what a client begins with when it runs again.
 */
export class Load {
  readonly #clients: readonly LoadClient[]

  constructor(options: LoadOptions) {
    const numbers = new Numbers()
    this.#clients = Array.from({ length: options.clients }, (_, index) => {
      return new LoadClient(`client-${index}`, options, numbers)
    })
  }

  /**
   * Runs until `enough`, or until the API is gone; resolves with how the last request of each client failed, where
   * it did.
   */
  async run(url: string, enough: () => boolean): Promise<NoAnswer[]> {
    const ends = await Promise.all(this.#clients.map((client) => client.run(url, enough)))
    return ends.filter((end) => end !== undefined)
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }
}

class LoadClient {
  readonly #name: string
  readonly #options: LoadOptions
  readonly #numbers: Numbers
  // A repeat goes out twice at once, so there are two connections.
  readonly #connection = new KeepAliveClient()
  readonly #other = new KeepAliveClient()
  /** What is to be done next: a merge follows the add that fills its source. */
  readonly #planned: Operation[] = []
  #unanswered: Operation | undefined
  #asked = 0

  constructor(name: string, options: LoadOptions, numbers: Numbers) {
    this.#name = name
    this.#options = options
    this.#numbers = numbers
  }

  async run(url: string, enough: () => boolean): Promise<NoAnswer | undefined> {
    try {
      if (this.#unanswered !== undefined) await this.#repeat(url, this.#unanswered)
      while (!enough()) {
        const operation = this.#next()
        this.#options.ledger.open(operation)
        this.#unanswered = operation
        this.#settle(operation, [await this.#ask(url, operation, this.#connection)])
      }
      return undefined
    } catch (error) {
      if (error instanceof NoAnswer) return error
      throw error
    }
  }

  close(): void {
    this.#connection.close()
    this.#other.close()
  }

  /** Asks again, twice at the same time: the effect must still be one. */
  async #repeat(url: string, operation: Operation): Promise<void> {
    const both = await Promise.allSettled([
      this.#ask(url, operation, this.#connection),
      this.#ask(url, operation, this.#other),
    ])
    this.#settle(
      operation,
      both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    )
    for (const one of both) if (one.status === 'rejected') throw one.reason
  }

  async #ask(url: string, { key, method, path, cartId, body }: Operation, connection: KeepAliveClient) {
    const headers = { 'X-Cart-ID': cartId, 'Idempotency-Key': key }
    const answer = await connection.ask(url, { method, path, headers, body })
    this.#options.heard?.()
    return answer
  }

  /** Of two answers, one may be a refusal from before the other's success; never the other way round. */
  #settle(operation: Operation, answers: readonly Answer[]): void {
    for (const answer of answers.toSorted((a, b) => b.status - a.status)) {
      this.#options.ledger.settle(operation, answer)
      this.#unanswered = undefined
    }
  }

  #next(): Operation {
    const planned = this.#planned.shift()
    if (planned !== undefined) return planned
    const { chance } = this.#options
    // Fits the pattern of cart ids.
    const cart = chance.of(CARTS) as string as CartId
    switch (chance.of(['add', 'add', 'add', 'add', 'set', 'set', 'merge', 'checkout'])) {
      case 'add':
        return this.#add(cart)
      case 'set':
        return this.#set(cart)
      case 'merge':
        return this.#merge(cart)
      case 'checkout':
        return { ...this.#key(), method: 'POST', path: '/checkout/start', cartId: cart, body: {} }
    }
  }

  #add(cartId: CartId): Operation {
    const quantity = this.#numbers.next()
    return {
      ...this.#key(),
      method: 'POST',
      path: '/cart/items',
      cartId,
      body: { ...this.#options.chance.of(LINES), quantity },
      mark: added(cartId, quantity),
    }
  }

  #set(cartId: CartId): Operation {
    // So far apart that no sum of adds leads from one to the next: setting is never setting to what is there.
    const quantity = this.#numbers.next() * 100_000
    const { productId, ...variant } = this.#options.chance.of(LINES)
    return {
      ...this.#key(),
      method: 'PATCH',
      path: `/cart/items/${productId}`,
      cartId,
      body: { ...variant, quantity },
      mark: setTo(cartId, quantity),
    }
  }

  /** Each merge has a source of its own, which holds something: so it is always a change, and known by its source. */
  #merge(cartId: CartId): Operation {
    // Fits the pattern of cart ids.
    const source = `source-${this.#numbers.next()}` as CartId
    this.#planned.push({
      ...this.#key(),
      method: 'POST',
      path: '/cart/merge',
      cartId,
      body: { sourceCartId: source },
      mark: merged(cartId, source),
    })
    return this.#add(source)
  }

  #key(): { readonly key: string } {
    this.#asked += 1
    return { key: `${this.#name}.${this.#asked}` }
  }
}

/** Each number once, in all clients: a quantity that nobody else uses tells in an event whose doing it is. */
class Numbers {
  #last = 0

  next(): number {
    this.#last += 1
    return this.#last
  }
}
