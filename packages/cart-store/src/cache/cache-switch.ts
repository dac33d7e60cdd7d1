import { setTimeout as sleep } from 'node:timers/promises'
import { type EpochKeeper, type HeldEpoch, isOn, type UsableEpoch } from './epoch-keeper.ts'
import type { Place } from './hashes.ts'
import type { ServerIdentity } from './identity.ts'
import type { Primary } from './primary.ts'
import type { Epoch, EpochRecord } from './record.ts'
import type { CacheTimes } from './times.ts'

export interface CacheSwitchOptions {
  readonly record: EpochRecord
  readonly keeper: EpochKeeper
  readonly primary: Primary
  readonly times: CacheTimes
  /** Names this process in the epochs that it opens. */
  readonly name: string
  /** Takes a step in the cache that does nothing. */
  readonly probe: (place: Place) => Promise<void>
  readonly warn: (message: string, cause?: unknown) => void
  readonly info: (message: string) => void
}

/** How long one change of the epoch may take, in milliseconds. */
const CHANGE_PATIENCE = 2_000
/** The pause after a primary was looked for in vain, or was not good enough, in milliseconds. */
const PAUSE = 1_000
/** So many epochs of others, one after the other, that a process cannot use, and it is the odd one out. */
const MISSED_BY_THE_ODD_ONE = 2

/**
 * Turns the cache on and off, for all processes: epochs go on → off → on, each change on condition of the epoch before.
 *
 * Off goes whoever knows that the epoch's primary is none any more, or has to write and cannot reach it. On goes whoever
 * comes first once the off epoch is ripe, with the primary that the endpoint's name leads to.
 */
export class CacheSwitch {
  readonly #options: CacheSwitchOptions
  #turning: Promise<void> | undefined
  #looking = false
  #notBefore = 0
  #pause: number
  /** The epoch with a cache that was seen last, since when, and whether this process has reached its primary. */
  #current:
    | { readonly epoch: Epoch; readonly since: number; reached: boolean; triedInVain: boolean }
    | undefined
  #missed = 0
  #told = ''

  constructor(options: CacheSwitchOptions) {
    this.#options = options
    this.#pause = options.times.firstReopening
  }

  /** Whether others use the cache that this process cannot reach: something is wrong with it, or its place. */
  get isOddOneOut(): boolean {
    return this.#missed >= MISSED_BY_THE_ODD_ONE
  }

  /** To be called whenever the epoch or the primary's identity may be another one. */
  consider(): void {
    const { keeper, primary } = this.#options
    const held = keeper.held()
    if (held === undefined) return
    this.#follow(held)
    if (isOn(held)) {
      if (primary.identity === held.on) {
        // Being connected is not enough: it may be too slow to be used, or refuse scripts.
        if (this.#current?.reached === false) void this.#look(() => this.#try(held))
      } else if (primary.identity !== undefined) {
        void this.#look(() => this.#judge(held))
      }
    } else if (held.ripe && held.closed !== true && performance.now() >= this.#notBefore) {
      void this.#look(() => this.#open(held))
    }
  }

  /** Ends this epoch; resolves when that has been tried. */
  turnOff({ n }: Epoch, why: string): Promise<void> {
    const { record, keeper, warn } = this.#options
    if (this.#current?.epoch.n === n) this.#current.triedInVain = true
    this.#turning ??= record
      .follow({ n: n + 1 }, callOf())
      .then(
        (done) => {
          if (done) warn(`cache: turned off, epoch ${n + 1}: ${why}`)
        },
        (error: unknown) => warn('cache: cannot be turned off', error),
      )
      .then(() => keeper.refresh())
      .finally(() => {
        this.#turning = undefined
      })
    return this.#turning
  }

  /** One look at a time, and not too often. */
  async #look(work: () => Promise<void>): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    await work().catch((error: unknown) => this.#tell(`cannot be looked after: ${String(error)}`))
    await sleep(PAUSE * (0.5 + Math.random() / 2), undefined, { ref: false })
    this.#looking = false
  }

  /** Our connection leads to another server than the epoch's: which of the two is the old one? */
  async #judge(epoch: Epoch): Promise<void> {
    const { primary } = this.#options
    const server = await primary.look()
    if (!server.isPrimary) return
    if (server.identity === epoch.on) primary.renew()
    // The odd one out may be led to the wrong one, again and again.
    else if (!this.isOddOneOut) await this.turnOff(epoch, 'another server is the primary now')
  }

  async #open({ n }: Epoch): Promise<void> {
    const { record, keeper, primary, name, times, info } = this.#options
    const server = await primary.look()
    const problem = problemOf(server)
    if (problem !== undefined) {
      this.#notBefore = performance.now() + times.firstReopening
      return this.#tell(`stays off: ${problem}`)
    }
    const next = { n: n + 1, on: server.identity, by: name }
    if (await record.follow(next, callOf())) {
      info(`cache: turned on, epoch ${next.n}`)
      this.#notBefore = performance.now() + this.#pause
      this.#pause = Math.min(2 * this.#pause, times.lastReopening)
    }
    keeper.refresh()
    if (primary.identity !== server.identity) primary.renew()
  }

  /** Notes how epochs end. */
  #follow(held: HeldEpoch): void {
    const last = this.#current
    if (last?.epoch.n === held.n) return
    this.#current = isOn(held)
      ? { epoch: held, since: performance.now(), reached: false, triedInVain: false }
      : undefined
    if (last === undefined) return
    const { name, times } = this.#options
    const lasted = performance.now() - last.since
    if (last.epoch.by !== name) {
      if (!last.reached && last.triedInVain) this.#missed += 1
    } else if (lasted < times.shortEpoch && held.closed !== true) {
      this.#notBefore = performance.now() + times.lastReopening
    }
    if (lasted >= times.lastReopening) this.#pause = times.firstReopening
  }

  /** A step in this epoch's cache has succeeded. */
  reached(n: number): void {
    if (this.#current?.epoch.n !== n) return
    this.#current.reached = true
    this.#missed = 0
    this.#told = ''
  }

  async #try(epoch: UsableEpoch): Promise<void> {
    await this.#options.probe(epoch)
    this.reached(epoch.n)
  }

  /** The same is not told again and again. */
  #tell(what: string): void {
    if (this.#told !== what) this.#options.warn(`cache: ${what}`)
    this.#told = what
  }
}

function problemOf({ isPrimary, evicts }: ServerIdentity): string | undefined {
  if (!isPrimary) return 'the endpoint leads to a replica; wanted: the primary'
  if (evicts !== 'noeviction') {
    return `maxmemory-policy of Redis is ${evicts}; wanted: noeviction, as an evicted fence would let old carts be read`
  }
  return undefined
}

function callOf() {
  return { now: Date.now(), deadline: performance.now() + CHANGE_PATIENCE }
}
