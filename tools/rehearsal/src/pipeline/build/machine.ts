import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Guard } from '../../guard/guard.ts'
import { launch } from '../../guard/launch.ts'
import type { Buildspec } from './buildspec.ts'
import { scriptOf, toldBy } from './script.ts'

export interface MachineOptions {
  readonly buildspec: Buildspec
  /** The sources, which it works in; exists. */
  readonly sources: string
  /** An existing folder of the build's, beside the sources. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly guard: Guard
  /** In milliseconds. */
  readonly patience: number
  readonly signal: AbortSignal
  /** Told each line that commands write. */
  readonly hear: (line: string) => void
  /** Told as a command begins. */
  readonly begins: (command: string) => void
}

export interface Ended {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED'
  readonly exported: Readonly<Record<string, string>>
  /** The command that failed, where one did. */
  readonly failed?: string | undefined
}

/** How long programs that are to end may take to do so, in milliseconds. */
const LAST_WORDS = 5_000

/** Runs a buildspec's commands. When they have ended, none of what they started is left, but for what has left their group. */
export async function runCommands(options: MachineOptions): Promise<Ended> {
  const { buildspec, sources, folder, environment, guard, patience, signal, hear, begins } = options
  const mark = randomUUID()
  const script = scriptOf(buildspec, mark, folder)
  const file = path.join(folder, 'commands.sh')
  writeFileSync(file, script.text)
  for (const [number, command] of script.commands.entries())
    writeFileSync(path.join(folder, `command-${number}`), command)
  const program = await launch({
    argv: ['/usr/bin/env', 'bash', file],
    environment,
    folder: sources,
    guard,
    controlGroups: [],
  })
  const exported: Record<string, string> = {}
  let last: string | undefined
  const output = createInterface({ input: program.stdout })
  const listening = async (): Promise<void> => {
    // The shell begins what it tells with a line of its own, in case that the one before has no end.
    let isEmpty = false
    for await (const line of output) {
      const told = toldBy(line, mark)
      if (isEmpty && told === undefined) hear('')
      isEmpty = line === ''
      if (told === undefined) {
        if (!isEmpty) hear(line)
      } else if (told.kind === 'export') exported[told.name] = told.value
      else if (told.kind === 'command') {
        last = script.commands[told.command]
        begins(last ?? '')
      }
    }
  }
  const listened = listening()
  let killing: NodeJS.Timeout | undefined
  let ending: 'TIMED_OUT' | 'STOPPED' | undefined
  const end = (why: 'TIMED_OUT' | 'STOPPED'): void => {
    ending ??= why
    // What it has started in groups of their own, it ends by itself, if it is asked.
    endGroup(program.pid)
    killing ??= setTimeout(() => program.kill(), LAST_WORDS)
  }
  const late = setTimeout(() => end('TIMED_OUT'), patience)
  const stop = (): void => end('STOPPED')
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    const { code } = await program.exited
    // Somebody may hold it open for ever.
    output.close()
    await listened
    program.stdout.destroy()
    const status = ending ?? (code === 0 ? 'SUCCEEDED' : 'FAILED')
    return { status, exported, failed: status === 'SUCCEEDED' ? undefined : last }
  } finally {
    clearTimeout(late)
    clearTimeout(killing)
    signal.removeEventListener('abort', stop)
  }
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGTERM')
  } catch {
    // It has just ended.
  }
}
