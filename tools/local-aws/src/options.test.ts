import { BadOptions, HELP, readOptions } from './options.ts'

test.each(['up', 'down', 'status', 'env'] as const)('%s is a command', (command) => {
  expect(readOptions([command])).toEqual({ command })
})

test('up takes a port', () => {
  expect(readOptions(['up', '--port', '5001'])).toEqual({ command: 'up', port: 5001 })
})

test('--help wins over everything', () => {
  expect(readOptions(['--help', 'sideways'])).toBe('help')
  expect(HELP).toContain('--port')
})

test.each([
  [[], 'wanted: one of up, down, status, env'],
  [['sideways'], 'got "sideways"; wanted: one of up'],
  [['up', 'down'], 'got "up down"'],
  [['up', '--port', '0'], '--port is "0"; wanted: a whole number from 1 to 65535'],
  [['up', '--port', 'x'], '--port is "x"'],
  [['down', '--port', '5001'], '--port is for up, not for down'],
  [['up', '--fast'], "Unknown option '--fast'"],
])('%j is refused: %s', (args, message) => {
  expect(() => readOptions(args)).toThrow(BadOptions)
  expect(() => readOptions(args)).toThrow(message)
})
