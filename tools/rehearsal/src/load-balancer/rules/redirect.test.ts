import type { RedirectConfiguration } from '../declared/configuration.ts'
import { locationOf } from './redirect.ts'
import type { RequestFacts } from './request-facts.ts'

const facts: RequestFacts = {
  method: 'GET',
  protocol: 'http',
  host: 'shop.example.com',
  port: 80,
  path: '/carts/1',
  query: 'a=1&b',
  headers: [],
  address: '127.0.0.1',
}
const same: RedirectConfiguration = {
  type: 'redirect',
  status: 301,
  protocol: '#{protocol}',
  host: '#{host}',
  port: '#{port}',
  path: '/#{path}',
  query: '#{query}',
}
const unchanged = (port: string): string => port

test.each<[string, Partial<RedirectConfiguration>, string]>([
  ['to HTTPS', { protocol: 'HTTPS', port: '443' }, 'https://shop.example.com:443/carts/1?a=1&b'],
  ['to another host', { host: 'www.#{host}' }, 'http://www.shop.example.com:80/carts/1?a=1&b'],
  ['below another path', { path: '/new/#{path}' }, 'http://shop.example.com:80/new/carts/1?a=1&b'],
  ['without the query', { query: '' }, 'http://shop.example.com:80/carts/1'],
  [
    'with every keyword in the query',
    { query: '#{protocol},#{host},#{port},#{path},#{query}' },
    'http://shop.example.com:80/carts/1?http,shop.example.com,80,carts/1,a=1&b',
  ],
])('%s', (_, changes, expected) => {
  expect(locationOf({ ...same, ...changes }, facts, unchanged)).toBe(expected)
})

test('to the same host it leads to the port that serves it on this machine, to others as declared', () => {
  const local = (port: string): string => (port === '443' ? '50443' : port)

  expect(locationOf({ ...same, port: '443' }, facts, local)).toBe(
    'http://shop.example.com:50443/carts/1?a=1&b',
  )
  expect(locationOf({ ...same, port: '443', host: 'a.com' }, facts, local)).toBe(
    'http://a.com:443/carts/1?a=1&b',
  )
})
