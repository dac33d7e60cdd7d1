import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BadOptions } from '@cartwright/deploy/program'
import { COMMANDS, HELPS, readOptions } from './options.ts'

test('an environment is enough for a release and for a rollback', () => {
  expect(readOptions('release', ['dev'])).toEqual({
    command: 'release',
    environment: 'dev',
    tag: undefined,
    nodeImage: undefined,
    despiteFindings: false,
    despiteArchitecture: false,
    despiteAlarms: false,
    isYes: false,
  })
  expect(readOptions('rollback', ['dev'])).toMatchObject({ environment: 'dev', tag: undefined, isYes: false })
})

test('a promotion names two', () => {
  expect(readOptions('promote', ['staging', 'prod', '--from-profile', 'shop-staging', '--yes'])).toEqual({
    command: 'promote',
    from: 'staging',
    environment: 'prod',
    fromProfile: 'shop-staging',
    despiteAlarms: false,
    isYes: true,
  })
})

test('an image is named by its tag', () => {
  expect(readOptions('release', ['dev', '--tag', '0123abc'])).toMatchObject({ tag: '0123abc' })
  expect(readOptions('rollback', ['dev', '0123abc'])).toMatchObject({ tag: '0123abc' })
})

test.each([
  ['release', [], 'no environment is named; wanted: one, such as dev'],
  ['release', ['dev', '0123abc'], '"0123abc" is too much; wanted: one word'],
  ['release', ['dev', '--tag', 'no/tag'], '--tag is "no/tag"; wanted: at most 128 letters'],
  ['release', ['dev', '--from-profile', 'it'], 'release takes no --from-profile'],
  ['rollback', ['dev', 'a', 'b'], '"b" is too much; wanted: two words'],
  ['rollback', ['dev', '--despite-findings'], 'rollback takes no --despite-findings'],
  ['promote', ['staging'], 'one environment is named; wanted: two, such as staging prod'],
  ['promote', ['staging', 'prod', '--force'], /Unknown option '--force'/],
] as const)('%s %j is refused', (command, args, message) => {
  expect(() => readOptions(command, args)).toThrow(message)
  expect(() => readOptions(command, args)).toThrow(BadOptions)
})

describe.each(COMMANDS)('the help of %s', (command) => {
  const told = [...HELPS[command].matchAll(/^ {2}(--\S+(?: <\w+>)?) /gm)].map(([, option = '']) => option)

  test('tells each option that it takes', () => {
    const names = command === 'promote' ? ['staging', 'prod'] : ['dev']

    expect(told.length).toBeGreaterThan(1)
    for (const option of told) {
      const [name = '', value] = option.split(' ')
      expect(() =>
        readOptions(command, [...names, name, ...(value === undefined ? [] : ['word'])]),
      ).not.toThrow()
    }
  })

  test('tells what docs/reference/deploying.md does', () => {
    const page = readFileSync(
      path.resolve(import.meta.dirname, '../../../docs/reference/deploying.md'),
      'utf8',
    )
    const [, section = ''] = page.split(`### \`npm run ${command}\``)
    const [table = ''] = section.split(/^##/m)

    expect([...table.matchAll(/^\| `(--.*?)` \|/gm)].map(([, option]) => option).toSorted()).toEqual(
      told.toSorted(),
    )
  })
})
