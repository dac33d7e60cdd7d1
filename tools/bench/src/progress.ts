/** Tells on standard error what is going on: in place on a terminal, a line each elsewhere. */
export class Progress {
  readonly #steps: number
  #done = 0

  constructor(steps: number) {
    this.#steps = steps
  }

  /** The next step begins. */
  next(what: string): void {
    this.#done += 1
    const text = `${this.#done}/${this.#steps}  ${what}`
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  }

  /** Leaves the terminal's line empty for what comes after. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}
