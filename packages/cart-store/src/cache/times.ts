/** The protocol's times, all in milliseconds (docs/reference/cache-protocol.md). */
export interface CacheTimes {
  /** How often the epoch is read. */
  readonly poll: number
  /** How long a process acts on the epoch that it has read, counted from just before it asked. */
  readonly hold: number
  /** The longest that a commit takes to land after its process has last checked that it may send it. Assumed. */
  readonly longestCommit: number
  /** How long a document stays: memory follows the traffic. */
  readonly document: number
  /** The age from which a fence counts as left behind. */
  readonly staleFence: number
  /** How long a key with a fence in it stays: far longer than a fence needs to be reaped. */
  readonly fencedKey: number
  /** How long a read waits for the cache before it asks the record. */
  readonly get: number
  /** How long reads leave a cache alone that did not answer in that time. */
  readonly rest: number
  /** How long one attempt to set a fence may take, and all of them, before the cache is turned off. */
  readonly fenceAttempt: number
  readonly fence: number
  /** The pauses between two openings of an epoch by one process: doubling from the first to the last. */
  readonly firstReopening: number
  readonly lastReopening: number
  /** An epoch that was turned off sooner than this was opened in error: whoever opened it waits the longest pause. */
  readonly shortEpoch: number
}

/**
 * What the promises rest on is `hold` and `longestCommit`, which all processes of a table must have in common; so they
 * are no settings.
 */
export const TIMES: CacheTimes = {
  poll: 1_000,
  hold: 2_000,
  longestCommit: 5_000,
  document: 60_000,
  staleFence: 30_000,
  fencedKey: 3_600_000,
  get: 100,
  rest: 1_000,
  fenceAttempt: 250,
  fence: 500,
  firstReopening: 10_000,
  lastReopening: 300_000,
  shortEpoch: 10_000,
}
