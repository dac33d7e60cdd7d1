/** Numbers that look random and are the same for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0, `below` excluded. */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** One of them. */
  of<const Values extends readonly unknown[]>(values: Values): Values[number] {
    if (values.length === 0) throw new Error('got no values; wanted: at least one')
    return values[this.below(values.length)]
  }
}
