import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { untilAnswered } from '../attempts.ts'
import type { Call } from '../port.ts'
import { within } from '../within.ts'
import { type Cancelled, faultOf } from './faults.ts'

/** How much earlier an attempt is ended by its signal than by force, in milliseconds. */
const SIGNAL_LEAD = 20

/** One request to DynamoDB, with its own limit of time. */
export type Attempt<Output> = (
  client: DynamoDBClient,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Output>

class NothingCame extends Error {
  constructor(milliseconds: number) {
    super(`nothing was sent, or answered, within ${milliseconds} ms`)
  }
}

/** Sends requests until they are answered or the caller's deadline comes. The SDK itself never repeats one. */
export class Sender {
  readonly #client: DynamoDBClient
  readonly #patience: number
  #closed = false

  /** @param patience how long one attempt may take, in milliseconds */
  constructor(client: DynamoDBClient, patience: number) {
    this.#client = client
    this.#patience = patience
  }

  /**
   * @param before resolves when an attempt may be made
   * @throws {StoreUnavailable} as {@link untilAnswered} does
   */
  send<Output>(
    attempt: Attempt<Output>,
    call: Call,
    writes: boolean,
    before?: () => Promise<void>,
  ): Promise<Output | Cancelled> {
    return untilAnswered(call, {
      store: 'dynamodb',
      before,
      attempt: async (patience) => {
        if (this.#closed) throw new Error('the DynamoDB store is closed')
        // The signal ends the HTTP request, and is asked before it begins; nothing ends the search for credentials before
        // that. What is given up here is never sent later.
        const sending = attempt(this.#client, { abortSignal: AbortSignal.timeout(patience) })
        return within(sending, patience + SIGNAL_LEAD, () => new NothingCame(patience))
      },
      judge: (error) => (this.#closed ? { kind: 'wrong' } : faultOf(error)),
      patience: this.#patience,
      writes,
    })
  }

  /** As {@link send}, for what has no conditions and no item that could be too large. */
  async ask<Output extends object>(attempt: Attempt<Output>, call: Call, writes = false): Promise<Output> {
    const answer = await this.send(attempt, call, writes)
    if ('cancelled' in answer) throw new Error(`got ${answer.cancelled} for a request without conditions`)
    return answer
  }

  /** No request is sent any more. */
  close(): void {
    this.#closed = true
    this.#client.destroy()
  }
}
