import { readFileSync } from 'node:fs'
import path from 'node:path'

/** What a container of an image runs. */
export interface Image {
  readonly entryPoint: readonly string[]
  readonly command: readonly string[]
  /** The image's `ENV`. */
  readonly environment: Readonly<Record<string, string>>
  /** Where it works: `WORKDIR`. */
  readonly folder: string
  /** What can be run in it, by name, and where that is on this machine. A shell, too, only where it is named: `sh`. */
  readonly programs: Readonly<Record<string, string>>
}

/** Finds what stands for an image here. */
export interface Images {
  /** @param reference `repository:tag` or `repository@sha256:…`; nothing where there is none */
  resolve(reference: string): Promise<Image | undefined> | Image | undefined
}

/**
 * Images as folders. `index.json` says which folder stands for a reference, as in
 * `{ "…/cartwright-dev@sha256:1f…": "1f" }`; the folder holds a server bundle, `main.js`, and in `image.json` what else its
 * Dockerfile would say: `{ "environment": { "RELEASE": "1f" } }`. Everything is read again each time, so that what is
 * pushed while a rehearsal runs is found.
 */
export function folderOfImages(folder: string): Images {
  return {
    resolve(reference) {
      const name = readJson(path.join(folder, 'index.json'))?.[reference]
      if (typeof name !== 'string') return undefined
      const own = path.join(folder, name)
      return {
        entryPoint: [],
        command: ['node', path.join(own, 'main.js')],
        environment: stringsOf(readJson(path.join(own, 'image.json'))?.['environment']),
        folder: own,
        programs: { node: process.execPath },
      }
    },
  }
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isRecord(read) ? read : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function stringsOf(read: unknown): Readonly<Record<string, string>> {
  return isRecord(read)
    ? Object.fromEntries(
        Object.entries(read).filter((one): one is [string, string] => typeof one[1] === 'string'),
      )
    : {}
}

function isRecord(read: unknown): read is Record<string, unknown> {
  return typeof read === 'object' && read !== null && !Array.isArray(read)
}
