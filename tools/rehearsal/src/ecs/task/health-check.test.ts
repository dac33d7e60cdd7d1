import { type Health, HealthCheck, healthOf } from './health-check.ts'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

/** Runs a check whose results are these, once in 10 s; tells the health after each. */
async function healthsAfter(
  results: readonly boolean[],
  { startPeriod }: { startPeriod: number },
): Promise<readonly Health[]> {
  const left = [...results]
  const healths: Health[] = []
  let health: Health = 'UNKNOWN'
  const check = new HealthCheck({
    settings: { command: ['CMD', 'x'], interval: 10, timeout: 5, retries: 3, startPeriod },
    probe: () => Promise.resolve(left.shift() ?? false),
    changed: (now) => {
      health = now
    },
  })
  for (const _ of results) {
    await jest.advanceTimersByTimeAsync(10_000)
    healths.push(health)
  }
  check.stop()
  return healths
}

const [good, bad] = [true, false]

test.each<[string, readonly boolean[], number, readonly Health[]]>([
  ['one success makes it healthy', [good], 0, ['HEALTHY']],
  ['three failures in a row make it unhealthy', [bad, bad, bad], 0, ['UNKNOWN', 'UNKNOWN', 'UNHEALTHY']],
  [
    'a success in between starts the count anew',
    [bad, bad, good, bad, bad],
    0,
    ['UNKNOWN', 'UNKNOWN', 'HEALTHY', 'HEALTHY', 'HEALTHY'],
  ],
  [
    'a success makes it healthy again',
    [bad, bad, bad, good],
    0,
    ['UNKNOWN', 'UNKNOWN', 'UNHEALTHY', 'HEALTHY'],
  ],
  [
    'failures during the start period do not count',
    [bad, bad, bad, bad, bad, bad],
    35,
    ['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNHEALTHY'],
  ],
  ['they do after a success', [good, bad, bad, bad], 300, ['HEALTHY', 'HEALTHY', 'HEALTHY', 'UNHEALTHY']],
])('%s', async (_what, results, startPeriod, expected) => {
  expect(await healthsAfter(results, { startPeriod })).toEqual(expected)
})

test('the first check comes one interval after the start', async () => {
  let runs = 0
  const check = new HealthCheck({
    settings: { command: ['CMD', 'x'], interval: 10, timeout: 5, retries: 3, startPeriod: 0 },
    probe: () => Promise.resolve(++runs > 0),
    changed: () => undefined,
  })

  await jest.advanceTimersByTimeAsync(9_999)
  const before = runs
  await jest.advanceTimersByTimeAsync(1)

  expect([before, runs]).toEqual([0, 1])
  check.stop()
})

test.each<[readonly Health[], Health]>([
  [['UNHEALTHY', 'UNKNOWN', 'HEALTHY'], 'UNHEALTHY'],
  [['HEALTHY', 'UNKNOWN'], 'UNKNOWN'],
  [['HEALTHY', 'HEALTHY'], 'HEALTHY'],
])('containers that are %j make a task that is %s', (containers, task) => {
  expect(healthOf(containers)).toBe(task)
})
