import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive, markOf, type ProcessMark, readMark } from '../mark.ts'
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
  const own = path.join(folder, `command-${process.pid}.json`)
  writeFileSync(own, JSON.stringify(markOf(process.pid)))
  try {
    while (!isLinked(own, file)) {
      const mark = heldBy(file)
      if (mark !== undefined && isAlive(mark)) {
        throw new DeployProblem(`process ${mark.pid} works in ${folder} at the moment; wanted: its end`)
      }
      rmSync(file, { force: true })
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(file, { force: true })
}

/** The other one may end just then. */
function heldBy(file: string): ProcessMark | undefined {
  try {
    return readMark(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whole at once: a file that is half written would be taken for one of a killed process. */
function isLinked(own: string, file: string): boolean {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
