import { parseArgs } from 'node:util'
import { SETTINGS } from './settings.ts'

export type Command = 'up' | 'down' | 'status' | 'env'

export interface Options {
  readonly command: Command
  /** With `up` alone. */
  readonly port?: number
}

const COMMANDS: Readonly<Record<Command, string>> = {
  up: 'starts it in the background, unless it runs, and tells where',
  down: 'ends it; all that was made in it is gone',
  status: 'tells whether it runs and where; ends with 1 where it does not',
  env: 'prints what points a shell at it: eval "$(npm run -s aws -- env)"',
}

export const HELP = `npm run aws -- <command> [options]

An AWS on this machine, for Terraform, the AWS CLI and the SDKs: moto's server with gaps closed. It keeps everything
in memory and listens on loopback only.

${Object.entries(COMMANDS)
  .map(([name, does]) => `  ${name.padEnd(14)}  ${does}`)
  .join('\n')}

  --port <n>      with up: the port; a free one unless given
  --help          this text

Variables, for what is not found by itself:
${Object.entries(SETTINGS)
  .map(([name, means]) => `  ${name.padEnd(27)}  ${means}`)
  .join('\n')}
`

/** The command line cannot be used; the message says what is wanted. */
export class BadOptions extends Error {}

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const [command, ...more] = positionals
  if (command === undefined || !isCommand(command) || more.length > 0) {
    throw new BadOptions(`got "${positionals.join(' ')}"; wanted: one of ${Object.keys(COMMANDS).join(', ')}`)
  }
  if (values.port === undefined) return { command }
  if (command !== 'up') throw new BadOptions(`--port is for up, not for ${command}`)
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
  if (port >= 1 && port <= 65_535) return { command, port }
  throw new BadOptions(`--port is "${values.port}"; wanted: a whole number from 1 to 65535`)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { port: { type: 'string' }, help: { type: 'boolean' } },
    })
  } catch (error) {
    throw new BadOptions((error as Error).message)
  }
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word)
}
