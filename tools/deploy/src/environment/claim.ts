import { rmSync } from 'node:fs'
import path from 'node:path'
import { aliveIn, claimFile } from '../claim-file.ts'
import { markOf } from '../mark.ts'
import { DeployProblem } from '../problem.ts'

/**
 * Takes the stack's folder for this process: two commands at once would apply each other's plan. One that was killed
 * holds nothing.
 *
 * @returns gives it back
 * @throws {DeployProblem} where another one has it
 */
export function claim(folder: string): () => void {
  const file = path.join(folder, 'command.json')
  const other = claimFile(file, JSON.stringify(markOf(process.pid)), aliveIn)
  if (other !== undefined) {
    throw new DeployProblem(`process ${other.pid} works in ${folder} at the moment; wanted: its end`)
  }
  return () => rmSync(file, { force: true })
}
