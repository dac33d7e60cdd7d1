import type { Header } from '../rules/request-facts.ts'
import { ATTRIBUTES } from '../test/declared.ts'
import { headersToTarget, type Received } from './to-target.ts'

const received = (...headers: Header[]): Received => ({
  headers: [['Host', 'shop.example.com'], ...headers],
  bytes: 100,
  host: 'shop.example.com',
  client: { address: '203.0.113.7', port: 8080 },
  port: 443,
  now: 0x67891233 * 1000,
})

/** By name in lower case, without the trace. */
function seen(headers: readonly Header[]): Record<string, string> {
  const entries = headers.map(([name, value]) => [name.toLowerCase(), value])
  const { 'x-amzn-trace-id': _, ...others } = Object.fromEntries(entries)
  return others
}

test('a target hears who asks, how, and on which port, whatever the client says of that', () => {
  const headers = headersToTarget(
    received(
      ['X-Forwarded-For', '10.0.0.1, 10.0.0.2'],
      ['X-Forwarded-Proto', 'gopher'],
      ['X-Forwarded-Port', '70'],
    ),
    ATTRIBUTES,
  )

  expect(seen(headers)).toEqual({
    host: 'shop.example.com',
    'x-forwarded-for': '10.0.0.1, 10.0.0.2, 203.0.113.7',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '443',
  })
  expect(headers.filter(([name]) => name.toLowerCase().startsWith('x-forwarded'))).toHaveLength(3)
})

test('with TLS towards the client the protocol is https, and what was agreed on is told where that is asked for', () => {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' }
  const forged: Header = ['X-Amzn-Tls-Version', 'SSLv2']
  const asked = { ...ATTRIBUTES, addsTlsHeaders: true }

  expect(seen(headersToTarget({ ...received(forged), tls }, asked))).toMatchObject({
    'x-forwarded-proto': 'https',
    'x-amzn-tls-version': 'TLSv1.3',
    'x-amzn-tls-cipher-suite': 'TLS_AES_128_GCM_SHA256',
  })
  expect(seen(headersToTarget(received(forged), asked))['x-amzn-tls-version']).toBeUndefined()
})

test('what is for one connection stays there, also what Connection names', () => {
  const headers = headersToTarget(
    received(
      ['Connection', 'close, X-Hop, Content-Length'],
      ['X-Hop', '1'],
      ['Keep-Alive', 'timeout=5'],
      ['Upgrade', 'websocket'],
      ['TE', 'trailers'],
      ['Transfer-Encoding', 'chunked'],
      ['Expect', '100-continue'],
      ['Content-Length', '3'],
      ['Accept', '*/*'],
    ),
    ATTRIBUTES,
  )

  expect(Object.keys(seen(headers)).sort()).toEqual([
    'accept',
    'content-length',
    'host',
    'x-forwarded-for',
    'x-forwarded-port',
    'x-forwarded-proto',
  ])
})

test('names that are not letters, digits and hyphens are dropped only where that is declared', () => {
  const odd = received(['x_under', '1'], ['x.dot', '2'], ['X-Good', '3'])

  expect(seen(headersToTarget(odd, ATTRIBUTES))).toMatchObject({ x_under: '1', 'x.dot': '2', 'x-good': '3' })
  const left = seen(headersToTarget(odd, { ...ATTRIBUTES, dropsInvalidHeaderFields: true }))
  expect(left['x-good']).toBe('3')
  expect(Object.keys(left).filter((name) => /[_.]/.test(name))).toEqual([])
})

test('repeated headers stay repeated, in order', () => {
  const headers = headersToTarget(received(['Accept', 'a'], ['X-Tag', '1'], ['X-Tag', '2']), ATTRIBUTES)

  expect(headers.filter(([name]) => name === 'X-Tag').map(([, value]) => value)).toEqual(['1', '2'])
})

test('a preserved host is handed on as it came, every one of them', () => {
  const twice = { ...received(['Host', 'other']), host: 'shop.example.com' }

  const hosts = headersToTarget(twice, { ...ATTRIBUTES, preservesHostHeader: true }).filter(
    ([n]) => n === 'Host',
  )
  expect(hosts.map(([, value]) => value)).toEqual(['shop.example.com', 'other'])
  expect(headersToTarget(twice, ATTRIBUTES).filter(([name]) => name === 'Host')).toHaveLength(1)
})
