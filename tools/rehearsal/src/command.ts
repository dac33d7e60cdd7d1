import { BadOptions } from '@cartwright/deploy/program'
import { RehearsalProblem } from './problem.ts'
import { endOnSignals } from './signals.ts'

export interface Command<Options> {
  /** What its problems begin with. */
  readonly name: string
  readonly help: string
  /** @throws {BadOptions} */
  readonly read: (args: readonly string[]) => Options | 'help'
  /** What is done when it is interrupted, in words. */
  readonly ending: string
}

/** Runs a command that works on the running rehearsal: what its user can mend is told in a line. */
export async function runCommand<Options>(
  { name, help, read, ending }: Command<Options>,
  body: (options: Options, interrupted: AbortSignal) => Promise<void>,
): Promise<void> {
  // Whoever reads what is said may go (`| head`); the command goes on to its end.
  process.stdout.on('error', () => undefined)
  const interrupted = endOnSignals(ending)
  try {
    const options = read(process.argv.slice(2))
    if (options === 'help') console.log(help)
    else await body(options, interrupted)
  } catch (error) {
    if (interrupted.aborted) {
      // Its exit code says so.
    } else if (error instanceof BadOptions) {
      console.error(`${error.message}\n\n${help}`)
      process.exitCode = 2
    } else if (error instanceof RehearsalProblem) {
      console.error(`${name}: ${error.message}`)
      process.exitCode = 1
    } else throw error
  }
}
