import type { CartEvent } from '@cartwright/cart-domain'
import type { Call, Outbox, OutboxRow } from '../port.ts'
import type { Publisher } from './publisher.ts'

export interface RelayOptions {
  readonly outbox: Outbox
  readonly publisher: Publisher
  /** Hears of failures, at most once in ten seconds. */
  readonly warn: (message: string, cause: unknown) => void
  /** Milliseconds between two looks for rows that nobody delivers. @default 5000 */
  readonly sweepInterval?: number
  /** Milliseconds between two counts of the whole outbox, which cost a store more than a look. @default 30000 */
  readonly countInterval?: number
  /** Milliseconds that a row is left to the process that wrote it. @default 10000 */
  readonly grace?: number
  /** Rows held in memory; what is beyond waits in the outbox. @default 10000 */
  readonly capacity?: number
  /** Milliseconds of the first pause after a failure; doubled by each further one up to `longestPause`. @default 100 */
  readonly firstPause?: number
  /** @default 30000 */
  readonly longestPause?: number
}

/** What waits to be delivered, as far as this process knows. */
export interface RelayState {
  /** Rows that this process holds. */
  readonly held: number
  /** The whole outbox at the last count, and when its oldest row was created; `undefined` before the first one. */
  readonly outbox: { readonly rows: number; readonly oldest?: number } | undefined
  /** Events delivered by this process. */
  readonly published: number
}

/** A row on its way. */
interface Held {
  readonly row: OutboxRow
  /** Events that have not been accepted yet. */
  left: readonly CartEvent[]
  failures: number
  /** By `performance.now()`. */
  notBefore: number
}

/** One event in a call. */
interface Entry {
  readonly held: Held
  readonly event: CartEvent
}

/** Rows asked for by one look into the outbox, beyond those that are held anyway. */
const SWEEP_SLICE = 500
/**
 * The count is for people and alarms, who do not mind half a minute; a store asks each of its partitions for it, and
 * every process counts.
 */
const COUNT_INTERVAL = 30_000
/** How long delivered rows are gathered, so that one write removes many; in milliseconds. */
const REMOVAL_DELAY = 100
/** How long a call to the store may take, in milliseconds. */
const STORE_PATIENCE = 10_000
const WARN_EVERY = 10_000

/**
 * Delivers the events of committed changes, each at least once, and takes their rows out of the outbox.
 *
 * ```
 * commit ── offer ── publish ── accepted ── remove       the usual way: a few milliseconds
 *              └───────┴────────┴── the process dies
 *                                     └── sweep, by whoever is alive, after the grace ── publish ── remove
 * ```
 *
 * A row is removed when all its events have been accepted. A refused event holds up nothing but its own row, which is
 * tried again with growing pauses; it is never given up.
 */
export class Relay {
  readonly #options: Required<RelayOptions>
  readonly #held = new Map<string, Held>()
  /** Rows of calls under way. */
  readonly #busy = new Set<Held>()
  /** Rows to be taken out of the outbox, by id. */
  readonly #delivered = new Map<string, OutboxRow>()
  #calls = 0
  #removals = 0
  #failures = 0
  #pausedUntil = 0
  #quietUntil = 0
  #published = 0
  #seen: RelayState['outbox']
  #sweepTimer: NodeJS.Timeout | undefined
  #countTimer: NodeJS.Timeout | undefined
  #wakeTimer: NodeJS.Timeout | undefined
  #removalTimer: NodeJS.Timeout | undefined
  #sweeping = false
  #counting = false
  #stopped = false
  #changed = Promise.withResolvers<void>()

  constructor(options: RelayOptions) {
    this.#options = {
      sweepInterval: 5_000,
      countInterval: COUNT_INTERVAL,
      grace: 10_000,
      capacity: 10_000,
      firstPause: 100,
      longestPause: 30_000,
      ...options,
    }
  }

  /** Begins to look for rows that were left behind, and to count what waits. */
  start(): void {
    const { sweepInterval, countInterval } = this.#options
    this.#sweepTimer = setInterval(() => void this.#sweep(), sweepInterval).unref()
    this.#countTimer = setInterval(() => void this.#count(), countInterval).unref()
    void this.#sweep()
    void this.#count()
  }

  /** A row that has just been committed. */
  offer(row: OutboxRow): void {
    if (this.#stopped) return // its process is ending: another one sweeps it
    this.#hold(row)
    this.#pump()
  }

  get state(): RelayState {
    return { held: this.#held.size, outbox: this.#seen, published: this.#published }
  }

  /**
   * Delivers what is held, until the deadline (by `performance.now()`) or until only failures are left. What remains
   * is in the outbox still.
   */
  async stop(deadline: number): Promise<void> {
    clearInterval(this.#sweepTimer)
    clearInterval(this.#countTimer)
    this.#pump()
    while (performance.now() < deadline && (this.#calls > 0 || this.#hasDue())) await this.#change(deadline)
    this.#stopped = true
    clearTimeout(this.#wakeTimer)
    clearTimeout(this.#removalTimer)
    this.#remove()
    while (performance.now() < deadline && this.#removals > 0) await this.#change(deadline)
    await this.#options.publisher.close()
  }

  #hold(row: OutboxRow): void {
    if (this.#held.has(row.id) || this.#held.size >= this.#options.capacity) return
    this.#held.set(row.id, { row, left: row.events, failures: 0, notBefore: 0 })
  }

  /** Sends as many calls as may be under way. */
  #pump(): void {
    while (!this.#stopped && this.#calls < this.#options.publisher.limits.calls) {
      const batch = this.#nextBatch()
      if (batch.length === 0) return
      void this.#send(batch)
    }
  }

  /** Events of rows that are due, oldest first, as many as one call takes. */
  #nextBatch(): Entry[] {
    const { limits } = this.#options.publisher
    const now = performance.now()
    const batch: Entry[] = []
    let bytes = 0
    let next = Number.POSITIVE_INFINITY
    if (now < this.#pausedUntil) next = this.#pausedUntil
    else {
      for (const held of this.#held.values()) {
        if (this.#busy.has(held)) continue
        if (held.notBefore > now) {
          next = Math.min(next, held.notBefore)
          continue
        }
        for (const event of held.left) {
          bytes += this.#options.publisher.sizeOf(event)
          if (batch.length > 0 && bytes > limits.bytes) return batch
          batch.push({ held, event })
          if (batch.length === limits.events) return batch
        }
      }
    }
    if (batch.length === 0) this.#wakeAt(next)
    return batch
  }

  async #send(batch: readonly Entry[]): Promise<void> {
    const rows = new Set(batch.map(({ held }) => held))
    for (const held of rows) this.#busy.add(held)
    this.#calls += 1
    try {
      const refused = await this.#options.publisher.publish(batch.map(({ event }) => event))
      this.#failures = 0
      this.#settle(batch, new Set(refused.map(({ index }) => index)))
      if (refused.length > 0)
        this.#warn(`${refused.length} of ${batch.length} events were refused`, refused[0])
    } catch (error) {
      this.#pausedUntil = performance.now() + this.#pause(this.#failures)
      this.#failures += 1
      this.#warn('events could not be delivered', error)
    } finally {
      for (const held of rows) this.#busy.delete(held)
      this.#calls -= 1
      this.#tellChange()
      this.#pump()
    }
  }

  #settle(batch: readonly Entry[], refused: ReadonlySet<number>): void {
    const accepted = new Set<CartEvent>()
    for (const [index, { held, event }] of batch.entries()) {
      if (!refused.has(index)) accepted.add(event)
      else if (held.notBefore <= performance.now()) {
        held.notBefore = performance.now() + this.#pause(held.failures)
        held.failures += 1
      }
    }
    this.#published += accepted.size
    for (const held of new Set(batch.map((entry) => entry.held))) {
      held.left = held.left.filter((event) => !accepted.has(event))
      if (held.left.length > 0) continue
      this.#held.delete(held.row.id)
      this.#delivered.set(held.row.id, held.row)
    }
    if (this.#delivered.size > 0) {
      this.#removalTimer ??= setTimeout(() => this.#remove(), REMOVAL_DELAY).unref()
    }
  }

  #remove(): void {
    this.#removalTimer = undefined
    const rows = [...this.#delivered.values()]
    if (rows.length === 0) return
    this.#removals += 1
    this.#options.outbox
      .remove(rows, call())
      .then(() => rows.map(({ id }) => this.#delivered.delete(id)))
      // They are remembered, and taken out with those that come next.
      .catch((error) => this.#warn('delivered events could not be taken out of the outbox', error))
      .finally(() => {
        this.#removals -= 1
        this.#tellChange()
      })
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping || this.#stopped) return
    this.#sweeping = true
    const { outbox, grace, capacity } = this.#options
    try {
      if (this.#held.size < capacity) {
        const limit = SWEEP_SLICE + this.#held.size
        const rows = await outbox.pending({ createdBefore: Date.now() - grace, limit }, call())
        for (const row of rows) if (!this.#delivered.has(row.id)) this.#hold(row)
      }
      this.#pump()
    } catch (error) {
      this.#warn('the outbox cannot be read', error)
    } finally {
      this.#sweeping = false
    }
  }

  async #count(): Promise<void> {
    if (this.#counting || this.#stopped) return
    this.#counting = true
    try {
      this.#seen = await this.#options.outbox.backlog(call())
    } catch (error) {
      this.#warn('the outbox cannot be counted', error)
    } finally {
      this.#counting = false
    }
  }

  #hasDue(): boolean {
    const now = performance.now()
    return now >= this.#pausedUntil && [...this.#held.values()].some(({ notBefore }) => notBefore <= now)
  }

  #wakeAt(moment: number): void {
    clearTimeout(this.#wakeTimer)
    if (!Number.isFinite(moment)) return
    this.#wakeTimer = setTimeout(() => this.#pump(), Math.max(1, moment - performance.now())).unref()
  }

  /** Doubling, with jitter, so that tasks that failed together do not come back together. */
  #pause(failures: number): number {
    const { firstPause, longestPause } = this.#options
    return Math.min(firstPause * 2 ** failures, longestPause) * (0.5 + Math.random() / 2)
  }

  #tellChange(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #change(deadline: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.max(0, deadline - performance.now()))
    await Promise.race([this.#changed.promise, promise])
    clearTimeout(timer)
  }

  #warn(message: string, cause: unknown): void {
    const now = performance.now()
    if (now < this.#quietUntil) return
    this.#quietUntil = now + WARN_EVERY
    this.#options.warn(message, cause)
  }
}

function call(): Call {
  return { now: Date.now(), deadline: performance.now() + STORE_PATIENCE }
}
