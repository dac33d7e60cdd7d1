import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/** Folders that one build of a project leaves to the next. Here they are moved; CodeBuild packs them into the bucket. */
export class BuildCache {
  readonly #folder: string

  /** @param folder the project's, on the disk that builds are on */
  constructor(folder: string) {
    this.#folder = folder
  }

  restore(sources: string, cached: readonly string[]): void {
    for (const name of cached) move(path.join(this.#folder, name), path.join(sources, name))
  }

  keep(sources: string, cached: readonly string[]): void {
    for (const name of cached) move(path.join(sources, name), path.join(this.#folder, name))
  }
}

function move(from: string, to: string): void {
  if (!existsSync(from)) return
  rmSync(to, { recursive: true, force: true })
  mkdirSync(path.dirname(to), { recursive: true })
  renameSync(from, to)
}
