import { BadOptions } from '../program.ts'
import { readOptions } from './options.ts'

test('asks, and looks every ten seconds, unless told otherwise', () => {
  expect(readOptions(['dev'])).toEqual({ environment: 'dev', isYes: false, interval: 10 })
  expect(readOptions(['dev', '--yes', '--interval', '0.5'])).toEqual({
    environment: 'dev',
    isYes: true,
    interval: 0.5,
  })
  expect(readOptions(['--yes', '--help'])).toBe('help')
})

test.each([
  [[]],
  [['dev', 'staging']],
  [['dev', '--force']],
  [['dev', '--interval']],
  [['dev', '--interval', '0']],
  [['dev', '--interval', 'soon']],
])('%j is not taken', (args) => {
  expect(() => readOptions(args)).toThrow(BadOptions)
})
