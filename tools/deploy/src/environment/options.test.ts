import { BadOptions } from '../program.ts'
import { COMMANDS, HELPS, readOptions } from './options.ts'

test('an environment is enough', () => {
  expect(readOptions('deploy', ['dev'])).toMatchObject({
    environment: 'dev',
    isYes: false,
    isRecover: false,
    allowsLoss: false,
    despiteAlarms: false,
    unlock: undefined,
  })
})

test('an output may be named', () => {
  expect(readOptions('output', ['dev', 'alb_url', '--json'])).toMatchObject({
    output: 'alb_url',
    isJson: true,
  })
})

test.each([
  ['deploy', [], 'no environment is named; wanted: one, such as dev'],
  ['deploy', ['dev', 'prod'], '"prod" is too much; wanted: one environment'],
  ['output', ['dev', 'alb_url', 'queue_url'], '"queue_url" is too much; wanted: one environment'],
  ['destroy', ['dev', '--allow-loss'], 'destroy takes no --allow-loss'],
  ['diff', ['dev', '--allow-loss'], 'diff takes no --allow-loss'],
  ['destroy', ['dev', '--despite-alarms'], 'destroy takes no --despite-alarms'],
  ['deploy', ['dev', '--force'], /Unknown option '--force'/],
  ['deploy', ['dev', '--unlock'], /argument missing/],
] as const)('%s %j is refused', (command, args, message) => {
  expect(() => readOptions(command, args)).toThrow(message)
  expect(() => readOptions(command, args)).toThrow(BadOptions)
})

test.each(COMMANDS)('the help of %s tells each option that it takes', (command) => {
  const told = [...HELPS[command].matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name = '']) => name)

  expect(told.length).toBeGreaterThan(1)
  expect(readOptions(command, ['dev', '--help'])).toBe('help')
  for (const name of told.filter((one) => one !== 'help')) {
    const value = name === 'unlock' ? ['some-id'] : []
    expect(readOptions(command, ['dev', `--${name}`, ...value])).not.toBe('help')
  }
})
