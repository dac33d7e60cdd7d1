import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Whether the process with this id is the one that was started with this word on its command line: ids are used again.
 */
export function isRunning(pid: number, word: string): boolean {
  return commandLine(pid).includes(word)
}

/** Empty for a process that is gone, or that has ended and waits to be collected. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** Ends it: politely, after `patience` milliseconds not. */
export async function end(pid: number, word: string, patience: number): Promise<void> {
  // A stopped process (SIGSTOP) would not hear anything else.
  const signals = ['SIGCONT', 'SIGTERM'] as const
  for (const signal of signals) send(pid, signal)
  for (const began = performance.now(); isRunning(pid, word); await sleep(50)) {
    if (performance.now() - began > patience) send(pid, 'SIGKILL')
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has just ended by itself.
  }
}
