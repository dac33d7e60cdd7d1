import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DeployProblem } from '../problem.ts'
import { isAlive } from '../terraform/running.ts'

/**
 * Takes the stack's folder for this process: two commands at once would apply each other's plan. One that was killed
 * holds nothing.
 *
 * @returns gives it back
 * @throws {DeployProblem} where another one has it
 */
export function claim(folder: string): () => void {
  const file = path.join(folder, 'command.pid')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const pid = Number(readFileSync(file, 'utf8'))
    if (pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new DeployProblem(`process ${pid} works in ${folder} at the moment; wanted: its end`)
    }
    rmSync(file, { force: true })
  }
}
