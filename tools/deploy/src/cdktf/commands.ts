import { DeployProblem } from '../problem.ts'

/** What is done to a stack's state, and so needs the account that holds it; with the CLI's second names. */
const ON_STATES = ['deploy', 'apply', 'destroy', 'diff', 'plan', 'output', 'outputs', 'watch']
const OTHERS = ['list', 'synth', 'synthesize', 'debug', 'login', 'completion']
/** For new projects, other languages and providers without a package: what they need is not installed (pnpm-workspace.yaml). */
const LEFT_OUT = ['convert', 'get', 'init', 'provider']

/** What a command line asks of us before the CLI gets it. */
export interface Command {
  /** Whether it reads or changes states. */
  readonly isOnStates: boolean
  /** All that follows the command; names of stacks are among it. */
  readonly args: readonly string[]
}

/**
 * Reads no more of the command line than has to be known here; the CLI judges it.
 *
 * @throws {DeployProblem} for a command that is left out
 */
export function readCommand(args: readonly string[]): Command {
  const at = args.findIndex((arg) => [...ON_STATES, ...OTHERS, ...LEFT_OUT].includes(arg))
  const name = args[at] ?? ''
  if (LEFT_OUT.includes(name)) {
    throw new DeployProblem(
      `"${name}" is left out of this installation, as nothing here needs it; wanted: npx cdktf-cli@0.21.0 ${args.join(' ')}`,
    )
  }
  const isHelp = args.some((arg) => ['--help', '-h', '--version'].includes(arg))
  return { isOnStates: ON_STATES.includes(name) && !isHelp, args: args.slice(at + 1) }
}
