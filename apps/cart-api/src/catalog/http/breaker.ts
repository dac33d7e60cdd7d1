export interface BreakerOptions {
  /** Failures without a success between them, after which calls pause. */
  readonly failures: number
  /** Milliseconds of the first pause; each failed trial doubles it. */
  readonly pauseMs: number
  readonly maxPauseMs: number
}

/** No call was made: calls pause after failures, the last of which is the cause. */
export class CallsPaused extends Error {
  constructor(cause: unknown) {
    super('calls pause after repeated failures', { cause })
    this.name = 'CallsPaused'
  }
}

/**
 * Spares a service that keeps failing, and those who wait for it.
 *
 * ```
 * closed ── 5 failures in a row ──▶ paused 1 s ── one trial call ──▶ succeeded: closed
 *                                       ▲                              │
 *                                       └── failed: paused 2, 4 … 30 s ┘
 * ```
 */
export class Breaker {
  readonly #options: BreakerOptions
  #failures = 0
  /** 0 while closed. */
  #pauseMs = 0
  #pausedUntil = 0
  #trialRuns = false
  #lastFailure: unknown

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  /** Milliseconds left of a pause; 0 when there is none, or it is over and nothing but its trial is wanted. */
  get pauseLeftMs(): number {
    return this.#pauseMs === 0 ? 0 : Math.max(0, this.#pausedUntil - performance.now())
  }

  /** Whether a call made now would go out. */
  get lets(): boolean {
    return this.#pauseMs === 0 || (!this.#trialRuns && performance.now() >= this.#pausedUntil)
  }

  /** @throws CallsPaused when a call made now would not go out. */
  check(): void {
    if (!this.lets) throw new CallsPaused(this.#lastFailure)
  }

  /**
   * Makes the call; what it throws is a failure.
   *
   * @throws CallsPaused when the call was not made.
   */
  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    this.check()
    const isTrial = this.#pauseMs > 0
    if (isTrial) this.#trialRuns = true
    try {
      const result = await call()
      this.#close()
      return result
    } catch (error) {
      this.#failed(error, isTrial)
      throw error
    } finally {
      if (isTrial) this.#trialRuns = false
    }
  }

  #failed(error: unknown, isTrial: boolean): void {
    this.#lastFailure = error
    this.#failures++
    // A call that went out before the pause and fails during it says nothing new.
    const isPaused = this.#pauseMs > 0 && !isTrial
    if (isPaused || this.#failures < this.#options.failures) return
    const { pauseMs, maxPauseMs } = this.#options
    this.#pauseMs = Math.min(maxPauseMs, Math.max(pauseMs, this.#pauseMs * 2))
    this.#pausedUntil = performance.now() + this.#pauseMs
  }

  #close(): void {
    this.#failures = 0
    this.#pauseMs = 0
    this.#lastFailure = undefined
  }
}
