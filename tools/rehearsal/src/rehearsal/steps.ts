/** A step that is over. */
export interface Step {
  readonly name: string
  readonly milliseconds: number
}

/** What is done one after the other, told as it happens, with the time that each took. */
export class Steps {
  readonly #tell: (line: string) => void
  readonly #done: Step[] = []
  readonly #began = performance.now()

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  /** Since the first of them began, and what lay between them, too. */
  tellElapsed(what: string): void {
    this.#tell(`${what}: ${shownTime(performance.now() - this.#began)}`)
  }

  get done(): readonly Step[] {
    return this.#done
  }

  /** @param body tells by `note` what happens meanwhile */
  async run<T>(name: string, body: (note: (line: string) => void) => Promise<T>): Promise<T> {
    this.#tell(`${name} …`)
    const began = performance.now()
    const result = await body((line) => this.#tell(`  ${line}`))
    const milliseconds = performance.now() - began
    this.#done.push({ name, milliseconds })
    this.#tell(`${name}: ${shownTime(milliseconds)}`)
    return result
  }
}

/** @returns `0.4 s`, `1 min 20 s` */
export function shownTime(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
