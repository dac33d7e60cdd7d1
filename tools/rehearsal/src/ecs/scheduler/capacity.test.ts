import { leastUsed, nextProvider } from './capacity.ts'

function spread(
  strategy: Parameters<typeof nextProvider>[0],
  count: number,
): Readonly<Record<string, number>> {
  const running = new Map<string, number>()
  for (let task = 0; task < count; task++) {
    const provider = nextProvider(strategy, running)
    running.set(provider, (running.get(provider) ?? 0) + 1)
  }
  return Object.fromEntries(running)
}

test.each([
  [
    'one on demand, the others on Spot',
    [
      ['FARGATE', 1, 0],
      ['FARGATE_SPOT', 0, 1],
    ],
    4,
    { FARGATE: 1, FARGATE_SPOT: 3 },
  ],
  [
    'a base of two, then one to three',
    [
      ['FARGATE', 2, 1],
      ['FARGATE_SPOT', 0, 3],
    ],
    10,
    { FARGATE: 4, FARGATE_SPOT: 6 },
  ],
  ['one provider alone', [['FARGATE', 0, 1]], 3, { FARGATE: 3 }],
] as const)('%s', (_what, shares, count, expected) => {
  const strategy = shares.map(([provider, base, weight]) => ({ provider, base, weight }))

  expect(spread(strategy, count)).toEqual(expected)
})

test('the base is filled again first', () => {
  const strategy = [
    { provider: 'FARGATE', base: 1, weight: 0 },
    { provider: 'FARGATE_SPOT', base: 0, weight: 1 },
  ]

  expect(nextProvider(strategy, new Map([['FARGATE_SPOT', 3]]))).toBe('FARGATE')
})

test('the zone with the fewest tasks is next', () => {
  expect(leastUsed(['a', 'b', 'c'], ['a', 'c', 'a'])).toBe('b')
  expect(leastUsed([], [])).toBeUndefined()
})
