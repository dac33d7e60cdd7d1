import { Mismatch } from '../check.ts'
import type { Offer } from './offers.ts'
import type { Answer, Asking, Target } from './target.ts'
import { wantStatus } from './wanting.ts'

export interface Money {
  /** Minor units. */
  readonly amount: number
  readonly currency: string
}

export interface Line {
  readonly productId: string
  readonly variant?: string
  readonly quantity: number
  readonly unitPrice: Money
}

/** A cart as an answer shows it. */
export interface ShownCart {
  readonly version: number
  readonly lines: readonly Line[]
  readonly itemCount: number
  readonly total: Money
}

/** An order as an answer shows it. */
export interface ShownOrder extends Omit<ShownCart, 'version'> {
  readonly orderId: string
  readonly cartId: string
}

/** What one request on a cart may say beyond itself. */
export type Saying = Pick<Asking, 'headers' | 'isFresh'>

/** A cart of this run. */
export class Cart {
  readonly id: string
  readonly #target: Target
  #mayHoldLines = false

  /** @param id one that the API has minted */
  constructor(id: string, target: Target) {
    this.id = id
    this.#target = target
  }

  /** Whether anything may be in it that has to be cleared away. */
  get mayHoldLines(): boolean {
    return this.#mayHoldLines
  }

  read(saying: Saying = {}): Promise<Answer> {
    return this.#ask({ path: '/cart' }, saying)
  }

  add(offer: Offer, quantity: number, saying: Saying = {}): Promise<Answer> {
    return this.#ask({ method: 'POST', path: '/cart/items', body: { ...keyOf(offer), quantity } }, saying)
  }

  set(offer: Offer, quantity: number, saying: Saying = {}): Promise<Answer> {
    const { productId, ...variant } = keyOf(offer)
    return this.#ask({ method: 'PATCH', path: itemPath(productId), body: { ...variant, quantity } }, saying)
  }

  remove({ productId, variant }: Offer): Promise<Answer> {
    const query = variant === undefined ? '' : `?variant=${encodeURIComponent(variant)}`
    return this.#ask({ method: 'DELETE', path: itemPath(productId) + query }, {})
  }

  /** All of them in one version. */
  act(actions: readonly object[]): Promise<Answer> {
    return this.#ask({ method: 'POST', path: '/cart/actions', body: { actions } }, {})
  }

  merge(source: Cart): Promise<Answer> {
    // What the API does without a word is a setting of its own.
    const body = { sourceCartId: source.id, strategy: 'sum' }
    return this.#ask({ method: 'POST', path: '/cart/merge', body }, {})
  }

  checkOut(body: object, saying: Saying = {}): Promise<Answer> {
    return this.#ask({ method: 'POST', path: '/checkout/start', body }, saying)
  }

  readOrder(orderId: string): Promise<Answer> {
    return this.#ask({ path: `/checkout/${encodeURIComponent(orderId)}` }, {})
  }

  clear(saying: Saying = {}): Promise<Answer> {
    return this.#ask({ method: 'DELETE', path: '/cart' }, saying)
  }

  async #ask(asking: Asking, { headers, isFresh = false }: Saying): Promise<Answer> {
    // Where no answer comes, it may have been carried out.
    const isChange = asking.method !== undefined
    if (isChange) this.#mayHoldLines = true
    const answer = await this.#target.ask({
      ...asking,
      isFresh,
      headers: { 'X-Cart-ID': this.id, ...headers },
    })
    if (asking.path.startsWith('/cart') && answer.status === 200) {
      this.#mayHoldLines = answer.body['itemCount'] !== 0
    }
    return answer
  }
}

/** @throws {Mismatch} where the answer is none that shows a cart */
export function cartIn(answer: Answer): ShownCart {
  wantStatus(answer, 200)
  const { version, lines, total } = answer.body
  // What is used of lines is compared, never trusted.
  if (typeof version === 'number' && Array.isArray(lines) && isMoney(total)) {
    return answer.body as unknown as ShownCart
  }
  throw new Mismatch({
    request: answer.request,
    seen: answer.summary,
    wanted: 'a cart with version, lines and total',
  })
}

/** @throws {Mismatch} where the answer is none that shows an order */
export function orderIn(answer: Answer, status: 200 | 201): ShownOrder {
  wantStatus(answer, status)
  const { orderId, lines, total } = answer.body
  if (typeof orderId === 'string' && Array.isArray(lines) && isMoney(total)) {
    return answer.body as unknown as ShownOrder
  }
  throw new Mismatch({
    request: answer.request,
    seen: answer.summary,
    wanted: 'an order with orderId, lines and total',
  })
}

/** How many pieces of it are in the cart. */
export function quantityOf({ lines }: Pick<ShownCart, 'lines'>, offer: Offer): number {
  const line = lines.find(
    ({ productId, variant }) => productId === offer.productId && variant === offer.variant,
  )
  return line?.quantity ?? 0
}

/** What names a line in a request. */
export function keyOf({ productId, variant }: Offer): { productId: string; variant?: string } {
  return { productId, ...(variant === undefined ? {} : { variant }) }
}

function itemPath(productId: string): string {
  return `/cart/items/${encodeURIComponent(productId)}`
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value
}
