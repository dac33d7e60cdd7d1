import { BadOptions } from '../program.ts'
import { readOptions } from './options.ts'

test('asks, and makes, unless told otherwise', () => {
  expect(readOptions([])).toEqual({ isDestroy: false, isYes: false, unlock: undefined })
  expect(readOptions(['--destroy', '--yes', '--unlock', 'some-id'])).toEqual({
    isDestroy: true,
    isYes: true,
    unlock: 'some-id',
  })
  expect(readOptions(['--yes', '--help'])).toBe('help')
})

test.each([['--force'], ['dev'], ['--unlock']])('%s is not taken', (argument) => {
  expect(() => readOptions([argument])).toThrow(BadOptions)
})
