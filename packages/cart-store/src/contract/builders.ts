import { randomUUID } from 'node:crypto'
import {
  type Cart,
  type CartId,
  type CartState,
  type Changed,
  type Command,
  type Context,
  decide,
  type LineCommand,
  type Order,
  type UserId,
} from '@cartwright/cart-domain'
import type { Call, CartRead, CartStore, Commit, CommitOutcome, KeptAnswer, OutboxRow } from '../port.ts'

/**
 * The suite's present. It is the real one, since a database may delete by its own clock what has expired; every
 * later moment is only told to the store in its calls.
 */
export const NOW = Date.now()
export const SECOND = 1000
export const DAY = 86_400 * SECOND
export const YEAR = 365 * DAY

/** An id that no other test uses, so that all of them may share one database. */
export function fresh<Id extends string>(): Id {
  // The brand exists for the compiler only.
  return `test-${randomUUID()}` as Id
}

/** A literal as a branded id. */
export function id<Id extends string>(text: string): Id {
  // The brand exists for the compiler only.
  return text as Id
}

/** A call made at `now` that has plenty of time. */
export function call(now = NOW): Call {
  return { now, deadline: performance.now() + 20_000 }
}

/** How a command is decided on and committed. */
export interface Options {
  /** @default NOW */
  readonly now?: number
  readonly caller?: UserId
  /** What was read of a merge's source. */
  readonly source?: CartRead
  readonly answer?: Commit['answer']
}

/** Adds one piece of tea, or more. */
export function adding(quantity = 1): LineCommand {
  return { type: 'add', productId: id('tea'), quantity }
}

/** The commit of a command that changes the cart: everything that belongs to it, as the domain decides it. */
export function decided(read: CartRead, command: Command, options: Options = {}): Commit {
  const { cart, source, order, events } = changeOf(read.cart, command, options)
  const carts = [{ cart, revision: read.revision }]
  if (source !== undefined && options.source !== undefined) {
    carts.push({ cart: source, revision: options.source.revision })
  }
  return {
    cartId: cart.id,
    carts,
    outbox: { id: fresh(), cartId: cart.id, createdAt: cart.updatedAt, events },
    ...(order === undefined ? {} : { order }),
    ...(options.answer === undefined ? {} : { answer: options.answer }),
  }
}

/** The commit of a merge of what was read of two carts. */
export function merging(target: CartRead, source: CartRead, options: Options = {}): Commit {
  return decided(target, { type: 'merge', source: source.cart, strategy: 'sum' }, { ...options, source })
}

function changeOf(cart: CartState, command: Command, { now = NOW, caller }: Options): Changed {
  const context: Context = {
    now,
    limits: { maxLines: 200, maxLineQuantity: 1_000_000 },
    lifetimes: { guestSeconds: DAY / SECOND, userSeconds: (7 * DAY) / SECOND },
    incarnation: fresh(),
    orderId: fresh(),
    offer: () => ({ kind: 'offered', unitPrice: { amount: 250, currency: 'EUR' }, name: 'tea' }),
    ...(caller === undefined ? {} : { caller }),
  }
  const decision = decide(cart, command, context)
  if (decision.kind !== 'changed') throw new Error(`the test's command is ${decision.kind}, wanted: changed`)
  return decision
}

/** Reads, decides and commits once. */
export async function change(
  store: CartStore,
  cartId: CartId,
  command: Command,
  options: Options = {},
): Promise<{ readonly commit: Commit; readonly outcome: CommitOutcome }> {
  const at = call(options.now)
  const commit = decided(await store.readForChange(cartId, at), command, options)
  return { commit, outcome: await store.commit(commit, at) }
}

/** A cart with tea in it, in the store. */
export async function storedCart(
  store: CartStore,
  options: Options & { quantity?: number } = {},
): Promise<Cart> {
  const { commit, outcome } = await change(store, fresh(), adding(options.quantity), options)
  expect(outcome).toEqual({ kind: 'committed' })
  return cartOf(commit)
}

/** The cart that the command was for, as the commit writes it. */
export function cartOf(commit: Commit): Cart {
  const [write] = commit.carts
  if (write === undefined) throw new Error('the commit writes no cart, wanted one')
  return write.cart
}

/** An answer to be kept for a day under a key of its own. */
export function answer(
  changes: Partial<KeptAnswer> = {},
  key: string = fresh(),
): NonNullable<Commit['answer']> {
  return {
    key,
    kept: {
      fingerprint: 'POST /cart/items {}',
      status: 200,
      headers: { ETag: '"abc"' },
      body: '{"id":"basket"}',
      expiresAt: NOW + DAY,
      ...changes,
    },
  }
}

/** The rows of the cart's commits that wait to be published. */
export async function pendingOf(store: CartStore, cartId: CartId): Promise<OutboxRow[]> {
  const rows = await store.outbox.pending({ createdBefore: NOW + YEAR, limit: 10_000 }, call())
  return rows.filter((row) => row.cartId === cartId)
}

/** Asserts that all of the commit is in the store. */
export async function expectWritten(store: CartStore, commit: Commit): Promise<void> {
  for (const { cart } of commit.carts) {
    expect(await store.read(cart.id, call(cart.updatedAt))).toStrictEqual(cart)
    const read = await store.readForChange(cart.id, call(cart.updatedAt))
    expect(read.cart).toStrictEqual(cart)
  }
  if (commit.order !== undefined) expect(await orderOf(store, commit)).toStrictEqual(commit.order)
  if (commit.answer !== undefined) expect(await keptOf(store, commit)).toStrictEqual(commit.answer.kept)
  if (commit.outbox !== undefined) expect(await pendingRow(store, commit)).toStrictEqual(commit.outbox)
}

/** Asserts that nothing of the commit is in the store: the carts are as they were `before`. */
export async function expectNothingWritten(
  store: CartStore,
  commit: Commit,
  before: readonly CartState[],
): Promise<void> {
  for (const cart of before) {
    expect(await store.read(cart.id, call())).toStrictEqual(cart)
    expect((await store.readForChange(cart.id, call())).cart).toStrictEqual(cart)
  }
  expect(await orderOf(store, commit)).toBeUndefined()
  if (commit.answer !== undefined) {
    expect(await keptOf(store, commit)).not.toStrictEqual(commit.answer.kept)
  }
  expect(await pendingRow(store, commit)).toBeUndefined()
}

async function orderOf(store: CartStore, { order }: Commit): Promise<Order | undefined> {
  return order && (await store.readOrder(order.orderId, call()))
}

async function keptOf(store: CartStore, commit: Commit): Promise<KeptAnswer | undefined> {
  return commit.answer && (await store.readAnswer(commit.cartId, commit.answer.key, call()))
}

async function pendingRow(store: CartStore, { cartId, outbox }: Commit): Promise<OutboxRow | undefined> {
  return (await pendingOf(store, cartId)).find((row) => row.id === outbox?.id)
}

/** The outbox row of a commit that has one. */
export function rowOf({ outbox }: Commit): OutboxRow {
  if (outbox === undefined) throw new Error('the commit has no outbox row, wanted one')
  return outbox
}

/** A row that was never written. */
export function unknownRow(): OutboxRow {
  return { id: fresh(), cartId: fresh(), createdAt: NOW, events: [] }
}
