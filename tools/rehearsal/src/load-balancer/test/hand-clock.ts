import type { Clock } from '../clock.ts'

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  #now = Date.UTC(2026, 10, 21)
  readonly #waiting = new Set<{ readonly at: number; readonly action: () => void }>()

  now(): number {
    return this.#now
  }

  after(milliseconds: number, action: () => void): () => void {
    const entry = { at: this.#now + milliseconds, action }
    this.#waiting.add(entry)
    return () => void this.#waiting.delete(entry)
  }

  /** Lets so many seconds pass, with everything that is due in them; what that sets off is awaited. */
  async pass(seconds: number): Promise<void> {
    const until = this.#now + seconds * 1000
    await settled()
    for (let next = this.#nextUntil(until); next !== undefined; next = this.#nextUntil(until)) {
      this.#waiting.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.action()
      await settled()
    }
    this.#now = until
  }

  #nextUntil(until: number): { readonly at: number; readonly action: () => void } | undefined {
    const due = [...this.#waiting].filter(({ at }) => at <= until)
    return due.sort((one, other) => one.at - other.at)[0]
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
