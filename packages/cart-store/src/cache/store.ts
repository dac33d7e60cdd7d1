import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Cart,
  type CartId,
  type CartState,
  isKnown,
  type OrderId,
  unknownCart,
} from '@cartwright/cart-domain'
import {
  type CacheStatus,
  type Call,
  type CartRead,
  type CartStore,
  type Commit,
  type CommitOutcome,
  type KeptAnswer,
  StoreUnavailable,
} from '../port.ts'
import type { ConnectionOptions } from '../redis/connection.ts'
import { NoReply } from '../redis/faults.ts'
import { UnderWay } from '../under-way.ts'
import { CacheSwitch } from './cache-switch.ts'
import { CommitPermission } from './commit-permission.ts'
import { EpochKeeper, isOn, type UsableEpoch } from './epoch-keeper.ts'
import { CartHashes, type Fence, type Found, type Place } from './hashes.ts'
import { NotThePrimary, Primary } from './primary.ts'
import type { RecordStore } from './record.ts'
import { type CacheTimes, TIMES } from './times.ts'

export interface CachedStoreOptions extends Pick<ConnectionOptions, 'url' | 'credentials'> {
  /** What is cached. */
  readonly record: RecordStore
  /** Stands before every key. @default cartwright:cache: */
  readonly prefix?: string
  /** Hears what goes wrong with the cache. */
  readonly warn?: (message: string, cause?: unknown) => void
  /** Hears that it is turned on. */
  readonly info?: (message: string) => void
  /** For tests: all processes of a table must have the same. */
  readonly times?: CacheTimes
}

/** How long opening waits for the epoch, in milliseconds. A record that does not answer is no reason not to start. */
const OPENING_PATIENCE = 5_000
/** How long it waits for Redis after that: without it, the first change would turn the cache off for everybody. */
const CONNECTION_PATIENCE = 2_000
/** The pause between two attempts to set a fence, in milliseconds. */
const FENCE_PAUSE = 20
/** The pause between two looks whether Redis is reached, in milliseconds. */
const CONNECTION_PAUSE = 10
/** How long raising a gate may take, in milliseconds. */
const REAP_PATIENCE = 5_000

/**
 * The store with a cache in front of it: Redis, which may be stopped, emptied, split, or fail over at any time without
 * anybody reading an older cart than they, or somebody before them, were told of
 * (docs/reference/cache-protocol.md). Takes over the record store, and closes it with itself.
 */
export async function openCachedStore(options: CachedStoreOptions): Promise<CartStore> {
  const store = new CachedStore(options)
  await store.settled()
  return store
}

class CachedStore implements CartStore {
  readonly name = 'cached'
  readonly outbox
  readonly #record: RecordStore
  readonly #times: CacheTimes
  readonly #warn: (message: string, cause?: unknown) => void
  readonly #primary: Primary
  readonly #keeper: EpochKeeper
  readonly #hashes: CartHashes
  readonly #switch: CacheSwitch
  /** Names this process in epochs, fences and leases. */
  readonly #instance = randomBytes(9).toString('base64url')
  readonly #underWay = new UnderWay()
  readonly #reaping = new Set<CartId>()
  #tokens = 0
  #restsUntil = 0
  #closed = false

  constructor({
    record,
    url,
    credentials,
    prefix = 'cartwright:cache:',
    warn,
    info,
    times = TIMES,
  }: CachedStoreOptions) {
    this.outbox = record.outbox
    this.#record = record
    this.#times = times
    this.#warn = warn ?? (() => undefined)
    this.#primary = new Primary(
      { url, warn: this.#warn, ...(credentials === undefined ? {} : { credentials }) },
      () => this.#switch.consider(),
    )
    this.#keeper = new EpochKeeper({ record: record.epochs, times, warn: this.#warn })
    this.#hashes = new CartHashes({ primary: this.#primary, prefix, times })
    this.#switch = new CacheSwitch({
      record: record.epochs,
      keeper: this.#keeper,
      primary: this.#primary,
      times,
      name: this.#instance,
      probe: (place) => this.#hashes.probe(place),
      warn: this.#warn,
      info: info ?? (() => undefined),
    })
    this.#keeper.start()
    void this.#keepConsidering()
  }

  get cache(): CacheStatus {
    const held = this.#keeper.held()
    const state =
      held === undefined
        ? 'uncertain'
        : !isOn(held)
          ? 'off'
          : held.on !== this.#primary.identity
            ? 'unreachable'
            : held.ripe
              ? 'on'
              : 'warming'
    return {
      state,
      ...(held === undefined ? {} : { epoch: held.n }),
      isOddOneOut: this.#switch.isOddOneOut,
    }
  }

  /** Resolves when the epoch is known, and its primary reached, or it has waited long enough for them. */
  async settled(): Promise<void> {
    const until = performance.now() + OPENING_PATIENCE
    while (this.#keeper.held() === undefined && performance.now() < until) await this.#keeper.news(until)
    const end = performance.now() + CONNECTION_PATIENCE
    while (this.cache.state === 'unreachable' && performance.now() < end) await sleep(CONNECTION_PAUSE)
  }

  async read(id: CartId, call: Call): Promise<CartState> {
    const held = this.#keeper.held()
    if (held === undefined || !isOn(held) || !held.ripe) return this.#record.read(id, call)
    const found = await this.#get(held, id, call)
    if (found === undefined) return this.#record.read(id, call)
    call.observer?.cache(found.kind)
    if (found.kind === 'hit') {
      // A document may outlive its cart.
      return isKnown(found.cart) && found.cart.expiresAt <= call.now ? unknownCart(id) : found.cart
    }
    const { cart } = await this.#record.readForChange(id, call)
    if (found.kind === 'fenced') this.#reap(held, id, found.stale)
    else if (found.lease !== undefined) this.#later(this.#hashes.fill(held, id, found.lease, cart))
    return cart
  }

  readForChange(id: CartId, call: Call): Promise<CartRead> {
    return this.#record.readForChange(id, call)
  }

  readAnswer(cartId: CartId, key: string, call: Call): Promise<KeptAnswer | undefined> {
    return this.#record.readAnswer(cartId, key, call)
  }

  readOrder(id: OrderId, call: Call) {
    return this.#record.readOrder(id, call)
  }

  commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    if (this.#closed) return Promise.reject(closed())
    // Without a cart there is nothing that a cache could be wrong about.
    return this.#underWay.track(
      commit.carts.length === 0 ? this.#record.commit(commit, call) : this.#commit(commit, call),
    )
  }

  check(call: Call): Promise<void> {
    return this.#record.check(call)
  }

  async close(): Promise<void> {
    this.#closed = true
    // Commits, and the lifts that they end with.
    await this.#underWay.ended()
    this.#keeper.close()
    this.#primary.close()
    await this.#record.close()
  }

  async #get(place: Place, id: CartId, call: Call): Promise<Found | undefined> {
    if (this.#primary.identity !== place.on || performance.now() < this.#restsUntil) return undefined
    const start = performance.now()
    try {
      const found = await this.#hashes.get(place, id, this.#newToken())
      this.#switch.reached(place.n)
      return found
    } catch {
      this.#restsUntil = performance.now() + this.#times.rest
      return undefined
    } finally {
      call.observer?.took('cache', performance.now() - start)
    }
  }

  async #commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    const ids = commit.carts.map(({ cart }) => cart.id)
    const permission = new CommitPermission({
      keeper: this.#keeper,
      fence: (epoch) => this.#setFence(epoch, ids, call),
    })
    const lift = (left?: readonly Cart[]): void => {
      const { fence } = permission
      if (fence !== undefined) this.#later(this.#hashes.lift(ids, fence, left))
    }
    try {
      const outcome = await this.#record.commit(commit, call, permission)
      const leaves = outcome.kind === 'committed' && permission.isEvidence
      lift(leaves ? commit.carts.map(({ cart }) => cart) : undefined)
      return outcome
    } catch (error) {
      // What may still land keeps its fence.
      if (error instanceof StoreUnavailable && error.outcome === 'none') lift()
      throw error
    }
  }

  /** Tries for a while, and then turns the cache off: for everybody, so that nobody reads what is about to be changed. */
  async #setFence(epoch: UsableEpoch, ids: readonly CartId[], call: Call): Promise<Fence | undefined> {
    const { n, on } = epoch
    const earlier: string[] = []
    let problem: unknown
    const giveUp = Math.min(performance.now() + this.#times.fence, call.deadline)
    for (;;) {
      const start = performance.now()
      const token = this.#newToken()
      const patience = Math.max(1, Math.min(this.#times.fenceAttempt, call.deadline - start))
      let isSilent = false
      try {
        const stale = await this.#hashes.fence(epoch, ids, token, patience)
        this.#switch.reached(n)
        for (const [index, id] of ids.entries()) this.#reap(epoch, id, stale[index] ?? [])
        return { n, on, token, earlier }
      } catch (error) {
        // What came first says more than what came of it.
        problem ??= error
        isSilent = error instanceof NoReply
        if (!(error instanceof NotThePrimary)) earlier.push(token)
      } finally {
        call.observer?.took('cache', performance.now() - start)
      }
      if (this.#keeper.held()?.n !== n) return undefined
      if (performance.now() >= giveUp || this.#primary.unknownFor >= this.#times.fence) {
        // What this change waited for in vain, the next ones need not wait for, also when its own time is up.
        const turning = this.#switch.turnOff(epoch, `no fence can be set: ${String(problem)}`)
        await Promise.race([turning, this.#keeper.news(call.deadline)])
        // Still on: it could not be turned off either.
        const pause = Math.min(performance.now() + this.#times.poll / 5, call.deadline)
        if (this.#keeper.held()?.n === n) await this.#keeper.news(pause)
        return undefined
      }
      // The connection may be one at whose other end nobody is any more.
      if (isSilent) this.#primary.renew()
      await sleep(FENCE_PAUSE)
    }
  }

  /** Takes fences away that were left behind; in this order, so that the commits that they stood for are refused first. */
  #reap(place: Place, id: CartId, stale: readonly string[]): void {
    if (stale.length === 0 || this.#reaping.has(id) || this.#closed) return
    this.#reaping.add(id)
    const reap = async (): Promise<void> => {
      try {
        await this.#record.raiseGate(id, { now: Date.now(), deadline: performance.now() + REAP_PATIENCE })
        await this.#hashes.reap(place, id, stale)
      } finally {
        this.#reaping.delete(id)
      }
    }
    this.#later(reap())
  }

  async #keepConsidering(): Promise<void> {
    while (!this.#closed) {
      await this.#keeper.news(performance.now() + this.#times.poll)
      if (!this.#closed) this.#switch.consider()
    }
  }

  #newToken(): string {
    this.#tokens += 1
    return `${this.#instance}.${this.#tokens}`
  }

  /** What nobody waits for. Where it fails, a fence or nothing is left: slower, never wrong. */
  #later(step: Promise<unknown>): void {
    this.#underWay.track(step.catch(() => undefined))
  }
}

function closed(): StoreUnavailable {
  return new StoreUnavailable('cached: the store is closed', { outcome: 'none', reason: 'unreachable' })
}
