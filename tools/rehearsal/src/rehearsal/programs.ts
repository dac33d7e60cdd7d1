import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Guard } from '../guard/guard.ts'
import { launch } from '../guard/launch.ts'
import { RehearsalProblem } from '../problem.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')

/** What people type after `npm run`. */
const PROGRAMS = {
  bootstrap: ['tools/deploy/src/bootstrap/main.ts', '--yes'],
  deploy: ['tools/deploy/src/environment/main.ts', 'deploy', '--yes'],
  diff: ['tools/deploy/src/environment/main.ts', 'diff', '--exit-code'],
  destroy: ['tools/deploy/src/environment/main.ts', 'destroy', '--yes'],
} as const
export type ProgramName = keyof typeof PROGRAMS

export interface Programs {
  readonly guard: Guard
  readonly environment: NodeJS.ProcessEnv
  /** An existing one that goes with the rehearsal: a Terraform that is killed leaves the sockets of its plugins. */
  readonly temporary: string
  /** Kills the program that runs. */
  readonly signal: AbortSignal
}

/**
 * Runs one of the deploy commands as its user would.
 *
 * @throws {RehearsalProblem} with what it said, where it fails
 */
export async function runProgram(
  { guard, environment, temporary, signal }: Programs,
  name: ProgramName,
  args: readonly string[],
  note: (line: string) => void,
): Promise<void> {
  const [file, ...given] = PROGRAMS[name]
  signal.throwIfAborted()
  const program = await launch({
    argv: [process.execPath, path.join(ROOT, file), ...given, ...args],
    // Names without a value are taken away.
    environment: Object.fromEntries(
      Object.entries({ ...environment, TMPDIR: temporary }).filter(
        (one): one is [string, string] => one[1] !== undefined,
      ),
    ),
    folder: ROOT,
    guard,
    controlGroups: [],
  })
  signal.addEventListener('abort', program.kill)
  if (signal.aborted) program.kill()
  const said: string[] = []
  for (const input of [program.stdout, program.stderr]) {
    createInterface({ input }).on('line', (line) => {
      said.push(line)
      note(line)
    })
  }
  const { code } = await program.exited
  signal.removeEventListener('abort', program.kill)
  signal.throwIfAborted()
  if (code !== 0) {
    throw new RehearsalProblem(
      `npm run ${name} -- ${args.join(' ')} failed (exit code ${code}):\n${said.join('\n')}`,
    )
  }
}
