import { parseArgs } from 'node:util'
import { STORE_NAMES, type StoreName } from './stores.ts'

/** What the command line asks for. */
export interface Options {
  /** How often every scenario is measured on every server. */
  readonly rounds: number
  /** How long one measurement lasts, without its warm-up. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Requests under way at once, each on a connection of its own. */
  readonly connections: number
  /** Where the carts are; scenarios with other stores are left out. */
  readonly stores: readonly StoreName[]
  /** A look at whether everything works; its figures say little. */
  readonly quick: boolean
  /** The file that gets all figures as JSON. */
  readonly json?: string
}

/** The command line cannot be understood; the message says what is wrong with it. */
export class BadOptions extends Error {}

const FULL = { rounds: 5, seconds: 4, warmUpSeconds: 2, connections: 64 }
const QUICK = { rounds: 1, seconds: 0.4, warmUpSeconds: 0.2, connections: 64 }

export const HELP = `npm run bench -- [options]

Measures the cart API against bare Express, in turns, each time with a fresh server process.

  --rounds <n>        how often each server is measured in each scenario (${FULL.rounds})
  --seconds <s>       how long one measurement lasts (${FULL.seconds}), after a warm-up of ${FULL.warmUpSeconds} s
  --connections <n>   requests under way at once (${FULL.connections})
  --stores <names>    only with these stores, separated by commas (${STORE_NAMES.join(',')})
  --quick             one short round, to see that it works; leaves "npm start" out
  --json <file>       writes all figures to the file as well
  --help              this text
`

/**
 * @returns `help` when the text above is asked for
 * @throws {BadOptions}
 */
export function readOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args)
  if (values.help === true) return 'help'
  const defaults = values.quick === true ? QUICK : FULL
  return {
    rounds: count('rounds', values.rounds) ?? defaults.rounds,
    seconds: duration('seconds', values.seconds) ?? defaults.seconds,
    warmUpSeconds: defaults.warmUpSeconds,
    connections: count('connections', values.connections) ?? defaults.connections,
    stores: storesIn(values.stores) ?? STORE_NAMES,
    quick: values.quick === true,
    ...(values.json === undefined ? {} : { json: values.json }),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string' },
        stores: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    throw new BadOptions(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new BadOptions(`--${name} is "${text}"; wanted: a whole number from 1 to 9999`)
}

function duration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (value >= 0.1 && value <= 3600) return value
  throw new BadOptions(`--${name} is "${text}"; wanted: seconds from 0.1 to 3600`)
}

function storesIn(text: string | undefined): StoreName[] | undefined {
  return text?.split(',').map((word) => {
    const store = STORE_NAMES.find((name) => name === word)
    if (store !== undefined) return store
    throw new BadOptions(`--stores has "${word}"; wanted: ${STORE_NAMES.join(', ')}, separated by commas`)
  })
}
