import { once } from 'node:events'
import { connect } from 'node:net'
import { ask, talk } from '../test/client.ts'
import { balancer, FORWARD, listener, rule } from '../test/declared.ts'
import { Stage } from '../test/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  await stage.start(balancer())
  await stage.target('a', (_, outgoing) => outgoing.end('ok'))
})
afterEach(() => stage.stop())

const GET = 'GET / HTTP/1.1\r\nHost: shop\r\n'

test.each([
  ['what is no HTTP', 'hello there\r\n\r\n', 400, 'malformed-request'],
  ['a header that is none', `${GET}no header\r\n\r\n`, 400, 'malformed-request'],
  ['a header over two lines', `${GET}X-A: 1\r\n 2\r\n\r\n`, 400, 'malformed-request'],
  ['a space before the colon', `${GET}X-A : 1\r\n\r\n`, 400, 'malformed-request'],
  [
    'a length and chunks',
    `${GET}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'malformed-request',
  ],
  ['two lengths', `${GET}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400, 'malformed-request'],
  ['HTTP/1.1 without a host', 'GET / HTTP/1.1\r\n\r\n', 400, 'malformed-request'],
  [
    'a header of more than 16 K',
    `${GET}X-A: ${'x'.repeat(16 * 1024)}\r\n\r\n`,
    400,
    'request-header-too-large',
  ],
  ['more than 64 K of headers', `${GET}${long(70)}\r\n`, 400, 'request-header-too-large'],
  ['far more than 64 K of headers', `${GET}${long(200)}\r\n`, 400, 'request-header-too-large'],
  [
    'a URL of more than 16 K',
    `GET /${'x'.repeat(16 * 1024)} HTTP/1.1\r\nHost: shop\r\n\r\n`,
    414,
    'uri-too-long',
  ],
  ['TRACE', GET.replace('GET', 'TRACE').concat('\r\n'), 405, 'method-not-supported'],
  ['CONNECT', 'CONNECT shop:443 HTTP/1.1\r\nHost: shop\r\n\r\n', 400, 'method-not-supported'],
  [
    'more than 30 forwarded addresses',
    `${GET}X-Forwarded-For: ${Array(31).fill('10.0.0.1').join(', ')}\r\n\r\n`,
    463,
    'too-many-forwarded-addresses',
  ],
  [
    'a transfer encoding other than chunked',
    `${GET}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    501,
    'transfer-encoding-not-supported',
  ],
  [
    'a transfer encoding that does not end in chunks',
    `${GET}Transfer-Encoding: gzip\r\n\r\n`,
    501,
    'transfer-encoding-not-supported',
  ],
  ['HTTP/2 on a connection of HTTP/1', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'http-version-not-supported'],
  ['another version', 'GET / HTTP/3.0\r\nHost: shop\r\n\r\n', 505, 'http-version-not-supported'],
])('%s is refused', async (_, words, status, reason) => {
  const closing = words.replace('Host: shop\r\n', 'Host: shop\r\nConnection: close\r\n')
  const client = await talk(stage.port, closing)

  expect(client.status).toBe(status)
  expect(client.received).toContain('Server: awselb/2.0')
  expect(await stage.told()).toMatchObject({ status, by: 'load-balancer', reason })
  expect(stage.requests).toHaveLength(1)
})

/** So many KB of headers of 1 KB each. */
function long(kilobytes: number): string {
  return `X-A: ${'x'.repeat(1017)}\r\n`.repeat(kilobytes)
}

test.each([
  ['a header of nearly 16 K', `${GET}Connection: close\r\nX-A: ${'x'.repeat(16_000)}\r\n\r\n`],
  ['nearly 64 K of headers', `${GET}Connection: close\r\n${long(62)}\r\n`],
  ['a URL of nearly 16 K', `GET /${'x'.repeat(16_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
  [
    '30 forwarded addresses',
    `${GET}Connection: close\r\nX-Forwarded-For: ${Array(30).fill('10.0.0.1').join(',')}\r\n\r\n`,
  ],
])('%s is forwarded', async (_, words) => {
  // The target's own limit is 16 K of headers.
  await stage.stop()
  stage = new Stage()
  await stage.start(balancer())
  await stage.rawTarget('a', (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  })

  expect((await talk(stage.port, words)).status).toBe(200)
})

test('very many small headers all arrive', async () => {
  await stage.stop()
  stage = new Stage()
  await stage.start(balancer())
  let heard = ''
  await stage.rawTarget('a', (socket) => {
    socket.setEncoding('latin1').on('data', (words: string) => {
      heard += words
      if (heard.includes('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  })

  expect((await talk(stage.port, `${GET}Connection: close\r\n${'X-A: 1\r\n'.repeat(5000)}\r\n`)).status).toBe(
    200,
  )
  expect(heard.match(/X-A: 1/g)).toHaveLength(5000)
})

test('a malformed chunk in the middle of a request is 400 and closes the connection', async () => {
  await stage.stop()
  stage = new Stage()
  await stage.start(balancer())
  await stage.target('a', (incoming) => void incoming.resume())

  const client = await talk(
    stage.port,
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n',
  )

  expect(client.status).toBe(400)
  expect(await stage.told()).toMatchObject({ status: 400 })
  expect(stage.requests).toHaveLength(1)
})

test('a refused request does not disturb the next connection', async () => {
  const socket = connect({ host: '127.0.0.1', port: stage.port })
  socket.write('nonsense\r\n\r\n')
  socket.resume()
  await once(socket, 'close')

  expect((await ask(stage.port)).body).toBe('ok')
})

test('a listener that is not to tell its server does not', async () => {
  await stage.stop()
  stage = new Stage()
  await stage.start(balancer({ listeners: [listener({ tellsServer: false, rules: [rule(FORWARD)] })] }))

  expect((await ask(stage.port)).headers['server']).toBeUndefined()
  expect((await talk(stage.port, 'nonsense\r\n\r\n')).received).not.toContain('Server:')
})
