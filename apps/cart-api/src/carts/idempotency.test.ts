import { fingerprint, parseIdempotencyKey } from './idempotency.ts'

test.each([
  ['abc', 'abc'],
  ['"abc"', 'abc'],
  ['"a\\"b\\\\c"', 'a"b\\c'],
  ['a b', 'a b'],
  ['"', '"'],
  ['x'.repeat(255), 'x'.repeat(255)],
])('the key of %s is %s', (header, key) => {
  expect(parseIdempotencyKey(header)).toBe(key)
})

test.each(['', '""', 'x'.repeat(256), `"${'x'.repeat(256)}"`, 'ä', 'a\tb'])('%j is refused', (header) => {
  expect(parseIdempotencyKey(header)).toBeUndefined()
})

test('the fingerprint does not depend on the order of members, but on everything else', () => {
  const print = fingerprint('post', '/cart/items', { a: 1, b: [1, { c: 2, d: 3 }] })

  expect(fingerprint('post', '/cart/items', { b: [1, { d: 3, c: 2 }], a: 1 })).toBe(print)
  expect(fingerprint('post', '/cart/items', { a: 1, b: [{ c: 2, d: 3 }, 1] })).not.toBe(print)
  expect(fingerprint('post', '/cart/items', { a: '1', b: [1, { c: 2, d: 3 }] })).not.toBe(print)
  expect(fingerprint('patch', '/cart/items', { a: 1, b: [1, { c: 2, d: 3 }] })).not.toBe(print)
  expect(fingerprint('post', '/cart', { a: 1, b: [1, { c: 2, d: 3 }] })).not.toBe(print)
})
