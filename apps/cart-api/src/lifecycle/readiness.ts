import { type CartStore, StoreUnavailable } from '@cartwright/cart-store'

/** How often the store is probed, and how long a probe may take, in milliseconds. */
const PROBE_INTERVAL = 5_000
const PROBE_TIMEOUT = 2_000
/**
 * How long the store must fail without a break before the process calls itself unready, in milliseconds. ECS
 * replaces unready tasks: a short outage of the store must not restart the whole fleet in a loop.
 */
const PATIENCE = 60_000

/** What the store's probes say. */
export type StoreState = { readonly state: 'up' } | { readonly state: 'failing'; readonly since: string }

export interface ReadinessOptions {
  readonly store: Pick<CartStore, 'check'>
  /** @default 5 s */
  readonly interval?: number
  /** @default 60 s */
  readonly patience?: number
}

/** Knows, from a probe in the background, whether this process should get requests. */
export class Readiness {
  readonly #store: Pick<CartStore, 'check'>
  readonly #patience: number
  readonly #timer: NodeJS.Timeout
  #probing = false
  #failingSince: { readonly monotonic: number; readonly wall: Date } | undefined
  #shuttingDown = false

  constructor({ store, interval = PROBE_INTERVAL, patience = PATIENCE }: ReadinessOptions) {
    this.#store = store
    this.#patience = patience
    this.#timer = setInterval(() => void this.#probe(), interval).unref()
  }

  /** From now on the process is unready, whatever the store says. */
  shutDown(): void {
    this.#shuttingDown = true
    clearInterval(this.#timer)
  }

  get shuttingDown(): boolean {
    return this.#shuttingDown
  }

  get storeState(): StoreState {
    const since = this.#failingSince?.wall.toISOString()
    return since === undefined ? { state: 'up' } : { state: 'failing', since }
  }

  /** Whether the store has failed for so long that another process may do better. */
  get storeLost(): boolean {
    return (
      this.#failingSince !== undefined && performance.now() - this.#failingSince.monotonic >= this.#patience
    )
  }

  async #probe(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    try {
      await this.#store.check({ now: Date.now(), deadline: performance.now() + PROBE_TIMEOUT })
      this.#failingSince = undefined
    } catch (error) {
      // A store that asks for less is there; another process would be asked for less as well.
      const there = error instanceof StoreUnavailable && error.reason !== 'unreachable'
      if (there) this.#failingSince = undefined
      else this.#failingSince ??= { monotonic: performance.now(), wall: new Date() }
    } finally {
      this.#probing = false
    }
  }
}
