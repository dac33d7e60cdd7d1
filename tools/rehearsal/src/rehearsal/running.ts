import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { claimFile } from '@cartwright/deploy/claim-file'
import { isAlive, markOf, type ProcessMark } from '@cartwright/deploy/mark'
import { stateFolder } from '@cartwright/local-aws'
import type { Keys, Place } from '../clients/index.ts'
import { RehearsalProblem } from '../problem.ts'

/** Whose the folder is at the moment. */
export interface Claim {
  readonly environment: string
  readonly mark: ProcessMark
}

/** Where the running rehearsal is found by other commands. */
export interface Running extends Claim {
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
    return new RehearsalFolder(path.join(stateFolder(env), 'rehearsal'))
  }

  /** Everything that goes with this process's rehearsal. Its own: the guard of one that was killed may still be clearing. */
  get work(): string {
    return this.#workOf(process.pid)
  }

  /** For temporary files, also of the programs that it runs. */
  get temporary(): string {
    return path.join(this.work, 'tmp')
  }

  /** What the last one in the background said. */
  get log(): string {
    return path.join(this.folder, 'rehearsal.log')
  }

  get #file(): string {
    return path.join(this.folder, 'running.json')
  }

  /**
   * Takes the folder for this process, and removes what others have left.
   *
   * @throws {RehearsalProblem} where another one has it
   */
  claim(environment: string): void {
    const own: Claim = { environment, mark: markOf(process.pid) }
    const other = claimFile(this.#file, JSON.stringify(own), claimIn)
    if (other !== undefined) throw runsAlready(other)
    this.clear()
    mkdirSync(this.temporary, { recursive: true, mode: 0o700 })
  }

  /** Says where this process's rehearsal is. */
  write(running: Omit<Running, 'mark'>): void {
    renameSync(this.#written({ ...running, mark: markOf(process.pid) }), this.#file)
  }

  /** Gives it back. */
  release(): void {
    rmSync(this.work, { recursive: true, force: true })
    rmSync(this.#file, { force: true })
  }

  /** Who has it, also one that has only begun. */
  claimed(): Claim | undefined {
    try {
      return claimIn(readFileSync(this.#file, 'utf8'))
    } catch {
      return undefined
    }
  }

  /** The one that runs, if one does. */
  running(): Running | undefined {
    const claimed = this.claimed()
    // It says more as soon as there is more.
    return claimed !== undefined && 'control' in claimed ? (claimed as Running) : undefined
  }

  /** Whether a process still works, or its guard still clears away. */
  isThere({ mark }: Claim): boolean {
    return isAlive(mark) || readdirSync(this.folder).includes(path.basename(this.#workOf(mark.pid)))
  }

  /** Removes the claim of a process that was killed before it could; one that another has written since stays. */
  forget({ mark }: Claim): void {
    try {
      // Written by this class.
      const left = JSON.parse(readFileSync(this.#file, 'utf8')) as Claim
      if (isDeepStrictEqual(left.mark, mark)) rmSync(this.#file, { force: true })
    } catch {
      // It is gone, or nobody's that can be read.
    }
  }

  /** Removes what a crash has left, where nobody has the folder. */
  tidy(): void {
    rmSync(this.#file, { force: true })
    this.clear()
  }

  /** Removes what rehearsals have left: nobody has the folder, or this process. */
  clear(): void {
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith('work-')) rmSync(path.join(this.folder, name), { recursive: true, force: true })
    }
  }

  #workOf(pid: number): string {
    return path.join(this.folder, `work-${pid}`)
  }

  /** Whole or not at all, as somebody may be reading. */
  #written(claim: Claim): string {
    const file = path.join(this.folder, `running-${process.pid}.json`)
    writeFileSync(file, JSON.stringify(claim), { mode: 0o600 })
    return file
  }
}

/** What a process that has not ended wrote. */
function claimIn(text: string): Claim | undefined {
  try {
    // Written by this class.
    const claim = JSON.parse(text) as Claim
    return isAlive(claim.mark) ? claim : undefined
  } catch {
    return undefined
  }
}

export function runsAlready({ environment, mark }: Claim): RehearsalProblem {
  return new RehearsalProblem(
    `a rehearsal of ${environment} runs already (process ${mark.pid}); end it first: npm run rehearse -- --down`,
  )
}
