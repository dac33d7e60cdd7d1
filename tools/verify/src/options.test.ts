import { FAULTS, faultsFor, STORES } from './faults.ts'
import { MUTANTS } from './mutants/mutants.ts'
import { HELP, readOptions } from './options.ts'

test('without options five runs on SQLite are made, and everything that can go wrong with it does', () => {
  expect(readOptions([])).toEqual({
    store: 'sqlite',
    runs: 5,
    seed: expect.any(Number),
    faults: ['kill', 'stop', 'answers', 'refuse-events'],
    operations: 600,
    processes: 2,
    clients: 8,
  })
})

test('every option is read', () => {
  const words =
    '--store redis --runs 2 --seed 3 --faults kill,cut --operations 4 --processes 5 --clients 6 --json figures.json'

  expect(readOptions([...words.split(' '), '--mutant', 'no-token-in-redis'])).toEqual({
    store: 'redis',
    runs: 2,
    seed: 3,
    faults: ['kill', 'cut'],
    operations: 4,
    processes: 5,
    clients: 6,
    mutant: 'no-token-in-redis',
    json: 'figures.json',
  })
})

test('nothing need go wrong', () => {
  expect(readOptions(['--faults', 'none'])).toMatchObject({ faults: [] })
})

test.each(STORES)('on %s everything can go wrong that its faults are for', (store) => {
  expect(readOptions(['--store', store])).toMatchObject({ faults: faultsFor(store) })
})

test('the help names every option, fault and mutant', () => {
  expect(readOptions(['--help'])).toBe('help')
  const options = [
    'store',
    'runs',
    'seed',
    'faults',
    'operations',
    'processes',
    'clients',
    'mutant',
    'json',
    'help',
  ]
  for (const name of options) expect(HELP).toContain(`  --${name} `)
  for (const name of [...Object.keys(FAULTS), ...Object.keys(MUTANTS)]) expect(HELP).toContain(`\n  ${name} `)
})

test.each(Object.entries(MUTANTS))('what finds the mutant %s can go wrong on its store', (_, { foundOn }) => {
  expect(faultsFor(foundOn.store)).toEqual(expect.arrayContaining([...foundOn.faults]))
})
