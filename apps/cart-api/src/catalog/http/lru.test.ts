import { Lru } from './lru.ts'

test('the entry that was not used for longest goes first', () => {
  const lru = new Lru<string, number>(2)
  lru.set('a', 1)
  lru.set('b', 2)

  lru.get('a')
  lru.set('c', 3)

  expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3])
})

test('it never holds more than its capacity, and a key set again counts once', () => {
  const lru = new Lru<number, number>(10)

  for (let i = 0; i < 1000; i++) lru.set(i % 25, i)

  expect(lru.size).toBe(10)
  expect(lru.get(24)).toBe(999)
})
