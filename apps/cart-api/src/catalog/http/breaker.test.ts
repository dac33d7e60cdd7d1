import { Breaker, CallsPaused } from './breaker.ts'

const PAUSE_MS = 1000

// Only `performance` is held still: promises and timers stay real.
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'],
  })
})
afterEach(() => {
  jest.useRealTimers()
})

function prepare() {
  const breaker = new Breaker({ failures: 3, pauseMs: PAUSE_MS, maxPauseMs: 4 * PAUSE_MS })
  const fail = () =>
    breaker
      .run(() => Promise.reject(new Error('down')))
      .then(
        () => 'succeeded',
        (error) => (error instanceof CallsPaused ? 'paused' : 'failed'),
      )
  const succeed = () =>
    breaker
      .run(async () => {})
      .then(
        () => 'succeeded',
        (error) => (error instanceof CallsPaused ? 'paused' : 'failed'),
      )
  /** Lets the pause pass; how long it was. */
  const pass = () => {
    const left = breaker.pauseLeftMs
    jest.advanceTimersByTime(left - 1)
    const endedEarly = breaker.lets
    jest.advanceTimersByTime(1)
    return endedEarly ? 'ended early' : left
  }
  return { breaker, fail, succeed, pass }
}

test('calls pause after a number of failures in a row, and not before', async () => {
  const { fail, succeed } = prepare()

  const outcomes = [await fail(), await fail(), await succeed(), await fail(), await fail(), await fail()]

  expect(outcomes).toEqual(['failed', 'failed', 'succeeded', 'failed', 'failed', 'failed'])
  expect(await succeed()).toBe('paused')
})

test('a pause names the last failure as its cause', async () => {
  const { breaker, fail } = prepare()

  for (let i = 0; i < 3; i++) await fail()

  expect(() => breaker.check()).toThrow(CallsPaused)
  await expect(breaker.run(async () => {})).rejects.toMatchObject({ cause: new Error('down') })
})

test('after the pause one trial goes out at a time, and its success ends the pauses', async () => {
  const { breaker, fail, succeed, pass } = prepare()
  for (let i = 0; i < 3; i++) await fail()
  pass()

  const trial = Promise.withResolvers<void>()
  const tried = breaker.run(() => trial.promise)
  const meanwhile = await succeed()
  trial.resolve()
  await tried

  expect(meanwhile).toBe('paused')
  expect([await fail(), await fail(), await succeed()]).toEqual(['failed', 'failed', 'succeeded'])
})

test('each failed trial doubles the pause, up to the longest', async () => {
  const { fail, pass } = prepare()
  for (let i = 0; i < 3; i++) await fail()

  const pauses: (number | string)[] = []
  for (let i = 0; i < 4; i++) {
    pauses.push(pass())
    await fail()
  }

  expect(pauses).toEqual([1, 2, 4, 4].map((times) => times * PAUSE_MS))
})

test('calls that went out before the pause and fail during it do not lengthen it', async () => {
  const { breaker } = prepare()
  const late = Promise.withResolvers<void>()
  const calls = Array.from({ length: 8 }, () => breaker.run(() => late.promise).catch(() => {}))

  late.reject(new Error('down'))
  await Promise.all(calls)

  expect(breaker.pauseLeftMs).toBe(PAUSE_MS)
})
