import type { ConditionConfiguration } from '../declared/configuration.ts'
import { holds } from './conditions.ts'
import type { RequestFacts } from './request-facts.ts'

const facts: RequestFacts = {
  method: 'GET',
  protocol: 'http',
  host: 'Shop.Example.com',
  port: 80,
  path: '/Carts/1',
  query: 'Version=V1&empty=&flag&text=a=b',
  headers: [
    ['User-Agent', 'curl/8'],
    ['X-Kind', 'One'],
    ['x-kind', 'two'],
  ],
  address: '10.1.2.3',
}

const header = (name: string, ...patterns: string[]): ConditionConfiguration => ({
  field: 'http-header',
  name,
  patterns,
})
const query = (value: string, key?: string): ConditionConfiguration => ({
  field: 'query-string',
  pairs: [key === undefined ? { value } : { key, value }],
})

test.each<[string, ConditionConfiguration, boolean]>([
  ['host names in any case', { field: 'host-header', patterns: ['shop.example.COM'] }, true],
  ['one of several host names', { field: 'host-header', patterns: ['a.com', '*.example.com'] }, true],
  ['another host name', { field: 'host-header', patterns: ['example.com'] }, false],
  ['a path', { field: 'path-pattern', patterns: ['/Carts/*'] }, true],
  ['a path in another case', { field: 'path-pattern', patterns: ['/carts/*'] }, false],
  ['a path that goes on with the query', { field: 'path-pattern', patterns: ['*V1*'] }, false],
  ['a header in any case of name and value', header('USER-agent', 'CURL*'), true],
  ['the second of two headers of a name', header('x-kind', 'TWO'), true],
  ['a header that is not there', header('x-other', '*'), false],
  ['a pair of the query in any case', query('v1', 'version'), true],
  ['a pair with another key', query('v1', 'kind'), false],
  ['a value under any key', query('v?'), true],
  ['a value that holds an equals sign', query('a=b', 'text'), true],
  ['a key without a value', query('', 'flag'), true],
  ['no such value', query('v2'), false],
  ['a method', { field: 'http-request-method', methods: ['POST', 'GET'] }, true],
  ['a method in another case', { field: 'http-request-method', methods: ['get'] }, false],
  ['an address inside', { field: 'source-ip', blocks: ['192.168.0.0/16', '10.0.0.0/8'] }, true],
  ['an address outside', { field: 'source-ip', blocks: ['10.2.0.0/16', '2001:db8::/32'] }, false],
])('%s', (_, condition, expected) => {
  expect(holds(condition, facts)).toBe(expected)
})

test('an IPv6 address inside its block', () => {
  const condition = { field: 'source-ip', blocks: ['2001:db8::/32'] } as const
  expect(holds(condition, { ...facts, address: '2001:db8::1' })).toBe(true)
  expect(holds(condition, { ...facts, address: '2001:db9::1' })).toBe(false)
})
