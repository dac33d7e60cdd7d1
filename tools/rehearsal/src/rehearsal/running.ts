import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive, markOf, type ProcessMark } from '@cartwright/deploy/mark'
import { cacheFolder } from '@cartwright/local-aws'
import type { Keys, Place } from '../clients/index.ts'

/** Where the running rehearsal is found by other commands. */
export interface Running {
  readonly environment: string
  readonly mark: ProcessMark
  /** Its own API, for who knows the token. */
  readonly control: { readonly url: string; readonly token: string }
  readonly aws: Place & { readonly keys: Keys }
  /** What points Terraform, the AWS CLI and the SDKs at it; a name with `null` is to be taken away. */
  readonly variables: Readonly<Record<string, string | null>>
}

/** The files of a user's rehearsal: there is one at a time. */
export class RehearsalFolder {
  readonly folder: string

  /** @param folder made where it is missing */
  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** This user's. */
  static of(env: NodeJS.ProcessEnv): RehearsalFolder {
    return new RehearsalFolder(path.join(cacheFolder(env), 'rehearsal'))
  }

  /** Held by the emulator as long as it lives. */
  get lock(): string {
    return path.join(this.folder, 'lock')
  }

  /** Everything that goes with the rehearsal. */
  get work(): string {
    return path.join(this.folder, 'work')
  }

  /** For temporary files of the programs that it runs. */
  get temporary(): string {
    return path.join(this.work, 'tmp')
  }

  /** What the last one in the background said. */
  get log(): string {
    return path.join(this.folder, 'rehearsal.log')
  }

  get #file(): string {
    return path.join(this.work, 'running.json')
  }

  /** Says where this process's rehearsal is. */
  write(running: Omit<Running, 'mark'>): void {
    const text = JSON.stringify({ ...running, mark: markOf(process.pid) })
    writeFileSync(this.#file, text, { mode: 0o600 })
  }

  /** The one that runs, if one does. */
  running(): Running | undefined {
    const running = this.#read()
    return running !== undefined && this.isAlive(running) ? running : undefined
  }

  isAlive({ mark }: Running): boolean {
    return isAlive(mark)
  }

  /** Begins anew: what is there was left by one that could not clear away. */
  make(): void {
    this.clear()
    mkdirSync(this.temporary, { recursive: true, mode: 0o700 })
  }

  clear(): void {
    rmSync(this.work, { recursive: true, force: true })
  }

  #read(): Running | undefined {
    try {
      // Written by `write`.
      return JSON.parse(readFileSync(this.#file, 'utf8')) as Running
    } catch {
      return undefined
    }
  }
}
