import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { type Guard, killGroup } from './guard.ts'

export interface Launch {
  /** The program's file and its arguments. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly guard: Guard
  readonly controlGroups: readonly string[]
  readonly openFiles?: { readonly soft: number; readonly hard: number }
}

/** A program in a process group of its own. */
export interface Launched {
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when it has ended and all that it wrote can be read; its group is killed with it, as process 1's would be. */
  readonly exited: Promise<Exit>
  /** To the program alone, as ECS's init passes it on. */
  signal(name: NodeJS.Signals): void
  /** Ends it and all that it has started. */
  kill(): void
}

/** As `docker inspect` tells it: 128 and the signal's number where a signal ended it. */
export interface Exit {
  readonly code: number
}

/** What a program that never started exits with, as a container's does. */
export const NOT_STARTED = 127

/**
 * How long the last lines of an ended program are waited for, in milliseconds: a process that has left its group may hold
 * its output open for ever.
 */
const LAST_LINES = 1_000

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
}

/**
 * Starts a program with exactly this environment. It becomes what it is to be only when the guard watches it: until then
 * it is a shell that waits for a word on descriptor 3, and ends without it.
 *
 *   rehearsal   fork ─ watch ─ (heard) ─ go
 *   shell       waits ──────────────────── enters its control groups ─ exec program
 */
export async function launch(options: Launch): Promise<Launched> {
  const { argv, environment, folder, guard, controlGroups, openFiles } = options
  const child = spawn('/bin/sh', ['-c', gate(controlGroups, openFiles), 'gate', ...argv], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = exitOf(child)
  const { pid } = child
  if (pid === undefined) throw new Error(`no process for ${argv[0]}`, { cause: await exited })
  let isOver = false
  void exited.finally(() => {
    isOver = true
    guard.forgetGroup(pid)
  })
  await guard.watchGroup(pid)
  // Open as long as the fourth entry of stdio says so.
  const go = child.stdio[3] as Writable
  go.on('error', () => undefined)
  go.end(guard.watches ? 'go\n' : '')
  return {
    pid,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    exited,
    signal: (name) => child.kill(name),
    kill: () => {
      // Its number may be somebody else's by now.
      if (!isOver) killGroup(pid)
    },
  }
}

/** A shell adds PWD, and some more, to what it passes on. */
function gate(controlGroups: readonly string[], openFiles: Launch['openFiles']): string {
  return [
    'read -r go <&3 || exit 125',
    'exec 3<&-',
    ...controlGroups.map((folder) => `echo $$ > '${folder}/cgroup.procs' || exit 125`),
    ...(openFiles === undefined
      ? []
      : [
          `ulimit -S -n ${openFiles.soft} 2>/dev/null`,
          `ulimit -H -n ${openFiles.hard} 2>/dev/null`,
          `ulimit -S -n ${openFiles.soft} 2>/dev/null`,
        ]),
    'unset PWD OLDPWD SHLVL go',
    'exec "$@"',
  ].join('\n')
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: NOT_STARTED }))
    child.once('exit', (code, signal) => {
      killGroup(child.pid as number)
      const exit = { code: code ?? 128 + (SIGNALS[signal ?? ''] ?? 0) }
      child.once('close', () => resolve(exit))
      setTimeout(() => resolve(exit), LAST_LINES).unref()
    })
  })
}
