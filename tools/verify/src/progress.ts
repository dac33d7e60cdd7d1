/** How often a line is written where nothing can be rewritten in place, in milliseconds. */
const SPARSE = 30_000

/** Tells on standard error how far it is: in place on a terminal, a line now and then elsewhere. */
export class Progress {
  #quietUntil = performance.now() + SPARSE

  tell(text: string): void {
    if (process.stderr.isTTY) {
      // No longer than the line: what wraps cannot be rewritten.
      process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
    } else if (performance.now() > this.#quietUntil) {
      this.#quietUntil = performance.now() + SPARSE
      process.stderr.write(`${text}\n`)
    }
  }

  /** Leaves the terminal's line empty for what comes after. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}
