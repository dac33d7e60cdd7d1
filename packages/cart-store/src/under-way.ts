/** What has been begun and is not over, for whoever closes a store. */
export class UnderWay {
  readonly #promises = new Set<Promise<unknown>>()

  /** Answers with the same promise, or as good. */
  track<Result>(promise: Promise<Result>): Promise<Result> {
    this.#promises.add(promise)
    return promise.finally(() => this.#promises.delete(promise))
  }

  /** Resolves when all of it is over, also what was begun by it meanwhile. */
  async ended(): Promise<void> {
    while (this.#promises.size > 0) await Promise.allSettled(this.#promises)
  }
}
