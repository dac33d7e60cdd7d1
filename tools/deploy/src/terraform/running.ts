import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, markOf, type ProcessMark, readMark } from '../mark.ts'
import { DeployProblem } from '../problem.ts'
import type { Tell } from '../tell.ts'

/** How long a Terraform that an earlier run left may take to end, in milliseconds. */
const PATIENCE = 10 * 60_000

/**
 * Which Terraform works in a folder. It outlives a killed command, and then ends its work by itself; the file stays when
 * it was killed as well, and tells that the lock that it left is nobody's.
 */
export class RunningFile {
  readonly #file: string

  constructor(folder: string) {
    this.#file = path.join(folder, 'running.json')
  }

  write(pid: number): void {
    writeFileSync(this.#file, JSON.stringify(markOf(pid)))
  }

  remove(): void {
    rmSync(this.#file, { force: true })
  }

  /**
   * Waits until the Terraform of an interrupted run has ended.
   *
   * @returns when it began, in milliseconds since 1970; undefined where there was no such run
   * @throws {DeployProblem} where it does not end
   */
  async settled(tell: Tell): Promise<number | undefined> {
    const mark = this.#read()
    if (mark === undefined) return undefined
    const { pid } = mark
    if (isAlive(mark)) tell(`waiting for the Terraform of an interrupted run (process ${pid})`)
    const end = Date.now() + PATIENCE
    while (isAlive(mark)) {
      if (Date.now() > end) {
        throw new DeployProblem(
          `process ${pid}, the Terraform of an interrupted run, does not end; wanted: its end`,
        )
      }
      await sleep(200)
    }
    // Written when it began, and never changed.
    return statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs
  }

  #read(): ProcessMark | undefined {
    try {
      return readMark(readFileSync(this.#file, 'utf8'))
    } catch {
      // There is none.
      return undefined
    }
  }
}
