import { isoTime, parseCartId } from './ids.ts'

test.each(['a', 'A-z.0_9~', 'x'.repeat(128), '__proto__'])('%j is a cart id', (text) => {
  expect(parseCartId(text)).toBe(text)
})

test.each(['', 'x'.repeat(129), 'a b', 'a/b', 'a:b', 'ä', 'a\n', '\na', 'a%20', 'a\0'])(
  '%j is not a cart id',
  (text) => {
    expect(parseCartId(text)).toBeUndefined()
  },
)

test('times are told in UTC with milliseconds', () => {
  expect(isoTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006Z')
})
