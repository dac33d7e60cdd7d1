import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { STORES, type StoreName } from './faults.ts'
import { MUTANTS, type MutantName } from './mutants/mutants.ts'
import { type Options, readOptions } from './options.ts'
import { run } from './run.ts'

const RUNS = 3
/** So many are tried until so many are decided. */
const MOST = 6

describe.each(STORES)('%s', (store) => {
  test(`${RUNS} histories under faults can be explained`, async () => {
    const options = optionsFor(store)
    const results = []
    for (let seed = options.seed; results.length < RUNS && seed < options.seed + MOST; seed += 1) {
      const result = await run(options, seed)
      expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] })
      // Where the machine is slow more requests stay without an answer, and the search may give up: that shows nothing.
      if (!result.isUndecided) results.push(result)
    }

    expect(results).toHaveLength(RUNS)
    // Something has been shown: requests got through, and something went wrong meanwhile.
    for (const { answered } of results) expect(answered).toBeGreaterThan(options.operations / 2)
    expect(results.flatMap(({ faults }) => Object.values(faults)).length).toBeGreaterThan(0)
  }, 300_000)
})

describe('within 20 seeds the checker finds', () => {
  test.each(Object.entries(MUTANTS).map(([name, { says }]) => [name as MutantName, says] as const))(
    '%s: %s',
    async (mutant) => {
      const { store, faults, operations } = MUTANTS[mutant].foundOn
      const options = { ...optionsFor(store), faults, operations, mutant }
      let found: readonly string[] = []
      for (let seed = options.seed; seed < options.seed + 20 && found.length === 0; seed += 1) {
        found = (await run(options, seed)).violations
      }

      expect(found).not.toEqual([])
    },
    300_000,
  )
})

test.each([
  [['--store', 'mysql'], '--store is "mysql"; wanted: sqlite, redis, dynamodb'],
  [['--runs', 'many'], '--runs is "many"; wanted: a whole number from 1 to 100000'],
  [
    ['--faults', 'kill,lost'],
    '--faults has "lost", which sqlite cannot have; wanted: kill, stop, answers, refuse-events',
  ],
  [
    ['--mutant', 'no-outbox-row'],
    '--mutant is "no-outbox-row", which is one of dynamodb; wanted: --store dynamodb',
  ],
  [['--speed'], "Unknown option '--speed'"],
])('npm run verify -- %j says what is wanted, then the help', async (args, message) => {
  const failure = await promisify(execFile)(process.execPath, [
    path.join(import.meta.dirname, 'main.ts'),
    ...args,
  ]).catch((error: unknown) => error)

  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining(message) })
  expect(failure).toMatchObject({ stderr: expect.stringContaining('npm run verify -- [options]') })
})

function optionsFor(store: StoreName): Options {
  const options = readOptions(['--store', store])
  if (options === 'help') throw new Error('the help was not asked for')
  return options
}
