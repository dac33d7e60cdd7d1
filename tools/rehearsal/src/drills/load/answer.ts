/** What a client of a shop does. */
export type Act = 'read' | 'add' | 'checkout'

/** When a request was sent: before anything happened, while it did, when it was over. */
export const PHASES = ['before', 'during', 'after'] as const
export type Phase = (typeof PHASES)[number]

/** An answer's status; `cut` where the connection ended before the whole answer, `refused` where there was none. */
export type Outcome = number | 'cut' | 'refused' | 'timeout'

/** What became of one request of the load. */
export interface Answer {
  readonly act: Act
  readonly phase: Phase
  /** Milliseconds since 1970. */
  readonly sentAt: number
  /** From sending it to the end of its answer. */
  readonly milliseconds: number
  readonly outcome: Outcome
  /** Whether it says when to come again. */
  readonly hasRetryAfter: boolean
  /** Which process answered. */
  readonly instance?: string
  /** The problem's code, or why there was no answer. */
  readonly reason?: string
}

/** Answered 5xx, or not at all. */
export function isFailed({ outcome }: Answer): boolean {
  return typeof outcome !== 'number' || outcome >= 500
}

/** What a client knows how to deal with: the API says that it is to come again, and when. */
export function isRetryLater({ outcome, hasRetryAfter }: Answer): boolean {
  return outcome === 503 && hasRetryAfter
}

/** Neither what was asked for nor a failure: the load asks nothing that is to be refused. */
export function isStrange({ outcome }: Answer): boolean {
  return typeof outcome === 'number' && outcome < 500 && (outcome < 200 || outcome >= 300)
}
