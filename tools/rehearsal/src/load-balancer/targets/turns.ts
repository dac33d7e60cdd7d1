/**
 * Whose turn it is, by weight: each one gains its weight, the richest one is chosen and pays for all. With equal weights
 * that is round robin; with others the turns are spread evenly instead of coming in runs.
 */
export class Turns<Item extends object> {
  readonly #credits = new WeakMap<Item, number>()

  /** @returns `undefined` where there is nothing, or nothing of any weight */
  next(items: readonly Item[], weightOf: (item: Item) => number): Item | undefined {
    let chosen: Item | undefined
    let total = 0
    for (const item of items) {
      const weight = weightOf(item)
      if (weight <= 0) continue
      total += weight
      const credit = this.#creditOf(item) + weight
      this.#credits.set(item, credit)
      if (chosen === undefined || credit > this.#creditOf(chosen)) chosen = item
    }
    if (chosen !== undefined) this.#credits.set(chosen, this.#creditOf(chosen) - total)
    return chosen
  }

  #creditOf(item: Item): number {
    return this.#credits.get(item) ?? 0
  }
}
