import { BadOptions } from '@cartwright/deploy/program'
import { FORMATS, HELP, readOptions } from './options.ts'

test('nothing has to be said', () => {
  expect(readOptions([])).toEqual({
    from: undefined,
    isComplete: false,
    isStrict: false,
    format: 'table',
    isVerbose: false,
  })
})

test('every option is read', () => {
  expect(readOptions(['--complete', '--strict', '--verbose', '--format', 'sarif'])).toEqual({
    from: undefined,
    isComplete: true,
    isStrict: true,
    format: 'sarif',
    isVerbose: true,
  })
  expect(readOptions(['--from', 'cdktf.out', '--format=json'])).toMatchObject({
    from: 'cdktf.out',
    format: 'json',
  })
})

test.each([
  [['dev'], /Unexpected argument 'dev'/],
  [['--all'], /Unknown option '--all'/],
  [['--from'], /argument missing/],
  [['--format', 'xml'], `--format is "xml"; wanted: ${FORMATS.join(', ')}`],
  [['--format', ''], `--format is ""; wanted: ${FORMATS.join(', ')}`],
  [['--from', 'cdktf.out', '--complete'], '--complete and --from are both given; wanted: one of them'],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
  expect(() => readOptions(args)).toThrow(BadOptions)
})

test('the help tells each option', () => {
  const told = [...HELP.matchAll(/^ {2}--([a-z]+)/gm)].map(([, name]) => name)

  expect(told).toEqual(['complete', 'from', 'strict', 'format', 'verbose', 'help'])
  expect(readOptions(['--help'])).toBe('help')
})
