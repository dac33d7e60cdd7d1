import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The note that an apply was killed: what it made since it last wrote the state down is in no state. It stays until a
 * deploy has looked for that and come to its end.
 */
export class Unfinished {
  readonly #file: string

  constructor(folder: string) {
    this.#file = path.join(folder, 'unfinished')
  }

  isRemembered(): boolean {
    return existsSync(this.#file)
  }

  remember(): void {
    writeFileSync(this.#file, '')
  }

  forget(): void {
    rmSync(this.#file, { force: true })
  }
}
