import path from 'node:path'
import { BadReach, reachOf, reachVariables } from './reach.ts'

const FILE = path.resolve(import.meta.dirname, '../../package.json')
const SHOP = 'https://shop.example.com'

test('a URL is reached where the variables say', () => {
  const connectTo = { host: '127.0.0.1', port: 8443 }
  const variables = reachVariables(SHOP, { connectTo, ca: FILE })

  expect(variables['CARTWRIGHT_CONNECT_TO']).toBe('shop.example.com:443:127.0.0.1:8443')
  expect(reachOf(SHOP, variables)).toEqual({ connectTo, ca: expect.stringContaining('@cartwright/smoke') })
  expect(reachOf('http://shop.test:8080', reachVariables('http://shop.test:8080', { connectTo }))).toEqual({
    connectTo,
  })
})

test.each(['https://other.example.com', 'http://shop.example.com', 'https://shop.example.com:8443'])(
  '%s is another one, and reached as ever',
  (url) => {
    const connectTo = { host: '127.0.0.1', port: 8443 }

    expect(reachOf(url, reachVariables(SHOP, { connectTo, ca: 'nowhere.pem' }))).toEqual({})
  },
)

test.each([{}, { CARTWRIGHT_CONNECT_TO: '' }, { CARTWRIGHT_CA: FILE }])('%j says nothing', (env) => {
  expect(reachOf(SHOP, env)).toEqual({})
})

test.each([
  [{ CARTWRIGHT_CONNECT_TO: '127.0.0.1:80' }, 'CARTWRIGHT_CONNECT_TO is "127.0.0.1:80"; wanted: one such as'],
  [
    { CARTWRIGHT_CONNECT_TO: 'shop.example.com:443:127.0.0.1:1', CARTWRIGHT_CA: 'no-such.pem' },
    'CARTWRIGHT_CA is "no-such.pem", which cannot be read: Error: ENOENT',
  ],
])('%j is not taken', (env, message) => {
  expect(() => reachOf(SHOP, env)).toThrow(BadReach)
  expect(() => reachOf(SHOP, env)).toThrow(message)
})
