import assert from 'node:assert/strict'
import type { CartId } from '@cartwright/cart-domain'
import type { Call, CartStore } from '@cartwright/cart-store'
import { Consumer } from '../../../../packages/cart-domain/test/consumer.ts'
import type { ModelShop } from './model-shop.ts'

/**
 * The outbox holds one row for each commit of the shop and nothing else, and its events tell each cart as it is. Takes
 * the rows out.
 */
export async function auditOutbox(
  store: CartStore,
  shop: ModelShop,
  cartIds: readonly string[],
): Promise<void> {
  const call: Call = { now: Date.now(), deadline: Number.POSITIVE_INFINITY }
  const rows = await store.outbox.pending({ createdBefore: call.now, limit: 10_000 }, call)
  // First of all: what a failed audit left would be found by the next one, and no failure could be shrunk.
  await store.outbox.remove(rows, call)
  // The rows' own `map` would make an array of SQLite's realm, which a strict comparison tells from one of the test's.
  const committed = Array.from(rows, ({ cartId }) => cartId)
  assert.deepEqual(committed, shop.commits)
  const consumer = new Consumer()
  const ids = new Set<string>()
  for (const event of rows.flatMap(({ events }) => events)) {
    assert.ok(!ids.has(event.id), `event id ${event.id} was given twice`)
    ids.add(event.id)
    consumer.hear(event)
  }
  for (const cartId of cartIds) assert.deepEqual(consumer.belief(cartId as CartId), toldOf(shop, cartId))
}

/** What whoever hears the events has to believe of the cart. */
function toldOf(shop: ModelShop, cartId: string): ReturnType<Consumer['belief']> | object {
  const cart = shop.record(cartId)
  if (cart === undefined) return undefined
  return {
    version: cart.version,
    owner: cart.owner,
    lines: [...cart.lines.values()].map(({ name, quantity, unitPrice }) => ({
      ...name,
      quantity,
      unitPrice: { amount: unitPrice, currency: cart.currency },
    })),
  }
}
