import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long anything may take here before it counts as never: it usually takes a hundredth of that. */
const PATIENCE = 15_000

/** For what has to see, or to kill, processes that others have started: only on Linux. */
export const testWithProcesses = existsSync('/proc/self/cwd') ? test : test.skip

/**
 * Everything that runs in a folder, whoever started it and however often its parents have changed; ended processes
 * that nobody has collected yet (zombies) do not count. Where there is no /proc (macOS) it finds nothing.
 *
 * @returns command lines by process id
 */
export function processesIn(folder: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const pid of processIds()) {
    try {
      const workingFolder = readlinkSync(`/proc/${pid}/cwd`)
      if (workingFolder !== folder && !workingFolder.startsWith(`${folder}/`)) continue
      found.set(pid, readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim())
    } catch {
      // It has ended between the two looks.
    }
  }
  return found
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Kills what runs in a folder, and what that may have started in the meantime. */
export async function endProcesses(folder: string): Promise<void> {
  await until(() => {
    const left = [...processesIn(folder).keys()]
    for (const pid of left) kill(pid, 'SIGKILL')
    return left.length === 0
  }, `the end of what runs in ${folder}`)
}

/** Sends a signal to a process, or to the group -pid; one that has ended meanwhile does not mind. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has just ended by itself.
  }
}

/** Waits for something that is looked at again and again, such as a file that another process writes. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const start = performance.now(); !condition(); await sleep(10)) {
    if (performance.now() - start > PATIENCE) throw new Error(`waited ${PATIENCE} ms in vain for ${what}`)
  }
}
