import { auditEvents, type FinalCart } from './audit.ts'
import type { CartEvent } from './event.ts'

const CART: FinalCart = { id: 'basket', version: 2, incarnation: 'life' }

function event(
  version: number,
  index = 0,
  other: { incarnation?: string; id?: string; at?: number } = {},
): CartEvent {
  const incarnation = other.incarnation ?? 'life'
  const told = {
    id: other.id ?? `${incarnation}.${version}.${index}`,
    schemaVersion: 1,
    cartId: 'basket',
    incarnation,
    version,
    index,
    occurredAt: new Date(other.at ?? 0).toISOString(),
    type: 'cart-cleared',
    data: { lines: [] },
  }
  // Ids are texts; their brands are the product's own.
  return told as unknown as CartEvent
}

test('each version with its events, some delivered again, in any order, is fine', () => {
  const delivered = [event(2, 1), event(1), event(2), event(1), event(2, 1)]

  expect(auditEvents(delivered, [CART])).toEqual([])
})

test('a cart that was never changed has no events', () => {
  expect(auditEvents([], [{ id: 'basket', version: 0, incarnation: undefined }])).toEqual([])
})

test.each<[string, CartEvent[], string]>([
  ['a version without events', [event(1)], 'basket is at version 2; no event of version 2 was delivered'],
  ['a gap in a version', [event(1), event(2, 1)], 'of basket version 2 only the events 1 were delivered'],
  [
    'a version that never was',
    [event(1), event(2), event(3)],
    'basket version 3 event 0 of life life was delivered',
  ],
  [
    'a life that never was',
    [event(1), event(2), event(1, 0, { incarnation: 'other' })],
    'basket version 1 event 0 of life other was delivered (cart-cleared), and basket is at version 2 of life life',
  ],
  [
    'one id with two contents',
    [event(1), event(2), event(2, 0, { at: 5 })],
    'the event life.2.0 was delivered as cart-cleared at 1970-01-01T00:00:00.000Z {"lines":[]} and as',
  ],
  [
    'one place with two ids',
    [event(1), event(2), event(2, 0, { id: 'again' })],
    'basket version 2 event 0 of life life was delivered with two ids: life.2.0 and again',
  ],
])('%s is found', (_, delivered, finding) => {
  expect(auditEvents(delivered, [CART])).toEqual([expect.stringContaining(finding)])
})

test('of many findings of one kind the first are told, and how many there are', () => {
  const findings = auditEvents([], [{ ...CART, version: 100 }])

  expect(findings).toHaveLength(6)
  expect(findings.at(-1)).toBe('… 100 versions of basket without their events')
})
