import type { CartStore } from '@cartwright/cart-store'
import { auditDelivery } from './delivery.ts'
import type { CartEvent } from './event.ts'

const EVENT = { id: 'life.1.0', cartId: 'basket', incarnation: 'life', version: 1, index: 0 }

/** A store with one cart at its first version, whose outbox has so many rows at the first look, the second and so on. */
function storeWith(...rows: readonly number[]): CartStore {
  let looks = 0
  const store = {
    outbox: {
      backlog: async () => {
        const left = rows[Math.min(looks, rows.length - 1)]
        looks += 1
        return { rows: left }
      },
    },
    read: async (id: string) => ({ id, version: 1, incarnation: 'life' }),
  }
  // What the audit asks of a store.
  return store as unknown as CartStore
}

// As much of an event as the audit looks at.
const delivered = [EVENT as CartEvent]

test('rows that are still being delivered are waited for', async () => {
  const rows = Array.from({ length: 10 }, (_, index) => 9 - index)

  expect(await auditDelivery(storeWith(...rows), { delivered }, ['basket'], 200)).toEqual([])
})

test('rows that nobody delivers are told', async () => {
  expect(await auditDelivery(storeWith(3, 2), { delivered }, ['basket'], 200)).toEqual([
    '2 rows are left in the outbox, and for 0.2 s nobody has delivered one',
  ])
})

test('an empty outbox does not excuse events that never came', async () => {
  expect(await auditDelivery(storeWith(0), { delivered: [] }, ['basket'], 200)).toEqual([
    'basket is at version 1; no event of version 1 was delivered',
  ])
})
