import { BadOptions, parseOptions } from '../program.ts'

export interface Options {
  readonly environment: string
  readonly isYes: boolean
  /** The longest pause between two looks at Redis, in seconds. */
  readonly interval: number
}

export const HELP = `npm run rotate -- <environment> [options]

Gives Redis of the environment a new token, and the secret that the API reads it from. The API goes on meanwhile, and needs no
restart. Takes some minutes; interrupted, the same command goes on where it ended. Of two at once, both do the same
rotation.

  --interval <seconds>   the longest pause between two looks at Redis, 10 unless given
  --yes                  asks nothing
  --help                 this text
`

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parseOptions({
    args: [...args],
    allowPositionals: true,
    options: { interval: { type: 'string' }, yes: flag, help: flag },
  })
  if (values.help === true) return 'help'
  const [environment] = positionals
  if (environment === undefined || positionals.length > 1) {
    throw new BadOptions(`${positionals.length} environments are named; wanted: one`)
  }
  const interval = Number(values.interval ?? 10)
  if (!(interval > 0) || interval > 600) {
    throw new BadOptions(`--interval is ${values.interval}; wanted: seconds, above 0 and at most 600`)
  }
  return { environment, isYes: values.yes === true, interval }
}
