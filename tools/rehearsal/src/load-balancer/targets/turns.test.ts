import { Turns } from './turns.ts'

const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name })) as [
  { name: string },
  { name: string },
  { name: string },
]

function row(count: number, weights: Readonly<Record<string, number>>, items = [a, b, c]): string {
  const turns = new Turns<{ name: string }>()
  const names = Array.from({ length: count }, () => turns.next(items, ({ name }) => weights[name] ?? 0)?.name)
  return names.join('')
}

test('equal weights take turns', () => {
  expect(row(7, { a: 1, b: 1, c: 1 })).toBe('abcabca')
})

test('weights are kept, and turns spread evenly', () => {
  expect(row(6, { a: 2, b: 1 })).toBe('abaaba')
  expect(row(6, { a: 10, b: 20, c: 0 })).toBe('babbab')
})

test('nothing and nobody of any weight', () => {
  expect(new Turns<object>().next([], () => 1)).toBeUndefined()
  expect(row(1, {})).toBe('')
})
