import type { Cart, CartId, Incarnation } from '@cartwright/cart-domain'
import { RecentCarts } from './recent-carts.ts'

const cart = (id: string, version = 1, lines = 0): Cart => ({
  id: id as CartId,
  incarnation: 'life' as Incarnation,
  version,
  currency: 'EUR',
  lines: Array.from({ length: lines }, () => ({}) as Cart['lines'][number]), // only counted
  createdAt: 0,
  updatedAt: 0,
  expiresAt: 1,
})
const a = cart('a')

test('a cart is found by what the database says of it, and by nothing else', () => {
  const recent = new RecentCarts()
  recent.put(a)

  expect(recent.get(a.id, 'life', 1)).toBe(a)
  expect(recent.get(a.id, 'life', 2)).toBeUndefined()
  expect(recent.get(a.id, 'other life', 1)).toBeUndefined()
  expect(recent.get('b' as CartId, 'life', 1)).toBeUndefined()
})

test('the newer version takes the place of the older', () => {
  const recent = new RecentCarts()
  recent.put(a)
  recent.put(cart('a', 2))

  expect(recent.get(a.id, 'life', 1)).toBeUndefined()
  expect(recent.get(a.id, 'life', 2)).toMatchObject({ version: 2 })
})

test('what was not used for longest goes when the lines are too many', () => {
  const recent = new RecentCarts(10)
  recent.put(cart('a', 1, 3))
  recent.put(cart('b', 1, 3))
  recent.get('a' as CartId, 'life', 1)
  recent.put(cart('c', 1, 3))

  expect(recent.get('a' as CartId, 'life', 1)).toBeDefined()
  expect(recent.get('b' as CartId, 'life', 1)).toBeUndefined()
  expect(recent.get('c' as CartId, 'life', 1)).toBeDefined()
})

test('a cart larger than everything that may be kept is not kept', () => {
  const recent = new RecentCarts(10)
  recent.put(cart('a', 1, 50))
  recent.put(cart('b', 1, 5))

  expect(recent.get('a' as CartId, 'life', 1)).toBeUndefined()
  expect(recent.get('b' as CartId, 'life', 1)).toBeDefined()
})
