import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BadOptions } from '@cartwright/deploy/program'
import { HELP, readOptions } from './options.ts'

test('an environment is enough: it stays until somebody ends it', () => {
  expect(readOptions(['dev'])).toEqual({
    command: 'rehearse',
    environment: 'dev',
    next: 'stay',
    hasPipeline: false,
    isEmpty: false,
  })
})

test('every option is read', () => {
  expect(readOptions(['dev', '--once'])).toMatchObject({ next: 'leave' })
  expect(readOptions(['dev', '--keep', '--port', '8080'])).toMatchObject({ next: 'keep', port: 8080 })
  expect(readOptions(['dev', '--pipeline', '--empty'])).toMatchObject({ hasPipeline: true, isEmpty: true })
  for (const command of ['status', 'env', 'down']) expect(readOptions([`--${command}`])).toEqual({ command })
  expect(readOptions(['dev', '--help'])).toBe('help')
})

test.each([
  [[], 'no environment is named; wanted: one, such as dev'],
  [['dev', 'staging'], '"staging" is too much; wanted: one environment'],
  [['dev', '--once', '--keep'], '--once leaves and --keep stays; wanted: one of them'],
  [['dev', '--port', '0'], '--port is "0"; wanted: a whole number from 1 to 65535'],
  [['dev', '--down'], '--down stands alone; got "dev --down"'],
  [['--down', '--status'], 'stands alone'],
  [['dev', '--loud'], "Unknown option '--loud'"],
])('%j is not taken', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
  expect(() => readOptions(args)).toThrow(BadOptions)
})

test('the reference tells every option of the help, and no other', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/reference/deploying.md'), 'utf8')
  const [, section = ''] = page.split('### `npm run rehearse`')
  const [table = ''] = section.split(/^##/m)

  const inTable = [...table.matchAll(/^\| `(--\w+)/gm)].map(([, option]) => option)
  const inHelp = [...HELP.matchAll(/^ {2}(--\w+)/gm)].map(([, option]) => option)
  expect(inTable).toEqual(inHelp)
})
