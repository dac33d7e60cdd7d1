import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, StoreUnavailable } from './port.ts'

/** What a failed attempt means for what was asked of a server. */
export type Fault<Final> =
  /** Refused for now, certainly without effect. `contention`: others hold what is wanted. */
  | { readonly kind: 'refused'; readonly reason: 'throttled' | 'contention' }
  /** No answer, or one that leaves open what happened. */
  | { readonly kind: 'lost'; readonly outcome: 'none' | 'unknown' }
  /** Nothing that another attempt would change, certainly without effect: a missing permission, a defect. */
  | { readonly kind: 'wrong' }
  /** No failure, but the answer to a condition. */
  | { readonly kind: 'final'; readonly answer: Final }

export interface Attempts<Output, Final> {
  /** How the store is called in messages. */
  readonly store: string
  /** Resolves when an attempt may be made; asked before each. Where it throws {@link StoreUnavailable}, none is made any more. */
  readonly before?: (() => Promise<void>) | undefined
  /** Makes one attempt that must end within these milliseconds. */
  readonly attempt: (patience: number) => Promise<Output>
  /** Judges what an attempt has thrown. */
  readonly judge: (error: unknown) => Fault<Final>
  /** The most that one attempt may take, in milliseconds. */
  readonly patience: number
  /**
   * Whether an attempt may leave something behind, so that a lost answer leaves the outcome unknown. Then its repetition
   * must do no harm: it carries a token, or is the same done twice.
   */
  readonly writes: boolean
}

/** The pauses between attempts, in milliseconds: doubling from the first to the last, of each a random part. */
const FIRST_PAUSE = 20
const LAST_PAUSE = 500
/**
 * With less time left than this, in milliseconds, no write is sent and nothing repeated: a certain outcome would mostly
 * become unknown.
 */
const LEAST_PATIENCE = 50

/**
 * Repeats an attempt as long as that may help.
 *
 * ```
 * attempt 1 ── lost ──────────────────── outcome unknown from here on …
 * attempt 2      └─ throttled
 * attempt 3             └─ done, or refused by a condition: known again
 *                          deadline instead: StoreUnavailable, outcome "unknown"
 * ```
 *
 * @throws {StoreUnavailable} at the call's deadline, or where repeating does not help
 */
export async function untilAnswered<Output, Final>(
  call: Call,
  { store, before, attempt, judge, patience, writes }: Attempts<Output, Final>,
): Promise<Output | Final> {
  let outcome: StoreUnavailable['outcome'] = 'none'
  const unavailable = (reason: StoreUnavailable['reason'], cause: unknown): StoreUnavailable => {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    return new StoreUnavailable(`${store}: ${why}`, { outcome, reason, cause })
  }
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LAST_PAUSE)) {
    if (before !== undefined) {
      await before().catch((error: unknown) => {
        throw error instanceof StoreUnavailable ? unavailable(error.reason, error) : error
      })
    }
    const left = call.deadline - performance.now()
    if (left <= (writes ? LEAST_PATIENCE : 0))
      throw unavailable('unreachable', new Error('there was no time left to send it'))
    const start = performance.now()
    let fault: Fault<Final>
    let cause: unknown
    try {
      return await attempt(Math.ceil(Math.min(left, patience)))
    } catch (error) {
      fault = judge(error)
      cause = error
    } finally {
      call.observer?.took('store', performance.now() - start)
    }
    if (fault.kind === 'final') return fault.answer
    if (writes && fault.kind === 'lost' && fault.outcome === 'unknown') outcome = 'unknown'
    const wait = pause * Math.random()
    if (fault.kind === 'wrong' || performance.now() + wait + LEAST_PATIENCE > call.deadline) {
      throw unavailable(fault.kind === 'refused' ? fault.reason : 'unreachable', cause)
    }
    await sleep(wait)
  }
}
