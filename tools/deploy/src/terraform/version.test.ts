import { isOlder } from './version.ts'

test.each([
  ['1.10.9', true],
  ['0.15.0', true],
  ['1.11.0', false],
  ['1.11.0-rc1', false],
  ['1.11.1', false],
  ['1.12.0', false],
  ['2.0.0', false],
])('%s is older than 1.11.0: %s', (version, isSo) => {
  expect(isOlder(version, '1.11.0')).toBe(isSo)
})
