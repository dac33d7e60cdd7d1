import type { RedisConnection } from './connection.ts'

/** What was told may be lost by a failover: too few replicas have it yet, or the server that answers does not. */
export class NotReplicated extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'NotReplicated'
  }
}

export interface ReplicasOptions {
  /** One of its own: WAIT lets nothing else through. */
  readonly connection: RedisConnection
  /** How many must have everything. */
  readonly wanted: number
  /** A key to write. */
  readonly mark: string
  /** How long one attempt may take, in milliseconds. */
  readonly patience: number
}

/** One thing that must be in the replicas. */
interface Asked {
  /** A read, and what it is answered with where that thing is. */
  readonly read: readonly string[]
  readonly found: string
  readonly settle: PromiseWithResolvers<void>
}

/**
 * Tells when replicas have what the primary has answered.
 *
 * WAIT speaks of the last *write* of its own connection: one that was lost and made anew has none, so the answer comes at
 * once and says nothing, and perhaps it leads to another server, where what was committed never arrived. So a round proves what it tells by itself, on
 * one connection: nothing that is sent in one go is ever carried over to the next one.
 *
 * ```
 * GET token, GET token, …   this server has these commits
 * SET mark                  a write, behind them in the stream of changes
 * WAIT n                    so many replicas have the mark, and with it all that came before
 * ```
 *
 * Whoever asks during a round is in the next one, however many they are.
 */
export class Replicas {
  readonly #options: ReplicasOptions
  #asked: Asked[] = []
  #isBusy = false

  constructor(options: ReplicasOptions) {
    this.#options = options
  }

  /**
   * Resolves when as many replicas as wanted have what makes this read find this.
   *
   * @throws {NotReplicated} when they do not within these milliseconds
   */
  async have(read: readonly string[], found: string, milliseconds: number): Promise<void> {
    const asked: Asked = { read, found, settle: Promise.withResolvers() }
    const late = setTimeout(() => {
      this.#asked = this.#asked.filter((other) => other !== asked)
      asked.settle.reject(
        new NotReplicated(`the replicas have not confirmed it within ${Math.ceil(milliseconds)} ms`),
      )
    }, milliseconds)
    this.#asked.push(asked)
    if (!this.#isBusy) void this.#rounds()
    try {
      await asked.settle.promise
    } finally {
      clearTimeout(late)
    }
  }

  close(): void {
    this.#options.connection.close()
  }

  async #rounds(): Promise<void> {
    this.#isBusy = true
    while (this.#asked.length > 0) await this.#round(this.#asked.splice(0))
    this.#isBusy = false
  }

  async #round(asked: readonly Asked[]): Promise<void> {
    const { connection, wanted, mark, patience } = this.#options
    // Whoever just missed the round before has not run out of patience when this one ends.
    const wait = Math.ceil(patience / 2)
    const reads = asked.map(({ read }) => connection.send<string | null>(read, patience))
    const [written, waited, ...replies] = await Promise.allSettled([
      connection.send(['SET', mark, ''], patience),
      connection.send<number>(['WAIT', String(wanted), String(wait)], patience),
      ...reads,
    ])
    const problem = problemOf(written) ?? problemOf(waited) ?? shortageOf(waited, wanted)
    for (const [index, { found, settle }] of asked.entries()) {
      const reply = replies[index]
      const own = problem ?? (reply && problemOf(reply))
      if (own !== undefined) settle.reject(own)
      else if (reply?.status === 'fulfilled' && reply.value === found) settle.resolve()
      else settle.reject(new NotReplicated('the server that answers now does not have it'))
    }
  }
}

function problemOf(outcome: PromiseSettledResult<unknown>): NotReplicated | undefined {
  if (outcome.status === 'fulfilled') return undefined
  return new NotReplicated('the replicas cannot be asked', { cause: outcome.reason })
}

function shortageOf(waited: PromiseSettledResult<number>, wanted: number): NotReplicated | undefined {
  if (waited.status === 'rejected' || waited.value >= wanted) return undefined
  return new NotReplicated(`${waited.value} replicas have it, wanted: ${wanted}`)
}
