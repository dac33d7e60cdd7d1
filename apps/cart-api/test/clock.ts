/**
 * From now on `Date` stands still until it is set, in the API as well, which reads no other wall clock. Timers and
 * `performance.now()` stay real, so requests travel as always. `jest.useRealTimers()` ends it.
 */
export function stopDate(): void {
  jest.useFakeTimers({
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  })
}

/** Lets the stopped `Date` go on by this many milliseconds. */
export function passTime(milliseconds: number): void {
  jest.setSystemTime(Date.now() + milliseconds)
}
