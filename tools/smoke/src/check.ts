import type { Shop } from './target/shop.ts'

/** One thing that a client may rely on. */
export interface Check {
  /** What holds where it passes. */
  readonly name: string
  /**
   * @throws {Mismatch} where it does not hold
   * @throws {NotChecked} where that cannot be seen
   */
  readonly run: (shop: Shop) => Promise<void>
}

/** The checks of one capability. Each has carts of its own; they run in this order, and none stops those after it. */
export type Checks = readonly Check[]

/** Which request was made. */
export interface MadeRequest {
  readonly method: string
  readonly path: string
  /** Its `X-Request-ID`, by which the API's log has it. */
  readonly requestId: string
}

/** What went wrong. */
export interface Trouble {
  /** The request that showed it, where it was one. */
  readonly request?: MadeRequest
  readonly seen: string
  readonly wanted: string
}

export type CheckResult = { readonly name: string; readonly milliseconds: number } & (
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed'; readonly trouble: Trouble }
  | { readonly outcome: 'not checked'; readonly reason: string }
)

/** Something is not as it is wanted. */
export class Mismatch extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble, cause?: unknown) {
    super(`seen: ${trouble.seen}; wanted: ${trouble.wanted}`, { cause })
    this.trouble = trouble
  }
}

/** Nobody can tell, for a reason that is no fault of the API. */
export class NotChecked extends Error {}
