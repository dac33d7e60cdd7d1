import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type PulledImage, readPulled } from '@cartwright/image'

/** Images that were pulled, each once and by its digest; what is there is whole. */
export class ImageFolder {
  readonly #folder: string
  readonly #pulls = new Map<string, Promise<void>>()

  /** @param folder made where it is missing */
  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** @param pull fills an empty folder with the image, as `pullImage` does, where it is not here yet */
  async find(digest: string, pull: (folder: string) => Promise<unknown>): Promise<PulledImage> {
    const own = path.join(this.#folder, digest.replace(':', '-'))
    // Tasks that start together wait for the same pull.
    const pulling = this.#pulls.get(digest) ?? this.#pull(own, pull)
    this.#pulls.set(digest, pulling)
    try {
      await pulling
    } finally {
      this.#pulls.delete(digest)
    }
    return readPulled(own)
  }

  async #pull(own: string, pull: (folder: string) => Promise<unknown>): Promise<void> {
    if (existsSync(own)) return
    const unfinished = mkdtempSync(`${own}.`)
    try {
      await pull(unfinished)
      renameSync(unfinished, own)
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true })
      throw error
    }
  }
}
