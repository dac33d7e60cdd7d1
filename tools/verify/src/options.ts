import { parseArgs } from 'node:util'

import { FAULTS, type FaultName, faultsFor, STORES, type StoreName } from './faults.ts'
import { MUTANTS, type MutantName } from './mutants/mutants.ts'

export interface Options {
  readonly store: StoreName
  readonly runs: number
  readonly seed: number
  readonly faults: readonly FaultName[]
  /** Of each run. */
  readonly operations: number
  readonly processes: number
  readonly clients: number
  /** Which rule of the product is left out. */
  readonly mutant?: MutantName
  /** The file that the figures are written to. */
  readonly json?: string
}

export const HELP = `npm run verify -- [options]

Runs several API processes on one store, lets clients change a few carts at random while things go wrong, and then checks
that everything that anybody was told can be explained: the carts' history is linearizable, each change has its events
delivered and nothing else has any, each key had one effect. What cannot be explained is told in as few operations as
possible. Ends with 1 where something cannot, or where the search for an explanation was given up.

  --store <name>       ${STORES.join(', ')} (sqlite)
  --runs <n>           how many histories (5)
  --seed <n>           of the first run; the next ones count up (by chance)
  --faults <list>      what goes wrong, separated by commas; all or none (all)
  --operations <n>     of each run (600)
  --processes <n>      API processes (2)
  --clients <n>        at the same time (8)
  --mutant <name>      leaves out a rule of the product, to see that it is found; on the store that it is for
  --json <file>        writes the figures of all runs there
  --help               this text

Faults:
${Object.entries(FAULTS)
  .map(
    ([name, { about, stores }]) =>
      `  ${name.padEnd(19)}  ${about}${stores.length === STORES.length ? '' : ` (${stores.join(', ')})`}`,
  )
  .join('\n')}

Mutants:
${Object.entries(MUTANTS)
  .map(([name, { says, foundOn }]) => `  ${name.padEnd(30)}  (${foundOn.store}) ${says}`)
  .join('\n')}
`

/** The command line cannot be used; the message says what is wanted. */
export class BadOptions extends Error {}

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parse(args)
  if (values.help === true) return 'help'
  const store = oneOf('--store', values.store ?? 'sqlite', STORES)
  const mutant = values.mutant === undefined ? undefined : mutantFor(store, values.mutant)
  return {
    store,
    runs: whole('--runs', values.runs ?? '5', 1, 100_000),
    seed: whole('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 0, 2 ** 31),
    faults: faultsOf(values.faults ?? 'all', store),
    operations: whole('--operations', values.operations ?? '600', 1, 20_000),
    processes: whole('--processes', values.processes ?? '2', 1, 8),
    clients: whole('--clients', values.clients ?? '8', 1, 64),
    ...(mutant === undefined ? {} : { mutant }),
    ...(values.json === undefined ? {} : { json: values.json }),
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
          mutant: text,
          json: text,
        },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new BadOptions((error as Error).message)
  }
}

function faultsOf(list: string, store: StoreName): readonly FaultName[] {
  const possible = faultsFor(store)
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

function mutantFor(store: StoreName, name: string): MutantName {
  const mutant = oneOf('--mutant', name, Object.keys(MUTANTS) as MutantName[])
  const { foundOn } = MUTANTS[mutant]
  if (foundOn.store === store) return mutant
  throw new BadOptions(
    `--mutant is "${mutant}", which is one of ${foundOn.store}; wanted: --store ${foundOn.store}`,
  )
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
