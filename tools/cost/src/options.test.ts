import { readOptions, TRAFFIC } from './options.ts'

const DEFAULTS = {
  environments: [],
  traffic: TRAFFIC,
  from: undefined,
  isComplete: false,
  isJson: false,
  isVerbose: false,
}

test('without anything it is every environment', () => {
  expect(readOptions([])).toEqual(DEFAULTS)
})

test('environments, traffic and switches', () => {
  expect(readOptions(['prod', 'dev', '--traffic', '0.5', '--json', '--verbose', '--complete'])).toEqual({
    ...DEFAULTS,
    environments: ['prod', 'dev'],
    traffic: 0.5,
    isComplete: true,
    isJson: true,
    isVerbose: true,
  })
  expect(readOptions(['--from', 'cdktf.out'])).toEqual({ ...DEFAULTS, from: 'cdktf.out' })
  expect(readOptions(['prod', '--help'])).toBe('help')
})

test.each([
  [['--traffic', 'much'], '--traffic is "much"; wanted: requests a second, such as 50 or 0.5'],
  [['--traffic', ''], '--traffic is ""; wanted'],
  [['--from', 'x', '--complete'], '--complete and --from are both given; wanted: one of them'],
  [['--cheap'], "Unknown option '--cheap'"],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})
