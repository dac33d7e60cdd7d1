import { shownLock } from './lock.ts'

const LOCK = { id: 'some-id', who: 'ann@there', operation: 'apply', since: 1_000_000 }

test.each([
  [1_005_000, '5 s old'],
  [1_000_000 + 10 * 60_000, '10 min old'],
  // The other machine's clock may be ahead.
  [0, '0 s old'],
])('at %d a lock is shown with id, owner and age: %s', (now, age) => {
  expect(shownLock(LOCK, now)).toBe(`some-id, apply of ann@there, ${age}`)
})

test('a lock that does not say since when is shown as well', () => {
  expect(shownLock({ ...LOCK, since: Number.NaN })).toContain('of unknown age')
})
