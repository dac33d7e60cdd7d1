import { ATTRIBUTES } from '../test/declared.ts'
import { countAddresses, forwardedFor } from './forwarded-for.ts'

const client = { address: '127.0.0.1', port: 8080 }
const six = { address: '2001:db8::1', port: 8080 }

// The tables of AWS's page "HTTP headers and Application Load Balancers".
test.each([
  ['append', [], '127.0.0.1'],
  ['append', ['127.0.0.4'], '127.0.0.4, 127.0.0.1'],
  ['append', ['127.0.0.4, 127.0.0.8'], '127.0.0.4, 127.0.0.8, 127.0.0.1'],
  ['append', ['127.0.0.4', '127.0.0.8'], '127.0.0.4, 127.0.0.8, 127.0.0.1'],
  ['preserve', [], undefined],
  ['preserve', ['127.0.0.4'], '127.0.0.4'],
  ['remove', ['127.0.0.4'], undefined],
] as const)('%s %j: %s', (mode, received, expected) => {
  expect(forwardedFor(received, client, { ...ATTRIBUTES, forwardedFor: mode })).toBe(expected)
})

test('an IPv6 address stands in brackets where it is appended, and before a port', () => {
  expect(forwardedFor([], six, ATTRIBUTES)).toBe('2001:db8::1')
  expect(forwardedFor(['10.0.0.1'], six, ATTRIBUTES)).toBe('10.0.0.1, [2001:db8::1]')
  expect(forwardedFor([], six, { ...ATTRIBUTES, addsClientPort: true })).toBe('[2001:db8::1]:8080')
  expect(forwardedFor([], client, { ...ATTRIBUTES, addsClientPort: true })).toBe('127.0.0.1:8080')
})

test('addresses are counted over all headers', () => {
  expect(countAddresses(['1.1.1.1, 2.2.2.2', '3.3.3.3'])).toBe(3)
  expect(countAddresses([])).toBe(0)
})
