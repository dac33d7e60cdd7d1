import type {
  Cart,
  CartEvent,
  CartId,
  CartState,
  EpochMs,
  Order,
  OrderId,
  UserId,
} from '@cartwright/cart-domain'

/** What a store asks of, and tells to, whoever calls it. */
export interface Call {
  /** The wall clock, which decides expiry and nothing else. */
  readonly now: EpochMs
  /** The moment by `performance.now()` at which the caller gives up; the store has answered or failed by then. */
  readonly deadline: number
  readonly observer?: StoreObserver
}

/** How a cart was found when it was read: `bypass` where the store has no cache in front of it. */
export type CacheOutcome = 'hit' | 'miss' | 'fenced' | 'bypass'

/** How the cache is, as one process sees it. */
export interface CacheStatus {
  /**
   * - `on`: reads use it;
   * - `warming`: it has just been turned on, writers prepare it;
   * - `off`: it is turned off for everybody;
   * - `unreachable`: it is on, and this process has no connection to it;
   * - `uncertain`: this process does not know, as the record does not answer.
   */
  readonly state: 'on' | 'warming' | 'off' | 'unreachable' | 'uncertain'
  /** Counts how often it was turned on or off. */
  readonly epoch?: number
  /** Others use it, and this process cannot reach it, again and again: it should get no requests. */
  readonly isOddOneOut: boolean
}

/** Hears what one call cost. */
export interface StoreObserver {
  /** Milliseconds that a part took; called once for each trip to it. */
  took(part: 'store' | 'cache', milliseconds: number): void
  cache(outcome: CacheOutcome): void
}

declare const revision: unique symbol
/**
 * What a store needs to know again when a change of this cart is committed (incarnation and version; a gate
 * where the store has one). Only the store that gave it out can read it.
 */
export interface Revision {
  readonly [revision]: never
}

/** A cart read from the record itself, never from a cache, to decide a change on. */
export interface CartRead {
  /** Unknown when nothing is stored or what is stored has expired. */
  readonly cart: CartState
  readonly revision: Revision
}

/** A cart as it is to be, on condition that nobody has committed since it was read. */
export interface CartWrite {
  readonly cart: Cart
  readonly revision: Revision
}

/** The answer to a request that came with an `Idempotency-Key`, kept so that a repeat gets the same one. */
export interface KeptAnswer {
  /** What was asked; another request under the same key is refused. */
  readonly fingerprint: string
  /** Who asked. The answer is given to nobody else, also when the cart has expired meanwhile. */
  readonly caller?: UserId
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body's text as it was sent. */
  readonly body: string
  readonly expiresAt: EpochMs
}

/** The ordered events of one commit, kept until a relay has published them. */
export interface OutboxRow {
  /** Unique to the commit. */
  readonly id: string
  /** The cart that the command was for; the row may also carry the events of a merge's source. */
  readonly cartId: CartId
  readonly createdAt: EpochMs
  readonly events: readonly CartEvent[]
}

/** Everything that is written together, or not at all: at most five items. */
export interface Commit {
  /** The cart that the command was for: the scope of the idempotency key. */
  readonly cartId: CartId
  /** None for a change that changes nothing, one, or two for a merge. */
  readonly carts: readonly CartWrite[]
  readonly order?: Order
  /** Written on condition that the key has no answer yet. */
  readonly answer?: { readonly key: string; readonly kept: KeptAnswer }
  /** Absent where nothing happened. */
  readonly outbox?: OutboxRow
}

export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** The key already has this answer. Judged before the carts' conditions, so a retry meets its own success. */
  | { readonly kind: 'answered'; readonly kept: KeptAnswer }
  /** Another commit came first: read and decide again. */
  | { readonly kind: 'conflict' }
  /** An item is larger than the store takes. */
  | { readonly kind: 'too-large' }

/** The rows that wait to be published. */
export interface Outbox {
  /** The oldest rows created up to `createdBefore`, oldest first. */
  pending(
    options: { readonly createdBefore: EpochMs; readonly limit: number },
    call: Call,
  ): Promise<OutboxRow[]>
  /** Takes rows out that have been published; it is fine if some are gone (somebody else was faster). */
  remove(rows: readonly OutboxRow[], call: Call): Promise<void>
  /** How much waits, and since when. */
  backlog(call: Call): Promise<{ readonly rows: number; readonly oldest?: EpochMs }>
}

/**
 * Where carts, orders, kept answers and events stay. Every adapter keeps the promises of the contract suite
 * (`contract.ts`): atomic commits, strong reads, expiry honoured on every read.
 *
 * Every method may throw {@link StoreUnavailable}.
 */
export interface CartStore {
  /** As in the setting `STORE`. */
  readonly name: string
  /** The cart for an answer: what was acknowledged before the call is in it, whether or not a cache served it. */
  read(id: CartId, call: Call): Promise<CartState>
  /** The cart from the record, to decide a change on. */
  readForChange(id: CartId, call: Call): Promise<CartRead>
  /** The answer kept under the key, by a strong read; `undefined` when there is none or it has expired. */
  readAnswer(cartId: CartId, key: string, call: Call): Promise<KeptAnswer | undefined>
  readOrder(id: OrderId, call: Call): Promise<Order | undefined>
  /** All of the commit or nothing. A throw says in `outcome` whether it may have happened nevertheless. */
  commit(commit: Commit, call: Call): Promise<CommitOutcome>
  readonly outbox: Outbox
  /** Absent where the store has no cache in front of it. */
  readonly cache?: CacheStatus | undefined
  /** A cheap round trip that fails when the store cannot serve. */
  check(call: Call): Promise<void>
  /** Waits for commits under way, then lets go of every resource. */
  close(): Promise<void>
}

/** The store could not do what was asked, for now. */
export class StoreUnavailable extends Error {
  /** `none`: certainly not applied; `unknown`: it may have been. Reads are always `none`. */
  readonly outcome: 'none' | 'unknown'
  /**
   * - `unreachable`: no answer, or a broken one.
   * - `throttled`: it asks for less; never a reason to call a task unready.
   * - `contention`: others kept winning until the deadline.
   */
  readonly reason: 'unreachable' | 'throttled' | 'contention'

  constructor(
    message: string,
    options: { outcome: StoreUnavailable['outcome']; reason: StoreUnavailable['reason']; cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.name = 'StoreUnavailable'
    this.outcome = options.outcome
    this.reason = options.reason
  }
}

/** The store cannot be opened: the message says what is wrong and what to do. Start-up stops with it. */
export class StoreNotOpened extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'StoreNotOpened'
  }
}
