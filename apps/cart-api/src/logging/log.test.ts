import { hashedId } from './log.ts'

test('an id in the log is short, always the same, and not the id', () => {
  expect(hashedId('cart-1')).toMatch(/^[0-9a-f]{12}$/)
  expect(hashedId('cart-1')).toBe(hashedId('cart-1'))
  expect(hashedId('cart-1')).not.toBe(hashedId('cart-2'))
})
