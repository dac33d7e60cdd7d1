import { readFileSync } from 'node:fs'

/** Which process something belongs to. Ids come back: after a restart of the machine another one may have it. */
export interface ProcessMark {
  readonly pid: number
  /** When it began, in the kernel's count; undefined where this platform does not tell. */
  readonly began?: string | undefined
}

export function markOf(pid: number): ProcessMark {
  return { pid, began: statOf(pid)?.began }
}

/** Reads what was written as JSON; undefined where it was not written to its end. */
export function readMark(text: string): ProcessMark | undefined {
  try {
    const { pid, began } = JSON.parse(text) as { pid?: unknown; began?: unknown }
    if (typeof pid !== 'number') return undefined
    return { pid, began: typeof began === 'string' ? began : undefined }
  } catch {
    return undefined
  }
}

/** Whether that process has not ended. */
export function isAlive({ pid, began }: ProcessMark): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const stat = statOf(pid)
  if (stat === undefined) return process.platform !== 'linux'
  // One that has ended, which nobody has asked about yet, is there as well.
  return stat.state !== 'Z' && (began === undefined || began === stat.began)
}

/** proc(5): the name may hold anything; state is the 3rd field, the start the 22nd. */
function statOf(pid: number): { readonly state: string; readonly began: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', began: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
