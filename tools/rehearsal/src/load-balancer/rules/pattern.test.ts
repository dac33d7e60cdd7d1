import { matches } from './pattern.ts'

const exact = { isCaseSensitive: true }

test.each([
  ['/img/*', '/img/picture.jpg', true],
  ['/img/*', '/img/', true],
  ['/img/*', '/img', false],
  ['/img/*/pics', '/img/a/b/pics', true],
  ['/img/*/pics', '/img/pics', false],
  ['/cart?', '/carts', true],
  ['/cart?', '/cart', false],
  ['/cart', '/cart/1', false],
  ['/a.b', '/axb', false],
  ['/a+(b)|$', '/a+(b)|$', true],
  ['/IMG/*', '/img/a', false],
])('the pattern %s on %s: %s', (pattern, path, expected) => {
  expect(matches(pattern, path, exact)).toBe(expected)
})

test('without regard to case where that is asked for', () => {
  expect(matches('*.Example.COM', 'shop.example.com', { isCaseSensitive: false })).toBe(true)
  expect(matches('*.example.com', 'example.com', { isCaseSensitive: false })).toBe(false)
})

test('wildcards stand for themselves after a backslash where that is asked for', () => {
  const escaped = { isCaseSensitive: false, escapes: true }
  expect(matches('a\\*b', 'a*b', escaped)).toBe(true)
  expect(matches('a\\*b', 'axb', escaped)).toBe(false)
  expect(matches('what\\?', 'what?', escaped)).toBe(true)
  expect(matches('a\\b', 'a\\b', escaped)).toBe(true)
})
