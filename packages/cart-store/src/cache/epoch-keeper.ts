import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from './hashes.ts'
import type { Epoch, EpochRecord } from './record.ts'
import type { CacheTimes } from './times.ts'

/** An epoch that this process may act on now. */
export interface HeldEpoch extends Epoch {
  /**
   * Whether nothing of an older epoch can happen any more. While the cache is off: nobody holds an epoch with a cache. While
   * it is on: no commit from before can land either.
   */
  readonly ripe: boolean
  /** When it becomes, or became, ripe, by `performance.now()`. */
  readonly ripeAt: number
}

/** An epoch in which there is a cache. */
export type UsableEpoch = HeldEpoch & Place

export function isOn(epoch: HeldEpoch): epoch is UsableEpoch {
  return epoch.on !== undefined
}

export interface EpochKeeperOptions {
  readonly record: EpochRecord
  readonly times: CacheTimes
  readonly warn: (message: string, cause?: unknown) => void
}

/** The pause after a reading that has failed, in milliseconds. */
const PAUSE_AFTER_FAILURE = 100

/**
 * Knows the epoch, and for how long it may be acted on.
 *
 * ```
 * asked ──── answered                         what was read is held until asked + 2 s,
 *   └────────────┼──────────────┤ held        by this process's monotonic clock alone
 *                └──────────────────┤ ripe    and ripe from answered + 2 s on (7 s where the cache is on)
 * ```
 *
 * Whoever holds an older epoch asked before the change, so before our answer: its 2 s end before ours are ripe.
 */
export class EpochKeeper {
  readonly #options: EpochKeeperOptions
  #seen: { readonly epoch: Epoch; readonly ripeAt: number; readonly heldUntil: number } | undefined
  readonly #waiting = new Set<() => void>()
  #pause: AbortController | undefined
  #again = false
  #closed = false
  #failing = false

  constructor(options: EpochKeeperOptions) {
    this.#options = options
  }

  /** Reads from now on until it is closed. */
  start(): void {
    void this.#keepReading()
  }

  /** The epoch to act on in this moment; `undefined` when it is not known well enough. Ask again before each use. */
  held(): HeldEpoch | undefined {
    const now = performance.now()
    if (this.#seen === undefined || now >= this.#seen.heldUntil) return undefined
    const { epoch, ripeAt } = this.#seen
    return { ...epoch, ripeAt, ripe: now >= ripeAt }
  }

  /** Resolves after the next reading, or when the time by `performance.now()` has come. */
  async news(until: number): Promise<void> {
    if (this.#closed) return
    const over = new AbortController()
    const heard = new Promise<void>((resolve) => {
      const hear = (): void => resolve()
      this.#waiting.add(hear)
      over.signal.addEventListener('abort', () => this.#waiting.delete(hear))
    })
    const late = sleep(Math.max(0, until - performance.now()), undefined, { signal: over.signal, ref: false })
    await Promise.race([heard, late.catch(() => undefined)])
    over.abort()
  }

  /** Reads as soon as possible, because the epoch has just been changed. */
  refresh(): void {
    this.#again = true
    this.#pause?.abort()
  }

  close(): void {
    this.#closed = true
    this.#pause?.abort()
    this.#tell()
  }

  async #keepReading(): Promise<void> {
    const { poll, hold } = this.#options.times
    while (!this.#closed) {
      this.#again = false
      const asked = performance.now()
      const done = await this.#read(asked + Math.min(poll, hold / 2))
      this.#tell()
      if (this.#closed || this.#again) continue
      this.#pause = new AbortController()
      const left = done ? asked + poll - performance.now() : PAUSE_AFTER_FAILURE
      await sleep(Math.max(0, left), undefined, { signal: this.#pause.signal, ref: false }).catch(
        () => undefined,
      )
    }
  }

  async #read(deadline: number): Promise<boolean> {
    const { record, times, warn } = this.#options
    const asked = performance.now()
    try {
      const epoch = await record.read({ now: Date.now(), deadline })
      const isNew = this.#seen?.epoch.n !== epoch.n
      const ripens = times.hold + (epoch.on === undefined ? 0 : times.longestCommit)
      const ripeAt = isNew || this.#seen === undefined ? performance.now() + ripens : this.#seen.ripeAt
      this.#seen = { epoch, ripeAt, heldUntil: asked + times.hold }
      this.#failing = false
      return true
    } catch (error) {
      if (!this.#failing) warn('the epoch of the cache cannot be read', error)
      this.#failing = true
      return false
    }
  }

  #tell(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const hear of waiting) hear()
  }
}
