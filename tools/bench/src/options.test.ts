import { BadOptions, readOptions } from './options.ts'

test('without options a full run is asked for', () => {
  expect(readOptions([])).toEqual({
    rounds: 5,
    seconds: 4,
    warmUpSeconds: 2,
    connections: 64,
    stores: ['sqlite', 'redis', 'dynamodb', 'cached'],
    quick: false,
  })
})

test('a quick run can be varied like a full one', () => {
  const options = readOptions(['--quick', '--rounds', '2', '--json', 'figures.json'])

  expect(options).toMatchObject({ rounds: 2, seconds: 0.4, quick: true, json: 'figures.json' })
})

test('stores can be left out', () => {
  expect(readOptions(['--stores', 'redis,sqlite'])).toMatchObject({ stores: ['redis', 'sqlite'] })
})

test('help is asked for whatever else stands there', () => {
  expect(readOptions(['--rounds', '0', '--help'])).toBe('help')
})

test.each([
  [['--rounds', '0'], '--rounds is "0"; wanted: a whole number from 1 to 9999'],
  [['--connections', '1.5'], '--connections is "1.5"; wanted: a whole number from 1 to 9999'],
  [
    ['--stores', 'redis,mysql'],
    '--stores has "mysql"; wanted: sqlite, redis, dynamodb, cached, separated by commas',
  ],
  [['--seconds', 'long'], '--seconds is "long"; wanted: seconds from 0.1 to 3600'],
])('%j is refused with what is wanted', (args, message) => {
  expect(() => readOptions(args)).toThrow(new BadOptions(message))
})

test('an option that does not exist is refused by name', () => {
  expect(() => readOptions(['--round', '3'])).toThrow(/--round/)
})
