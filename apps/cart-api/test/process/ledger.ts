import type { CartId } from '@cartwright/cart-domain'
import type { Answer } from './keep-alive.ts'

/** One thing that a client wants done once. Every repeat carries the same key. */
export interface Operation {
  readonly key: string
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly cartId: CartId
  readonly body: object
  /**
   * What only this operation can have done, as {@link ./history.ts} names it in the events. Absent for a checkout,
   * whose order's id is known from its answer alone.
   */
  readonly mark?: string
}

/**
 * What is known of an operation:
 * - `open`: asked for, and not answered so far; it may have happened or not.
 * - `done`: acknowledged; it has happened, once.
 * - `refused`: it has not happened.
 */
export type Standing =
  | { readonly is: 'open' }
  | { readonly is: 'done'; readonly answer: Answer }
  | { readonly is: 'refused' }

/** The refusals that a right API may answer these clients with: the cart was emptied by somebody else before. */
const EXPECTED_REFUSALS: Readonly<Record<number, string>> = { 404: 'line-not-found', 409: 'cart-empty' }

/** All that the clients have asked for, with what they have been told. */
export class Ledger {
  readonly #standings = new Map<Operation, Standing>()
  readonly #happened = new Set<Operation>()
  readonly #unheard = new Set<Operation>()

  open(operation: Operation): void {
    this.#standings.set(operation, { is: 'open' })
  }

  /** Whoever looked into the store has found its effect there: from now on every answer must be a replay. */
  happened(operation: Operation): void {
    this.#happened.add(operation)
    if (this.#standings.get(operation)?.is === 'open') this.#unheard.add(operation)
  }

  /** How many operations were found to have happened while nobody had been told so. */
  get unheard(): number {
    return this.#unheard.size
  }

  /**
   * @throws when this is no answer that a right API gives: another one than before, or one that was not replayed
   *   although the operation has happened already.
   */
  settle(operation: Operation, answer: Answer): void {
    const before = this.#standings.get(operation)
    const seen = `${nameOf(operation)} was answered with ${inShort(answer)}`
    if (before?.is === 'done' && inShort(before.answer) !== inShort(answer)) {
      throw new Error(`${seen} after ${inShort(before.answer)}`)
    }
    if (answer.status === 200 || answer.status === 201) {
      const replayed = answer.headers['idempotent-replayed'] === 'true'
      if (!replayed && this.#happened.has(operation)) throw new Error(`${seen}, and it was carried out again`)
      if (!replayed) this.#happened.add(operation)
      this.#standings.set(operation, { is: 'done', answer })
    } else if (EXPECTED_REFUSALS[answer.status] === codeOf(answer)) {
      if (this.#happened.has(operation)) throw new Error(`${seen}, although it has happened`)
      this.#standings.set(operation, { is: 'refused' })
    } else {
      throw new Error(seen)
    }
  }

  get standings(): ReadonlyMap<Operation, Standing> {
    return this.#standings
  }

  /** How many are there of each standing. */
  get tally(): Readonly<Record<Standing['is'], number>> {
    const tally = { open: 0, done: 0, refused: 0 }
    for (const { is } of this.#standings.values()) tally[is] += 1
    return tally
  }
}

export function nameOf({ key, method, path, cartId, body }: Operation): string {
  return `${key} (${method} ${path} ${JSON.stringify(body)} on ${cartId})`
}

function inShort({ status, headers, text }: Answer): string {
  return `${status} ${headers['etag'] ?? 'without ETag'} ${text}`
}

function codeOf({ text }: Answer): unknown {
  return (JSON.parse(text) as { code?: unknown }).code
}
