import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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
    writeFileSync(this.#file, JSON.stringify({ pid }))
  }

  remove(): void {
    rmSync(this.#file, { force: true })
  }

  /**
   * Waits until the Terraform of an interrupted run has ended.
   *
   * @returns whether there was such a run
   * @throws {DeployProblem} where it does not end
   */
  async settled(tell: Tell): Promise<boolean> {
    const pid = this.#read()
    if (pid === undefined) return false
    if (isAlive(pid)) tell(`waiting for the Terraform of an interrupted run (process ${pid})`)
    const end = Date.now() + PATIENCE
    while (isAlive(pid)) {
      if (Date.now() > end) {
        throw new DeployProblem(
          `process ${pid}, the Terraform of an interrupted run, does not end; wanted: its end`,
        )
      }
      await sleep(200)
    }
    return true
  }

  #read(): number | undefined {
    try {
      const { pid } = JSON.parse(readFileSync(this.#file, 'utf8')) as { pid?: unknown }
      return typeof pid === 'number' ? pid : undefined
    } catch {
      // There is none, or the run was killed while it wrote it.
      return undefined
    }
  }
}

/** Whether there is a process of this id that has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  try {
    // One that has ended, which nobody has asked about yet, is there as well.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}
