import { type ParseArgsConfig, parseArgs } from 'node:util'
import { DeployProblem } from './problem.ts'
import type { Tell } from './tell.ts'
import type { Terraform } from './terraform/terraform.ts'

/** The command line cannot be used; the message says what is wanted. */
export class BadOptions extends Error {}

/** @throws {BadOptions} */
export function parseOptions<Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new BadOptions((error as Error).message)
  }
}

/** Two signals within this time are one, in milliseconds. */
export const TWICE = 1000

export interface Program {
  /** What the problems of this program begin with. */
  readonly name: string
  /** Told with a command line that cannot be used. */
  readonly help: string
  readonly tell: Tell
  /** The Terraform that works at the moment. @default none ever does */
  readonly terraform?: () => Terraform | undefined
  /** Lets what is under way come to an end, and says whether anything is. @default nothing ever is */
  readonly interrupt?: () => boolean
}

/**
 * Runs a program to its end: what its user can mend is told in a line, and a signal lets what is under way, such as
 * Terraform, end what it has begun.
 */
export async function run(program: Program, body: () => Promise<void>): Promise<void> {
  // Plans and logs are nobody else's to read.
  process.umask(0o077)
  // Whoever reads what is said may go (`| head`); the work goes on.
  process.stdout.on('error', () => undefined)
  endOnSignals(program)
  try {
    await body()
  } catch (error) {
    if (error instanceof BadOptions) console.error(`${error.message}\n\n${program.help}`)
    else if (error instanceof DeployProblem) console.error(`${program.name}: ${error.message}`)
    // What an AWS SDK throws for an answer of AWS.
    else if (error instanceof Error && '$fault' in error) {
      console.error(`${program.name}: AWS refuses (${error.name}: ${error.message})`)
    } else if (error instanceof Error && isOfSurroundings(error)) {
      console.error(
        `${program.name}: ${error.name}: ${error.message}; wanted: the same command when it is there again`,
      )
    } else throw error
    process.exitCode = 1
  }
}

/** Disks, networks and credentials that were there a moment ago. */
function isOfSurroundings(error: Error): boolean {
  return 'syscall' in error || '$metadata' in error || /Credentials|TimeoutError/.test(error.name)
}

function endOnSignals({ terraform, interrupt, tell }: Program): void {
  let asked: number | undefined
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (interrupt?.() === true) return
      const pid = terraform?.()?.stop()
      if (pid === undefined) process.exit(code)
      // The terminal and npm may both pass it on.
      const now = Date.now()
      if (asked === undefined) tell('ending as soon as Terraform has written down what it did')
      else if (now - asked > TWICE)
        tell(`Terraform (process ${pid}) is still at it: killed, it could not write anything down`)
      asked = now
    })
  }
}
