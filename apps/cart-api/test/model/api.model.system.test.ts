import fc from 'fast-check'
import { stopDate } from '../clock.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { KeepAliveClient } from '../process/keep-alive.ts'
import { Shelf } from '../shelf.ts'
import { LIMITS } from './model-lines.ts'
import { auditOutbox } from './outbox-audit.ts'
import { ShoppingTrip } from './shopping-trip.ts'
import { type Step, sequences } from './steps.ts'

const SEQUENCES = 5000

/** What has to be met for the comparison to mean something. */
const KINDS = [
  'a cart',
  'a capped line',
  'a line left out',
  'an order',
  'an order again',
  'an order that is read',
  'a replay',
  '304',
  'cart-empty',
  'cart-not-found',
  'currency-mismatch',
  'idempotency-key-reused',
  'line-limit-exceeded',
  'line-not-found',
  'merge-into-itself',
  'not-found',
  'product-unavailable',
  'quantity-limit-exceeded',
  'total-changed',
  'unknown-product',
  'unknown-variant',
  'version-mismatch',
]

const shelf = new Shelf()
const client = new KeepAliveClient()
let api: InProcessApi
beforeAll(async () => {
  stopDate()
  api = await startInProcess({
    catalog: shelf,
    environment: {
      IDENTITY: 'header',
      SQLITE_SYNCHRONOUS: 'normal',
      MAX_LINES: String(LIMITS.lines),
      MAX_LINE_QUANTITY: String(LIMITS.quantity),
    },
  })
})
afterAll(async () => {
  client.close()
  await api.close()
  jest.useRealTimers()
})

test(`the API answers as the contract says in ${SEQUENCES} sequences of requests about three carts`, async () => {
  const met = new Map<string, number>()
  const count = (kind: string): void => void met.set(kind, (met.get(kind) ?? 0) + 1)

  await fc.assert(
    fc.asyncProperty(sequences(), async (steps) => {
      const trip = new ShoppingTrip({ url: api.url, client, shelf, met: count })
      await takeAll(trip, steps)
      await auditOutbox(api.store, trip.shop, Object.values(trip.cartIds))
    }),
    { numRuns: SEQUENCES },
  )

  expect([...met.keys()].sort()).toEqual([...KINDS].sort())
}, 300_000)

async function takeAll(trip: ShoppingTrip, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      await trip.take(step)
    } catch (cause) {
      throw new Error(`step ${index}, ${JSON.stringify(step)}: ${String(cause)}`, { cause })
    }
  }
  await trip.end()
}
