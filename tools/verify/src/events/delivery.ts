import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, CartStore } from '@cartwright/cart-store'
import { auditEvents, type FinalCart } from './audit.ts'
import type { EventReceiver } from './receiver.ts'

/**
 * How long nothing may happen before the rest counts as never delivered, in milliseconds. A row that a killed process has
 * left is taken over within little more than a second (`mutants/timing.ts`), and the longest pause is half of one.
 */
const PATIENCE = 5_000
/** How often that is looked after. */
const INTERVAL = 50

/**
 * Waits until the processes have delivered what the outbox holds, then compares what was delivered with what the carts
 * have become. Nobody may be asking for changes any more.
 *
 * @param ids of all carts
 * @param patience in milliseconds
 * @returns everything that is wrong
 */
export async function auditDelivery(
  store: CartStore,
  { delivered }: Pick<EventReceiver, 'delivered'>,
  ids: readonly string[],
  patience = PATIENCE,
): Promise<string[]> {
  let left = Number.POSITIVE_INFINITY
  let heard = -1
  for (let since = performance.now(); performance.now() - since < patience; await sleep(INTERVAL)) {
    const { rows } = await store.outbox.backlog(call())
    if (rows < left || delivered.length > heard) since = performance.now()
    left = rows
    heard = delivered.length
    if (rows === 0) break
  }
  // After the rows: a change that nobody has heard of may still have been under way.
  const carts = await Promise.all(ids.map((id) => finalCart(store, id)))
  return [
    ...(left === 0
      ? []
      : [`${left} rows are left in the outbox, and for ${patience / 1000} s nobody has delivered one`]),
    ...auditEvents(delivered, carts),
  ]
}

async function finalCart(store: CartStore, id: string): Promise<FinalCart> {
  // Any text is a cart's id.
  const cart = await store.read(id as Parameters<CartStore['read']>[0], call())
  return { id, version: cart.version, incarnation: 'incarnation' in cart ? cart.incarnation : undefined }
}

function call(): Call {
  return { now: Date.now(), deadline: performance.now() + 30_000 }
}
