import { BadOptions, parseOptions } from '@cartwright/deploy/program'

export interface Options {
  /** @default every environment */
  readonly environments: readonly string[]
  /** Requests a second, all month. */
  readonly traffic: number
  /** A folder of synthesised stacks. @default the stacks of this repository */
  readonly from: string | undefined
  readonly isComplete: boolean
  readonly isJson: boolean
  readonly isVerbose: boolean
}

/** Requests a second, where nobody says how many. */
export const TRAFFIC = 10

export const HELP = `npm run cost [-- [<environment>…] [<options>]]

What a month costs, in US dollars: the fixed part and what requests add, for each part of every environment, side by side; the
ten dearest things of each; and what could be saved, with what that gives up. Prices are AWS's list prices in a dated table of this
repository; quantities stand in the synthesised stacks. Needs no account.

  --traffic <n>      requests a second, all month; ${TRAFFIC} unless given
  --complete         with all that a user may give: a domain, an e-mail address and a pipeline in every environment
  --from <folder>    what cdktf synth wrote into this folder, instead of this repository's stacks; without what could be saved
  --verbose          also every thing that costs, and every assumption
  --json             one document instead of tables
  --help             this text

What an environment cannot be deployed without is made up where nobody gave it. Prices and assumptions: docs/reference/cost.md.
`

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parseOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      traffic: { type: 'string' },
      complete: { type: 'boolean' },
      from: { type: 'string' },
      verbose: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return 'help'
  if (values.from !== undefined && values.complete === true)
    throw new BadOptions('--complete and --from are both given; wanted: one of them')
  return {
    environments: positionals,
    traffic: trafficIn(values.traffic),
    from: values.from,
    isComplete: values.complete === true,
    isJson: values.json === true,
    isVerbose: values.verbose === true,
  }
}

function trafficIn(text: string | undefined): number {
  if (text === undefined) return TRAFFIC
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new BadOptions(`--traffic is "${text}"; wanted: requests a second, such as 50 or 0.5`)
}
