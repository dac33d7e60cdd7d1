/** The terminal and npm may both pass a signal on: two within this time are one, in milliseconds. */
const SAME_SIGNAL = 1_000

/**
 * The first signal lets a command put right what it has changed; a later one ends it at once.
 *
 * @param what is told to be done now
 */
export function endOnSignals(what: string): AbortSignal {
  const interrupted = new AbortController()
  let first: number | undefined
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (first !== undefined && performance.now() - first > SAME_SIGNAL) process.exit(code)
      if (first !== undefined) return
      first = performance.now()
      console.error(`interrupted: ${what}`)
      process.exitCode = code
      interrupted.abort()
    })
  }
  return interrupted.signal
}
