/** So many wait already that the work would not begin in any useful time. */
export class NoSlot extends Error {
  constructor(waiting: number) {
    super(`${waiting} requests wait already`)
    this.name = 'NoSlot'
  }
}

/** Lets a number of pieces of work run at a time; others wait in the order in which they came, up to a number too. */
export class Slots {
  #free: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number, mostWaiting: number) {
    this.#free = count
    this.#mostWaiting = mostWaiting
  }

  /** How many more could start at once. */
  get free(): number {
    return this.#free
  }

  /** @throws {NoSlot} at once, when too many wait. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--
    else if (this.#waiting.length >= this.#mostWaiting) throw new NoSlot(this.#waiting.length)
    else await new Promise<void>((start) => this.#waiting.push(start))
    try {
      return await work()
    } finally {
      // Handed over, not freed: nobody who comes now overtakes.
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
