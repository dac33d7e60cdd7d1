import type { CartId } from '@cartwright/cart-domain'
import type { Call, CartStore, Commit, CommitOutcome } from '../port.ts'

/** Which Redis is the cache now. The same for all processes: one item beside the carts. */
export interface Epoch {
  /** Counts the changes, from 0, which stands for an item that is not there yet. */
  readonly n: number
  /** The identity of the primary; `undefined` while there is no cache. */
  readonly on?: string
  /** Which process opened it. */
  readonly by?: string
  /** Somebody wants no cache for now: nobody opens one. */
  readonly closed?: boolean
}

/** The item that holds the epoch. */
export interface EpochRecord {
  /** By a strong read. */
  read(call: Call): Promise<Epoch>
  /** Puts `next` in the place of the epoch before it; `false` when another one is there. */
  follow(next: Epoch, call: Call): Promise<boolean>
}

/** Says whether a commit may be sent. Asked for every sending of it, the repeated ones included. */
export interface Permission {
  /**
   * Resolves when the commit may be sent.
   *
   * @throws {StoreUnavailable} when that does not come before the deadline
   */
  obtain(call: Call): Promise<void>
  /** Whether it still may, asked in the last moment. Time may have passed, even in a process that did nothing else. */
  holds(): boolean
}

/** The store behind the cache, with what the cache's protocol needs beyond the port. */
export interface RecordStore extends CartStore {
  /** @param permission without it, the commit may be sent at any time */
  commit(commit: Commit, call: Call, permission?: Permission): Promise<CommitOutcome>
  /** From now on, commits that were decided on what was read before are refused. */
  raiseGate(id: CartId, call: Call): Promise<void>
  readonly epochs: EpochRecord
}
