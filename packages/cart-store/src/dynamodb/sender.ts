import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type Call, StoreUnavailable } from '../port.ts'
import { type Fault, faultOf } from './faults.ts'

/** The pauses between attempts, in milliseconds: doubling from the first to the last, of each a random part. */
const FIRST_PAUSE = 20
const LAST_PAUSE = 500

/** One request to DynamoDB, with its own limit of time. */
export type Attempt<Output> = (
  client: DynamoDBClient,
  options: { abortSignal: AbortSignal },
) => Promise<Output>

/** What came back: the answer, or why a transaction was not made. */
export type Sent<Output> =
  | { readonly kind: 'done'; readonly output: Output }
  | Extract<Fault, { kind: 'cancelled' | 'too-large' }>

/** Sends requests until they are answered or the caller's deadline comes. The SDK itself never repeats one. */
export class Sender {
  readonly #client: DynamoDBClient
  readonly #attemptTimeout: number
  #closed = false

  /** @param attemptTimeout how long one attempt may take, in milliseconds */
  constructor(client: DynamoDBClient, attemptTimeout: number) {
    this.#client = client
    this.#attemptTimeout = attemptTimeout
  }

  /**
   * Repeats the attempt as long as that may help.
   *
   * ```
   * attempt 1 ── lost ──────────────────── outcome unknown from here on …
   * attempt 2      └─ throttled
   * attempt 3             └─ done, or cancelled by a condition: known again
   *                          deadline instead: StoreUnavailable, outcome "unknown"
   * ```
   *
   * @param writes whether the attempt may leave something behind, so that a lost answer leaves its outcome unknown;
   *   then its repetition must do no harm (a `ClientRequestToken`, or a request that is the same done twice)
   * @throws {StoreUnavailable} at the deadline, or where repeating does not help
   */
  async send<Output>(attempt: Attempt<Output>, call: Call, writes: boolean): Promise<Sent<Output>> {
    let outcome: StoreUnavailable['outcome'] = 'none'
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LAST_PAUSE)) {
      if (this.#closed) throw new Error('the DynamoDB store is closed')
      const left = call.deadline - performance.now()
      if (left <= 0)
        throw unavailable(outcome, 'unreachable', new Error('the deadline passed before it was sent'))
      const start = performance.now()
      let fault: Fault
      let cause: unknown
      try {
        const abortSignal = AbortSignal.timeout(Math.ceil(Math.min(left, this.#attemptTimeout)))
        return { kind: 'done', output: await attempt(this.#client, { abortSignal }) }
      } catch (error) {
        fault = faultOf(error)
        cause = error
      } finally {
        call.observer?.took('store', performance.now() - start)
      }
      if (fault.kind === 'cancelled' || fault.kind === 'too-large') return fault
      if (writes && fault.kind === 'lost' && fault.outcome === 'unknown') outcome = 'unknown'
      const reason = fault.kind === 'refused' ? fault.reason : 'unreachable'
      const wait = pause * Math.random()
      if (fault.kind === 'wrong' || performance.now() + wait > call.deadline) {
        throw unavailable(outcome, reason, cause)
      }
      await sleep(wait)
    }
  }

  /** As {@link send}, for what has no conditions and no item that could be too large. */
  async ask<Output>(attempt: Attempt<Output>, call: Call, writes = false): Promise<Output> {
    const sent = await this.send(attempt, call, writes)
    if (sent.kind === 'done') return sent.output
    throw new Error(`got ${sent.kind} for a request without conditions`)
  }

  /** No request is sent any more. */
  close(): void {
    this.#closed = true
    this.#client.destroy()
  }
}

function unavailable(
  outcome: StoreUnavailable['outcome'],
  reason: StoreUnavailable['reason'],
  cause: unknown,
): StoreUnavailable {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return new StoreUnavailable(`dynamodb: ${why}`, { outcome, reason, cause })
}
