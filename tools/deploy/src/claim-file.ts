import { createHash } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isAlive, type ProcessMark, readMark } from './mark.ts'

/**
 * Makes the file, for this process; who has it removes it. One whose process has ended is replaced, by one process alone:
 *
 *     P                         Q
 *     finds D, which is dead    finds D, which is dead
 *                               has the place behind D, finds D still there, replaces it: works
 *     has the place behind D, finds that D has gone: leaves Q's alone
 *
 * @param holderOf who has a file with this text; undefined where nobody has any more. No two processes write the same.
 * @returns the other one that has it, or is about to; undefined where it is this process's now
 */
export function claimFile<Holder>(
  file: string,
  text: string,
  holderOf: (text: string) => Holder | undefined,
): Holder | undefined {
  const own = `${file}.${process.pid}`
  writeFileSync(own, text, { mode: 0o600 })
  try {
    return take(own, file, holderOf)
  } finally {
    rmSync(own, { force: true })
  }
}

/** The process that a mark is of, if it has not ended. */
export function aliveIn(text: string): ProcessMark | undefined {
  const mark = readMark(text)
  return mark !== undefined && isAlive(mark) ? mark : undefined
}

function take<Holder>(
  own: string,
  file: string,
  holderOf: (text: string) => Holder | undefined,
): Holder | undefined {
  while (!isLinked(own, file)) {
    const found = textOf(file)
    if (found === undefined) continue
    const other = holderOf(found)
    if (other !== undefined) return other
    // Taken like the file itself, as who has it may be killed as well.
    const behind = `${file}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`
    const ahead = take(own, behind, holderOf)
    if (ahead !== undefined) return ahead
    if (textOf(file) === found) {
      // Replaces the dead one and gives the place behind it back, both at once.
      renameSync(behind, file)
      return undefined
    }
    rmSync(behind, { force: true })
  }
  return undefined
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

/** The other one may remove it just then. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
