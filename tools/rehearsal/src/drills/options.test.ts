import { BadOptions } from '@cartwright/deploy/program'
import { DRILL_NAMES } from './drills.ts'
import { HELP, readOptions } from './options.ts'

test('without a name they are listed, with what is promised', () => {
  expect(readOptions([])).toEqual({
    drill: undefined,
    tasks: 4,
    isLate: false,
    clients: 8,
    rate: 20,
    isJson: false,
  })
  for (const name of DRILL_NAMES) expect(HELP).toContain(`  ${name}\n`)
})

test('every option is understood', () => {
  expect(readOptions(['scale', '5', '--clients', '3', '--rate', '50', '--json'])).toMatchObject({
    drill: 'scale',
    tasks: 5,
    clients: 3,
    rate: 50,
    isJson: true,
  })
  expect(readOptions(['spot-interruption', '--late'])).toMatchObject({ isLate: true })
  expect(readOptions(['all'])).toMatchObject({ drill: 'all' })
  expect(readOptions(['--help'])).toBe('help')
})

test.each([
  [['earthquake'], 'there is no drill "earthquake"; wanted: all, kill-task'],
  [['kill-task', 'scale'], 'got "kill-task scale"; wanted: one drill'],
  [['scale', 'many'], 'the number of tasks is "many"'],
  [['scale', '4', '5'], 'got "scale 4 5"'],
  [['scale', '--late'], '--late is for spot-interruption, not for scale'],
  [['scale', '--rate', '0'], '--rate is "0"; wanted: a whole number from 1 to 1000'],
  [['scale', '--loud'], "Unknown option '--loud'"],
])('%j is refused: %s', (args, message) => {
  expect(() => readOptions(args)).toThrow(BadOptions)
  expect(() => readOptions(args)).toThrow(message)
})
