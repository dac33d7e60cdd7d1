import type { ModelCatalog } from './model-catalog.ts'
import {
  type Basket,
  copied,
  currencyMismatch,
  type LineAction,
  type LineName,
  type ModelLine,
  type ModelLines,
  type Money,
  obey,
  pour,
  type Refusal,
  type Report,
  type Strategy,
} from './model-lines.ts'

const DAY = 24 * 3600_000
/** Milliseconds that a cart lives from its last change, and an answer from when it was given. */
const GUEST_LIFE = DAY
const USER_LIFE = 7 * DAY
const ANSWER_LIFE = DAY

/** What a change asks for. */
export type Asked =
  | { readonly type: 'lines'; readonly actions: readonly LineAction[]; readonly isList: boolean }
  | { readonly type: 'merge'; readonly source: string; readonly strategy: Strategy }
  | { readonly type: 'checkout'; readonly expectedTotal: Money | undefined }

/** A change on its way to the API. */
export interface Change {
  readonly cart: string
  /** Absent for a guest. */
  readonly by: string | undefined
  readonly asked: Asked
  readonly key: string | undefined
  /** Method, path and body. */
  readonly fingerprint: string
}

export interface ModelOrder {
  /** The API makes it up; empty until it has told it. */
  orderId: string
  readonly cartId: string
  readonly owner: string | undefined
  readonly currency: string
  readonly lines: readonly {
    readonly name: LineName
    readonly quantity: number
    readonly unitPrice: number
  }[]
  readonly createdAt: number
}

export interface ModelCart {
  /** Counts the carts that this id has had, each after the one before it expired. */
  readonly life: number
  readonly createdAt: number
  version: number
  owner: string | undefined
  currency: string
  lines: ModelLines
  updatedAt: number
  expiresAt: number
  /** Made by the last change. */
  order: ModelOrder | undefined
}

/** What the contract wants of an answer. */
export type Wanted =
  | { readonly kind: 'cart'; readonly merge: Report | undefined }
  | { readonly kind: 'order'; readonly status: 200 | 201; readonly order: ModelOrder }
  /** The answer that was given before, to the letter. */
  | { readonly kind: 'replay'; readonly answer: string }
  /** Any of these: the contract does not say which of several reasons comes first. */
  | { readonly kind: 'refused'; readonly anyOf: readonly Refusal[] }

interface KeptAnswer {
  readonly fingerprint: string
  readonly by: string | undefined
  readonly expiresAt: number
  readonly answer: string
}

/**
 * The rules of `docs/reference/http.md` and `docs/reference/guarantees.md` in their simplest form: one thing after the
 * other, maps that change in place, no events, no store.
 */
export class ModelShop {
  /** One for each commit: the cart that its change was for. */
  readonly commits: string[] = []
  readonly orders: ModelOrder[] = []
  readonly #catalog: ModelCatalog
  readonly #carts = new Map<string, ModelCart>()
  readonly #kept = new Map<string, KeptAnswer>()

  constructor(catalog: ModelCatalog) {
    this.#catalog = catalog
  }

  /** The cart as long as it has not expired. */
  cart(id: string): ModelCart | undefined {
    const cart = this.#carts.get(id)
    return cart !== undefined && Date.now() < cart.expiresAt ? cart : undefined
  }

  /** The cart even if it has expired: what its events have told. */
  record(id: string): ModelCart | undefined {
    return this.#carts.get(id)
  }

  mayUse(id: string, by: string | undefined): boolean {
    const owner = this.cart(id)?.owner
    return owner === undefined || owner === by
  }

  mayRead(order: ModelOrder, cart: string, by: string | undefined): boolean {
    return order.owner === undefined ? order.cartId === cart : order.owner === by
  }

  /**
   * Carries the change out as far as the rules let it.
   *
   * @param matches whether `If-Match` names what the cart is now
   */
  change(change: Change, matches: boolean): Wanted {
    const { cart, by, asked } = change
    if (!this.mayUse(cart, by)) return refused({ status: 404, code: 'cart-not-found' })
    const kept = this.#keptFor(change)
    if (kept !== undefined) return replayed(kept, change)
    if (asked.type === 'merge' && !this.mayUse(asked.source, by)) {
      return refused({ status: 404, code: 'cart-not-found' })
    }
    if (!matches) {
      const currentVersion = this.cart(cart)?.version ?? 0
      return refused({ status: 412, code: 'version-mismatch', currentVersion })
    }
    switch (asked.type) {
      case 'lines':
        return this.#changeLines(change, asked.actions, asked.isList)
      case 'merge':
        return this.#merge(change, asked.source, asked.strategy)
      case 'checkout':
        return this.#checkOut(change, asked.expectedTotal)
    }
  }

  /** Remembers the answer to an accepted change under the change's key. */
  keep({ cart, by, key, fingerprint }: Change, answer: string): void {
    if (key === undefined) return
    const kept = { fingerprint, by, expiresAt: Date.now() + ANSWER_LIFE, answer }
    this.#kept.set(`${cart} ${key}`, kept)
  }

  /** What a checkout would cost now; `undefined` where there is no telling. */
  totalOf(id: string): Money | undefined {
    const cart = this.cart(id)
    if (cart?.order !== undefined) return totalOf(cart.order)
    let amount = 0
    for (const { name, quantity } of cart?.lines.values() ?? []) {
      const offer = this.#catalog.offer(name)
      if ('code' in offer) return undefined
      amount += offer.amount * quantity
    }
    return cart === undefined ? undefined : { amount, currency: cart.currency }
  }

  #keptFor({ cart, key }: Change): KeptAnswer | undefined {
    const kept = key === undefined ? undefined : this.#kept.get(`${cart} ${key}`)
    return kept !== undefined && Date.now() < kept.expiresAt ? kept : undefined
  }

  #changeLines(change: Change, actions: readonly LineAction[], isList: boolean): Wanted {
    const cart = this.cart(change.cart)
    const basket: Basket = { lines: copied(cart?.lines), currency: cart?.currency ?? '' }
    for (const [index, action] of actions.entries()) {
      const refusals = obey(basket, action, (name) => this.#catalog.offer(name), Date.now())
      const at = isList ? { errors: [{ pointer: `/actions/${index}` }] } : {}
      if (refusals.length > 0) return refused(...refusals.map((refusal) => ({ ...refusal, ...at })))
    }
    const isOther = snapshot(basket.lines) !== snapshot(cart?.lines)
    if (isOther) this.#commit(change, basket.lines, basket.currency)
    return { kind: 'cart', merge: undefined }
  }

  #merge(change: Change, source: string, strategy: Strategy): Wanted {
    if (source === change.cart) return refused({ status: 409, code: 'merge-into-itself' })
    const from = this.cart(source)
    const to = this.cart(change.cart)
    if (from === undefined || from.lines.size === 0) {
      return { kind: 'cart', merge: { strategy, capped: [], leftOut: [] } }
    }
    if (to !== undefined && to.lines.size > 0 && to.currency !== from.currency) {
      return refused(currencyMismatch(to.currency, from.currency))
    }
    const lines = copied(to?.lines)
    const merge = pour(lines, from.lines, strategy, Date.now())
    this.#commit(change, lines, from.currency)
    this.#write(source, new Map(), from.currency, undefined)
    return { kind: 'cart', merge }
  }

  #checkOut(change: Change, expectedTotal: Money | undefined): Wanted {
    const cart = this.cart(change.cart)
    if (cart?.order !== undefined) {
      const total = totalOf(cart.order)
      if (expectedTotal !== undefined && !isSame(expectedTotal, total)) return refused(totalChanged(total))
      return { kind: 'order', status: 200, order: cart.order }
    }
    if (cart === undefined || cart.lines.size === 0) return refused({ status: 409, code: 'cart-empty' })

    const refusals = this.#unorderable(cart)
    if (refusals.length > 0) return refused(...refusals)
    const order: ModelOrder = {
      orderId: '',
      cartId: change.cart,
      owner: cart.owner ?? change.by,
      currency: cart.currency,
      lines: [...cart.lines.values()].map((line) => ({ ...line, unitPrice: this.#priceOf(line) })),
      createdAt: Date.now(),
    }
    const total = totalOf(order)
    if (expectedTotal !== undefined && !isSame(expectedTotal, total)) return refused(totalChanged(total))
    this.#commit(change, new Map(), cart.currency).order = order
    this.orders.push(order)
    return { kind: 'order', status: 201, order }
  }

  #unorderable(cart: ModelCart): readonly Refusal[] {
    const gone: LineName[] = []
    const refusals: Refusal[] = []
    for (const { name } of cart.lines.values()) {
      const offer = this.#catalog.offer(name)
      if ('code' in offer) gone.push(name)
      else if (offer.currency !== cart.currency) {
        refusals.push(currencyMismatch(cart.currency, offer.currency))
      }
    }
    if (gone.length > 0) refusals.push({ status: 409, code: 'product-unavailable', lines: gone })
    return refusals
  }

  #priceOf({ name }: ModelLine): number {
    const offer = this.#catalog.offer(name)
    if ('code' in offer) throw new Error(`${name.productId} is not offered, although it was before`)
    return offer.amount
  }

  #commit({ cart, by }: Change, lines: ModelLines, currency: string): ModelCart {
    this.commits.push(cart)
    return this.#write(cart, lines, currency, by)
  }

  #write(id: string, lines: ModelLines, currency: string, by: string | undefined): ModelCart {
    const now = Date.now()
    const cart = this.cart(id) ?? {
      life: (this.record(id)?.life ?? 0) + 1,
      createdAt: now,
      version: 0,
      owner: undefined,
    }
    const owner = cart.owner ?? by
    const expiresAt = now + (owner === undefined ? GUEST_LIFE : USER_LIFE)
    const next = { ...cart, version: cart.version + 1, owner, currency, lines, updatedAt: now, expiresAt }
    const written: ModelCart = { ...next, order: undefined }
    this.#carts.set(id, written)
    return written
  }
}

/** The order's total; checkout takes no cart that has none. */
export function totalOf({ lines, currency }: ModelOrder): Money {
  let amount = 0
  for (const { quantity, unitPrice } of lines) amount += quantity * unitPrice
  return { amount, currency }
}

function replayed(kept: KeptAnswer, { fingerprint, by }: Change): Wanted {
  const same = kept.fingerprint === fingerprint && (kept.by === undefined || kept.by === by)
  return same
    ? { kind: 'replay', answer: kept.answer }
    : refused({ status: 422, code: 'idempotency-key-reused' })
}

function refused(...anyOf: readonly Refusal[]): Wanted {
  return { kind: 'refused', anyOf }
}

/** Everything that makes two baskets different, as text. */
function snapshot(lines: ModelLines | undefined): string {
  const shown = ([id, { quantity, unitPrice, addedAt }]: [string, ModelLine]) => [
    id,
    quantity,
    unitPrice,
    addedAt,
  ]
  return JSON.stringify([...(lines ?? [])].map(shown))
}

function totalChanged(currentTotal: Money): Refusal {
  return { status: 409, code: 'total-changed', currentTotal }
}

function isSame(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency
}
