import type { CatalogCall } from '../catalog.ts'
import { Lru } from './lru.ts'
import { UnusableAnswer } from './product-service.ts'

export interface AnswersOptions<Key, Answer> {
  /** Answers kept at a time; the ones used last. */
  readonly capacity: number
  /** Milliseconds for which an answer is as good as a new one. */
  readonly freshMs: (answer: Answer) => number
  /** Milliseconds for which an answer is remembered at all. */
  readonly staleMs: number
  /** Whether an answer past its freshness, but remembered, may stand in for one that cannot be had. */
  readonly standsIn: (answer: Answer) => boolean
  /** Milliseconds for which a key is not asked for again after an unusable answer. */
  readonly pauseMs: number
  readonly ask: (key: Key, call: CatalogCall) => Promise<Answer>
  /** Whether a request that nobody waits for may go out now. */
  readonly hasRoom: () => boolean
}

/** No answer to be had, and none kept that may stand in. */
export class NoAnswer<Key> extends Error {
  readonly key: Key
  constructor(key: Key, cause: unknown) {
    super('no answer', { cause })
    this.name = 'NoAnswer'
    this.key = key
  }
}

interface Kept<Answer> {
  readonly answer: Answer
  readonly freshUntil: number
  readonly staleUntil: number
}

/** A request under way that others may join; it lands in any case and never rejects. */
interface Flight<Answer> {
  /** The latest of those who wait. */
  deadline: number
  readonly traceparent?: string
  landed: Promise<void>
  answer?: Answer
  failure?: unknown
}

/**
 * Answers of a slow or failing source: kept for a while, asked for once at a time however many want the same.
 *
 * ```
 * age of an answer   0 ───── fresh ───── 30 s ───────── stale ───────── 300 s ── forgotten
 * get                   the answer           asks; the answer if that fails      asks or throws
 * peek                  the answer           the answer, asks in the background  undefined, likewise
 * ```
 */
export class Answers<Key, Answer> {
  /** The share of the capacity that answers which never stand in take, apart: whoever invents keys pushes out only those. */
  static readonly #passingShare = 0.1

  readonly #options: AnswersOptions<Key, Answer>
  readonly #kept: Lru<Key, Kept<Answer>>
  readonly #passing: Lru<Key, Kept<Answer>>
  readonly #unusable: Lru<Key, { readonly until: number; readonly failure: UnusableAnswer }>
  readonly #flights = new Map<Key, Flight<Answer>>()

  constructor(options: AnswersOptions<Key, Answer>) {
    this.#options = options
    this.#kept = new Lru(options.capacity)
    this.#passing = new Lru(Math.ceil(options.capacity * Answers.#passingShare))
    this.#unusable = new Lru(options.capacity)
  }

  /**
   * One answer for each key, by the deadline.
   *
   * @throws NoAnswer
   */
  async get(keys: Iterable<Key>, call: CatalogCall): Promise<Map<Key, Answer>> {
    const answers = new Map<Key, Answer>()
    const flights = new Map<Key, Flight<Answer>>()
    const now = performance.now()
    for (const key of keys) {
      const kept = this.#find(key)
      if (kept !== undefined && now < kept.freshUntil) answers.set(key, kept.answer)
      else flights.set(key, this.#fly(key, call))
    }
    if (flights.size > 0) await landed(flights.values(), call.deadline)
    for (const [key, flight] of flights) answers.set(key, flight.answer ?? this.#standIn(key, flight))
    return answers
  }

  /** What is known now. */
  peek(key: Key): Answer | undefined {
    const kept = this.#find(key)
    const now = performance.now()
    if (kept !== undefined && now < kept.freshUntil) return kept.answer
    if (this.#options.hasRoom()) this.#fly(key, { deadline: Number.POSITIVE_INFINITY })
    return kept !== undefined && now < kept.staleUntil ? kept.answer : undefined
  }

  #find(key: Key): Kept<Answer> | undefined {
    return this.#kept.get(key) ?? this.#passing.get(key)
  }

  #keep(key: Key, kept: Kept<Answer>): void {
    const [into, from] = this.#options.standsIn(kept.answer)
      ? [this.#kept, this.#passing]
      : [this.#passing, this.#kept]
    from.delete(key)
    into.set(key, kept)
  }

  #standIn(key: Key, flight: Flight<Answer>): Answer {
    const kept = this.#find(key)
    if (kept !== undefined && performance.now() < kept.staleUntil && this.#options.standsIn(kept.answer)) {
      return kept.answer
    }
    throw new NoAnswer(key, flight.failure ?? new Error('no answer before the deadline'))
  }

  #fly(key: Key, call: CatalogCall): Flight<Answer> {
    const underWay = this.#flights.get(key)
    if (underWay !== undefined) {
      underWay.deadline = Math.max(underWay.deadline, call.deadline)
      return underWay
    }
    const flight: Flight<Answer> = { ...call, landed: Promise.resolve() }
    const refused = this.#unusable.get(key)
    if (refused !== undefined && performance.now() < refused.until) {
      flight.failure = refused.failure
      return flight
    }
    this.#flights.set(key, flight)
    flight.landed = this.#land(key, flight)
    return flight
  }

  async #land(key: Key, flight: Flight<Answer>): Promise<void> {
    const { ask, freshMs, staleMs, pauseMs } = this.#options
    try {
      const answer = await ask(key, flight)
      const now = performance.now()
      flight.answer = answer
      this.#keep(key, { answer, freshUntil: now + freshMs(answer), staleUntil: now + staleMs })
    } catch (failure) {
      flight.failure = failure
      if (failure instanceof UnusableAnswer) {
        this.#unusable.set(key, { until: performance.now() + pauseMs, failure })
      }
    }
    this.#flights.delete(key)
  }
}

/** Waits until all have landed, or the deadline has passed. */
async function landed(flights: Iterable<Flight<unknown>>, deadline: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  // A timer takes no more milliseconds than this; flights land long before.
  const left = Math.min(deadline - performance.now(), 2 ** 31 - 1)
  const timer = setTimeout(resolve, Math.max(0, left))
  try {
    await Promise.race([Promise.all(Array.from(flights, (flight) => flight.landed)), late])
  } finally {
    clearTimeout(timer)
  }
}
