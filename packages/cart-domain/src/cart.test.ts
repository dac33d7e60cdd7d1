import { cart, id, key, line, SHIRT_M, SHIRT_S, TEA } from '../test/builders.ts'
import { isKnown, itemCount, linesTotal, mayUse, sameLine, unknownCart } from './cart.ts'
import type { UserId } from './ids.ts'

test('a cart id that nothing is stored under has version 0 and is not known', () => {
  const state = unknownCart(id('basket'))

  expect(state).toEqual({ id: 'basket', version: 0 })
  expect(isKnown(state)).toBe(false)
  expect(isKnown(cart([]))).toBe(true)
})

test('a line is identified by product and variant', () => {
  expect(sameLine(SHIRT_S, key('shirt', 's'))).toBe(true)
  expect(sameLine(SHIRT_S, SHIRT_M)).toBe(false)
  expect(sameLine(SHIRT_S, key('shirt'))).toBe(false)
  expect(sameLine(key('mug', 's'), SHIRT_S)).toBe(false)
})

test('counts pieces and sums minor units over all lines', () => {
  const lines = [line(TEA, 3, { unitPrice: 250 }), line(SHIRT_S, 2, { unitPrice: 1999 })]

  expect(itemCount(lines)).toBe(5)
  expect(linesTotal(lines)).toBe(4748)
  expect(itemCount([])).toBe(0)
  expect(linesTotal([])).toBe(0)
})

test('unknown and guest carts are open to whoever has the id, a claimed one only to its owner', () => {
  const claimed = cart([], { owner: id('ann') })

  for (const caller of [undefined, id<UserId>('ann'), id<UserId>('bob')]) {
    expect(mayUse(unknownCart(id('basket')), caller)).toBe(true)
    expect(mayUse(cart([]), caller)).toBe(true)
  }
  expect(mayUse(claimed, id('ann'))).toBe(true)
  expect(mayUse(claimed, id('bob'))).toBe(false)
  expect(mayUse(claimed, undefined)).toBe(false)
})
