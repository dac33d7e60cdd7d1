/** The time that intervals, delays and slow starts are measured by; a test may move it by hand. */
export interface Clock {
  /** Milliseconds since 1970; never goes back. */
  now(): number
  /** Does it once, after so many milliseconds; @returns what takes it back */
  after(milliseconds: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds)
    return () => clearTimeout(timer)
  },
}
