import type { StateBucket } from '../backend/bucket.ts'

/** What is at the end of the note's name, after the state's. */
export const UNFINISHED_ENDING = '.unfinished'

/**
 * The note, beside the state, that an apply is under way. One that is killed leaves it: what it made since it last wrote the
 * state down is in no state. It stays until a deploy, from whichever machine, has looked for that and come to its end.
 */
export class Unfinished {
  readonly #bucket: StateBucket
  readonly #key: string

  constructor(bucket: StateBucket, stateKey: string) {
    this.#bucket = bucket
    this.#key = stateKey + UNFINISHED_ENDING
  }

  async isRemembered(): Promise<boolean> {
    return (await this.#bucket.read(this.#key)) !== undefined
  }

  async remember(): Promise<void> {
    await this.#bucket.write(this.#key, new Date().toISOString())
  }

  async forget(): Promise<void> {
    await this.#bucket.remove(this.#key)
  }
}
