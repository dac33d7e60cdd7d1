import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CartId,
  type CartState,
  type Changed,
  type Command,
  type Context,
  type Decision,
  decide,
  type EpochMs,
  type Incarnation,
  isKnown,
  type Lifetimes,
  type Limits,
  type MergeReport,
  type MergeStrategy,
  mayUse,
  type Order,
  type OrderId,
  type ProductId,
  type UserId,
} from '@cartwright/cart-domain'
import type { Call, CartRead, CartStore, Commit, KeptAnswer, StoreObserver } from '@cartwright/cart-store'
import { type Catalog, offerOf, type Product } from '../catalog/catalog.ts'
import { Problem, unavailableProblem } from '../problems/catalogue.ts'
import { refusal } from '../problems/refusals.ts'
import type { Precondition } from './preconditions.ts'
import { type Rendered, renderCart, renderOrder } from './render.ts'
import { NoTurn, Turns } from './turns.ts'

/** How long an answer is kept for its `Idempotency-Key`, in milliseconds. */
const ANSWER_LIFETIME = 24 * 3600 * 1000
/** The pauses between attempts after a lost race, in milliseconds: doubling from the first to the last. */
const FIRST_PAUSE = 4
const LAST_PAUSE = 250

/** What the service needs. */
export interface CartsOptions {
  readonly store: CartStore
  readonly catalog: Catalog
  readonly limits: Limits
  readonly lifetimes: Lifetimes
}

/** Who asks, until when, and who listens to what it costs. */
export interface Asking {
  readonly cartId: CartId
  readonly caller: UserId | undefined
  /** By `performance.now()`. */
  readonly deadline: number
  readonly observer?: StoreObserver
  readonly traceparent?: string
}

/** A change that is asked for. */
export interface Change extends Asking {
  readonly asked: AskedCommand
  readonly ifMatch?: Precondition
  /** The request's `Idempotency-Key` and a digest of what it asks for. */
  readonly key?: { readonly value: string; readonly fingerprint: string }
}

/** A command as a request can name it: a merge names its source by id. */
export type AskedCommand =
  | Exclude<Command, { type: 'merge' }>
  | { readonly type: 'merge'; readonly sourceCartId: CartId; readonly strategy: MergeStrategy }

/** What goes back to the client. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON text; absent on 304. */
  readonly body?: string
}

/** Everything that one attempt has read. */
interface Attempt {
  readonly now: EpochMs
  readonly call: Call
  readonly target: CartRead
  readonly source: CartRead | undefined
  readonly kept: KeptAnswer | undefined
}

/**
 * Reads and changes carts: the order of judgement, idempotency, and the retries after a lost race
 * (docs/reference/guarantees.md). Everything it throws is a {@link Problem} or an error that `problemFrom` knows.
 */
export class Carts {
  readonly #store: CartStore
  readonly #catalog: Catalog
  readonly #limits: Limits
  readonly #lifetimes: Lifetimes
  readonly #turns = new Turns()
  /** The carts and keys of the requests that have their turn now. */
  readonly #running = new Set<string>()

  constructor({ store, catalog, limits, lifetimes }: CartsOptions) {
    this.#store = store
    this.#catalog = catalog
    this.#limits = limits
    this.#lifetimes = lifetimes
  }

  /** The cart as it is now; an unknown or expired one is empty. */
  async show(asking: Asking): Promise<Rendered> {
    const cart = await this.#store.read(asking.cartId, this.#call(asking, Date.now()))
    assertMayUse(cart, asking.caller)
    return renderCart(cart, this.#catalog)
  }

  /** The order: an owned one for its owner, a guest's for whoever has the cart id it was made from. */
  async showOrder(orderId: OrderId, asking: Asking): Promise<Rendered> {
    const order = await this.#store.readOrder(orderId, this.#call(asking, Date.now()))
    const allowed =
      order !== undefined &&
      (order.owner === undefined ? order.cartId === asking.cartId : order.owner === asking.caller)
    if (!allowed) throw new Problem('not-found', 'there is no such order for you')
    return renderOrder(order)
  }

  /** Carries out the command, once, and answers with the cart or the order. */
  async change(change: Change): Promise<Reply> {
    const { asked, cartId, key } = change
    // Asked for before the cart's turn comes, so that a slow product service does not hold up other changes.
    const products = this.#lookup(productsOf(asked), change)
    products.catch(() => undefined) // judged later, in its turn: a replay must not fail because of the catalog

    const carts = asked.type === 'merge' ? [cartId, asked.sourceCartId] : [cartId]
    const running = key === undefined ? undefined : `${cartId}\n${key.value}`
    try {
      return await this.#turns.take(carts, change.deadline, async () => {
        if (running !== undefined) this.#running.add(running)
        try {
          return await this.#untilDecided(change, products)
        } finally {
          if (running !== undefined) this.#running.delete(running)
        }
      })
    } catch (error) {
      if (!(error instanceof NoTurn)) throw error
      throw running !== undefined && this.#running.has(running) ? inProgress() : contention()
    }
  }

  async #untilDecided(change: Change, products: Promise<ReadonlyMap<ProductId, Product>>): Promise<Reply> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LAST_PAUSE)) {
      const attempt = await this.#read(change)
      const reply = await this.#attempt(change, attempt, products)
      if (reply !== undefined) return reply
      // Somebody else's commit came first: whoever waits a random time wins more often.
      const wait = pause * (0.5 + Math.random())
      if (performance.now() + wait > change.deadline) throw contention()
      await sleep(wait)
    }
  }

  async #read(change: Change): Promise<Attempt> {
    const { asked, cartId, key } = change
    const now = Date.now()
    const call = this.#call(change, now)
    const [target, source] = await Promise.all([
      this.#store.readForChange(cartId, call),
      asked.type === 'merge' && asked.sourceCartId !== cartId
        ? this.#store.readForChange(asked.sourceCartId, call)
        : undefined,
    ])
    // After the carts, never beside them: who sees what the first request of this key has changed also sees its
    // answer, and is not refused because of it.
    const kept = key === undefined ? undefined : await this.#store.readAnswer(cartId, key.value, call)
    return { now, call, target, source, kept }
  }

  /** One attempt, judged in a fixed order: whose cart, the key's answer, `If-Match`, the decision; `undefined` when another commit came first. */
  async #attempt(
    change: Change,
    attempt: Attempt,
    products: Promise<ReadonlyMap<ProductId, Product>>,
  ): Promise<Reply | undefined> {
    const { caller, asked, ifMatch } = change
    const cart = attempt.target.cart
    assertMayUse(cart, caller)
    if (attempt.kept !== undefined) return replay(attempt.kept, change)
    // After the replay: who merged a cart away meets its own success, also when somebody else uses that cart now.
    if (attempt.source !== undefined) assertMayUse(attempt.source.cart, caller)
    if (ifMatch !== undefined) this.#assertMatch(cart, ifMatch)

    const known =
      asked.type === 'checkout' && isKnown(cart)
        ? await this.#lookup(new Set(cart.lines.map((line) => line.productId)), change)
        : await products
    const command: Command =
      asked.type === 'merge'
        ? { type: 'merge', source: attempt.source?.cart ?? cart, strategy: asked.strategy }
        : asked
    const decision = decide(cart, command, this.#context(attempt.now, caller, known))
    if (decision.kind !== 'changed' && !(await this.#wereThereTogether(attempt))) return undefined
    if (decision.kind === 'refused') throw refusal(decision.error, decision.index)
    const reply = await this.#reply(cart, decision, attempt.call)
    return this.#commit(change, attempt, decision, reply)
  }

  /**
   * Whether there was a moment at which both carts of a merge were as they were read. A change is committed on condition of
   * both; where nothing is changed, both have to be seen again as they were: then they were so in between.
   *
   * ```
   * this process    target: v1 ──────────────────────── source: empty    merged nothing, answers v1?
   * another one                  merges source: v2, empty
   * ```
   */
  async #wereThereTogether({ target, source, call }: Attempt): Promise<boolean> {
    if (source === undefined) return true
    const again = await Promise.all(
      [target, source].map(({ cart }) => this.#store.readForChange(cart.id, call)),
    )
    return isSame(again[0]?.cart, target.cart) && isSame(again[1]?.cart, source.cart)
  }

  async #reply(
    cart: CartState,
    decision: Exclude<Decision, { kind: 'refused' }>,
    call: Call,
  ): Promise<Reply> {
    switch (decision.kind) {
      case 'unchanged':
        return cartReply(renderCart(cart, this.#catalog), decision.merge)
      case 'already-checked-out': {
        const order = await this.#store.readOrder(decision.orderId, call)
        if (order === undefined)
          throw new Error(`the order ${decision.orderId} of a checked-out cart is missing`)
        return orderReply(200, order)
      }
      case 'changed':
        return decision.order === undefined
          ? cartReply(renderCart(decision.cart, this.#catalog), decision.merge)
          : orderReply(201, decision.order)
    }
  }

  async #commit(
    change: Change,
    attempt: Attempt,
    decision: Exclude<Decision, { kind: 'refused' }>,
    reply: Reply,
  ): Promise<Reply | undefined> {
    const { key } = change
    if (decision.kind !== 'changed' && key === undefined) return reply
    const commit: Commit = {
      cartId: change.cartId,
      carts: [],
      ...(decision.kind === 'changed' ? writesOf(decision, change.cartId, attempt) : {}),
      ...(key === undefined
        ? {}
        : { answer: { key: key.value, kept: keep(reply, key, change, attempt.now) } }),
    }
    const outcome = await this.#store.commit(commit, attempt.call)
    switch (outcome.kind) {
      case 'committed':
        return reply
      case 'answered':
        return replay(outcome.kept, change)
      case 'conflict':
        return undefined
      case 'too-large':
        throw refusal({ code: 'cart-too-large' })
    }
  }

  #assertMatch(cart: CartState, ifMatch: Precondition): void {
    const matches =
      ifMatch === 'any' ? isKnown(cart) : ifMatch.strong.includes(renderCart(cart, this.#catalog).etag)
    if (matches) return
    throw new Problem(
      'version-mismatch',
      `the cart is at version ${cart.version}, in another state than If-Match`,
      {
        members: { currentVersion: cart.version },
      },
    )
  }

  #context(now: EpochMs, caller: UserId | undefined, products: ReadonlyMap<ProductId, Product>): Context {
    return {
      now,
      limits: this.#limits,
      lifetimes: this.#lifetimes,
      ...(caller === undefined ? {} : { caller }),
      // Random UUIDs carry 122 random bits.
      incarnation: randomUUID() as Incarnation,
      orderId: randomUUID() as OrderId,
      offer: (productId, variant) => offerOf(products.get(productId), variant),
    }
  }

  async #lookup(ids: ReadonlySet<ProductId>, asking: Asking): Promise<ReadonlyMap<ProductId, Product>> {
    if (ids.size === 0) return new Map()
    const { deadline, traceparent } = asking
    return this.#catalog.lookup(ids, { deadline, ...(traceparent === undefined ? {} : { traceparent }) })
  }

  #call({ deadline, observer }: Asking, now: EpochMs): Call {
    return { now, deadline, ...(observer === undefined ? {} : { observer }) }
  }
}

function isSame(one: CartState | undefined, other: CartState): boolean {
  const lifeOf = (cart: CartState) => (isKnown(cart) ? cart.incarnation : undefined)
  return one !== undefined && one.version === other.version && lifeOf(one) === lifeOf(other)
}

function productsOf(asked: AskedCommand): ReadonlySet<ProductId> {
  if (asked.type === 'add') return new Set([asked.productId])
  if (asked.type !== 'batch') return new Set()
  return new Set(asked.commands.flatMap((command) => (command.type === 'add' ? [command.productId] : [])))
}

function assertMayUse(cart: CartState, caller: UserId | undefined): void {
  if (!mayUse(cart, caller)) throw new Problem('cart-not-found', `there is no cart ${cart.id} for you`)
}

function writesOf(
  decision: Changed,
  cartId: CartId,
  { now, target, source }: Attempt,
): Pick<Commit, 'carts' | 'order' | 'outbox'> {
  const carts = [{ cart: decision.cart, revision: target.revision }]
  if (decision.source !== undefined && source !== undefined) {
    carts.push({ cart: decision.source, revision: source.revision })
  }
  return {
    carts,
    ...(decision.order === undefined ? {} : { order: decision.order }),
    outbox: { id: randomUUID(), cartId, createdAt: now, events: decision.events },
  }
}

function keep(reply: Reply, key: NonNullable<Change['key']>, { caller }: Change, now: EpochMs): KeptAnswer {
  return {
    fingerprint: key.fingerprint,
    ...(caller === undefined ? {} : { caller }),
    status: reply.status,
    headers: reply.headers,
    body: reply.body ?? '',
    expiresAt: now + ANSWER_LIFETIME,
  }
}

/** The kept answer again, for the same request of the same caller (or of a guest who has signed in since). */
function replay(kept: KeptAnswer, { key, caller }: Change): Reply {
  const sameCaller = kept.caller === undefined || kept.caller === caller
  if (kept.fingerprint !== key?.fingerprint || !sameCaller) {
    throw new Problem('idempotency-key-reused', 'the Idempotency-Key already stands for another request')
  }
  return { status: kept.status, headers: { ...kept.headers, 'Idempotent-Replayed': 'true' }, body: kept.body }
}

function cartReply(rendered: Rendered, merge: MergeReport | undefined): Reply {
  const { text, etag } = rendered
  return {
    status: 200,
    headers: { ETag: etag, 'Content-Location': '/cart' },
    // The report joins the cart's own text, which is not parsed and written again for it.
    body: merge === undefined ? text : `${text.slice(0, -1)},"merge":${JSON.stringify(merge)}}`,
  }
}

function orderReply(status: 200 | 201, order: Order): Reply {
  const { text, etag } = renderOrder(order)
  const address = `/checkout/${order.orderId}`
  return {
    status,
    headers: { ETag: etag, 'Content-Location': address, ...(status === 201 ? { Location: address } : {}) },
    body: text,
  }
}

function contention(): Problem {
  return unavailableProblem('too-much-contention', 'others kept changing the cart until the deadline')
}

function inProgress(): Problem {
  return new Problem('request-in-progress', 'a request with this Idempotency-Key is still running', {
    headers: { 'Retry-After': '1' },
  })
}
