import { parseArgs } from 'node:util'

export const STORES = ['sqlite', 'redis', 'dynamodb'] as const
export type StoreName = (typeof STORES)[number]

/** What can go wrong while a run goes on, and with which stores. */
export const FAULTS = {
  kill: { about: 'an API process is killed and started again', stores: STORES },
  stop: { about: 'an API process stands still for a while (SIGSTOP, SIGCONT)', stores: STORES },
  lost: { about: "the store's answers are lost on their way to one process", stores: ['redis', 'dynamodb'] },
  slow: { about: 'the store answers one process late', stores: ['redis', 'dynamodb'] },
  cut: { about: 'the connections of one process to the store are cut', stores: ['redis'] },
  throttle: { about: 'the store asks one process for less', stores: ['dynamodb'] },
  conflict: { about: 'transactions of one process meet others', stores: ['dynamodb'] },
  restart: { about: 'the store is killed and started again (appendfsync always)', stores: ['redis'] },
} as const satisfies Record<string, { about: string; stores: readonly StoreName[] }>
export type FaultName = keyof typeof FAULTS

export interface Options {
  readonly store: StoreName
  readonly runs: number
  readonly seed: number
  readonly faults: readonly FaultName[]
  /** Of each run. */
  readonly operations: number
  readonly processes: number
  readonly clients: number
}

export const HELP = `npm run verify -- [options]

Runs several API processes on one store, lets clients change a few carts at random while things go wrong, and then checks
that everything that anybody was told can be explained: each cart's history is linearizable, each change has its event and
nothing else has one, each key had one effect.

  --store <name>       ${STORES.join(', ')} (sqlite)
  --runs <n>           how many histories (5)
  --seed <n>           of the first run; the next ones count up (by chance)
  --faults <list>      what goes wrong, separated by commas; all or none (all)
  --operations <n>     of each run (600)
  --processes <n>      API processes (2)
  --clients <n>        at the same time (8)
  --help               this text

Faults:
${Object.entries(FAULTS)
  .map(
    ([name, { about, stores }]) =>
      `  ${name.padEnd(19)}  ${about}${stores.length === STORES.length ? '' : ` (${stores.join(', ')})`}`,
  )
  .join('\n')}
`

/** The command line cannot be used; the message says what is wanted. */
export class BadOptions extends Error {}

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parse(args)
  if (values.help === true) return 'help'
  const store = oneOf('--store', values.store ?? 'sqlite', STORES)
  const possible = (Object.keys(FAULTS) as FaultName[]).filter((name) => isFor(name, store))
  return {
    store,
    runs: whole('--runs', values.runs ?? '5', 1, 100_000),
    seed: whole('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 0, 2 ** 31),
    faults: faultsOf(values.faults ?? 'all', store, possible),
    operations: whole('--operations', values.operations ?? '600', 1, 20_000),
    processes: whole('--processes', values.processes ?? '2', 1, 8),
    clients: whole('--clients', values.clients ?? '8', 1, 64),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{
          store: text,
          runs: text,
          seed: text,
          faults: text,
          operations: text,
          processes: text,
          clients: text,
        },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new BadOptions((error as Error).message)
  }
}

function faultsOf(list: string, store: StoreName, possible: readonly FaultName[]): readonly FaultName[] {
  if (list === 'all') return possible
  if (list === 'none') return []
  return list.split(',').map((word) => {
    const fault = oneOf('--faults', word.trim(), Object.keys(FAULTS) as FaultName[])
    if (!possible.includes(fault)) {
      throw new BadOptions(
        `--faults has "${fault}", which ${store} cannot have; wanted: ${possible.join(', ')}`,
      )
    }
    return fault
  })
}

function isFor(fault: FaultName, store: StoreName): boolean {
  return (FAULTS[fault].stores as readonly StoreName[]).includes(store)
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new BadOptions(`${name} is "${value}"; wanted: ${words.join(', ')}`)
  return found
}

function whole(name: string, value: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw new BadOptions(`${name} is "${value}"; wanted: a whole number from ${min} to ${max}`)
}
