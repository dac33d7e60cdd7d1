import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BadOptions } from '@cartwright/deploy/program'
import { HELP, readOptions } from './options.ts'

test('an environment is enough: what is committed last is pushed', () => {
  expect(readOptions(['dev'])).toEqual({
    environment: 'dev',
    revision: undefined,
    answer: 'wait',
    nodeImage: undefined,
    isVerbose: false,
  })
})

test('every option is read', () => {
  expect(readOptions(['dev', '--commit', 'main', '--verbose', '--node-image', 'node:24'])).toMatchObject({
    revision: 'main',
    isVerbose: true,
    nodeImage: 'node:24',
  })
  expect(readOptions(['prod', '--approve'])).toMatchObject({ answer: 'approve' })
  expect(readOptions(['prod', '--reject'])).toMatchObject({ answer: 'reject' })
  expect(readOptions(['--help'])).toBe('help')
})

test.each([
  [[], 'no environment is named; wanted: one, such as dev'],
  [['dev', 'staging'], '"staging" is too much; wanted: one environment'],
  [['dev', '--approve', '--reject'], 'wanted: one of them'],
  [['dev', '--approve', '--commit', 'HEAD'], 'wanted: no --commit'],
  [['dev', '--loud'], "Unknown option '--loud'"],
])('%j is not taken', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
  expect(() => readOptions(args)).toThrow(BadOptions)
})

test('the reference tells every option of the help, and no other', () => {
  const page = readFileSync(
    path.resolve(import.meta.dirname, '../../../../docs/reference/deploying.md'),
    'utf8',
  )
  const [, section = ''] = page.split('### `npm run pipeline`')
  const [table = ''] = section.split(/^##/m)

  const inTable = [...table.matchAll(/^\| `(--.*?)` \|/gm)].map(([, option]) => option)
  const inHelp = [...HELP.matchAll(/^ {2}(--\S+(?: <\w+>)?) /gm)].map(([, option]) => option)
  expect(inTable).toEqual(inHelp)
})
