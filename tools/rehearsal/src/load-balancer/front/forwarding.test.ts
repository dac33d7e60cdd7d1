import { once } from 'node:events'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { ask, RawClient, talk } from '../test/client.ts'
import { balancer } from '../test/declared.ts'
import { HandClock } from '../test/hand-clock.ts'
import { Stage, until } from '../test/stage.ts'

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})
afterEach(() => stage.stop())

/** Answers with what it was asked. */
function echo(incoming: IncomingMessage, outgoing: ServerResponse): void {
  void text(incoming).then((body) => {
    const { method, url, rawHeaders } = incoming
    outgoing.setHeader('content-type', 'application/json')
    outgoing.end(JSON.stringify({ method, url, rawHeaders, body }))
  })
}

test('a request arrives as it was sent, and its answer comes back as it was given', async () => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => {
    void text(incoming).then((body) => {
      outgoing.writeHead(418, 'Short and stout', [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Case', 'Kept', 'Connection', 'X-Hop', 'X-Hop', '1'],
      ])
      outgoing.end(`${incoming.method} ${incoming.url} ${incoming.headers['x-own']} ${body}`)
    })
  })

  const raw = await talk(
    stage.port,
    'PUT /carts/%C3%A9?a=1&b= HTTP/1.1\r\nHost: shop\r\nX-Own: yes\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody',
  )

  const [head = '', body] = raw.received.split('\r\n\r\n')
  expect(head.split('\r\n')[0]).toBe('HTTP/1.1 418 Short and stout')
  expect(head).toContain('Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Case: Kept\r\n')
  expect(head).not.toMatch(/x-hop/i)
  expect(body).toContain('PUT /carts/%C3%A9?a=1&b= yes body')
  expect(await stage.told()).toMatchObject({
    method: 'PUT',
    host: 'shop',
    path: '/carts/%C3%A9',
    status: 418,
    by: 'target',
    outcome: 'answered',
    target: 'a',
    targetGroup: 'api',
    port: 80,
  })
})

test('odd characters arrive as they were sent, in path, headers and back', async () => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => {
    outgoing.writeHead(200, ['X-Back', incoming.headers['x-odd'] ?? ''])
    outgoing.end(Buffer.from(incoming.url ?? '', 'latin1'))
  })

  const raw = await talk(
    stage.port,
    'GET /"<>|^` HTTP/1.1\r\nHost: a\r\nX-Odd: \u0080\u00ff\t~\r\nConnection: close\r\n\r\n',
  )

  expect(raw.received).toContain('X-Back: \u0080\u00ff\t~\r\n')
  expect(raw.received).toContain('/"<>|^`')
})

test('a chunked body arrives chunked, and no body as none', async () => {
  await stage.start(balancer())
  await stage.target('a', echo)
  const chunked =
    'POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'
  const client = new RawClient(stage.port).send(chunked)
  await until(() => client.received.includes('"body"'))
  expect(client.received).toContain('"body":"abcde"')
  expect(client.received).toContain('"Transfer-Encoding","chunked"')
  client.socket.destroy()

  const empty = JSON.parse((await ask(stage.port, { method: 'DELETE' })).body)
  expect(empty.body).toBe('')
  expect(empty.rawHeaders.map((name: string) => name.toLowerCase())).not.toContain('transfer-encoding')
})

test('a target is spoken to in HTTP/1.1 with keep-alive, also for a client of HTTP/1.0 without a host', async () => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => {
    outgoing.end(`${incoming.httpVersion} ${incoming.headers.host} ${incoming.headers.connection}`)
  })

  const raw = await talk(stage.port, 'GET / HTTP/1.0\r\n\r\n')

  expect(raw.received).toContain('1.1 shop-1.eu-west-1.elb.amazonaws.com keep-alive')
})

test.each(['HEAD', 'GET'])('%s without a body in the answer leaves the connection usable', async (method) => {
  await stage.start(balancer())
  await stage.target('a', (_, outgoing) => {
    if (method === 'HEAD') outgoing.setHeader('content-length', 1000)
    else outgoing.statusCode = 304
    outgoing.end()
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  const first = await ask(stage.port, { method, agent })
  const second = await ask(stage.port, { method, agent })

  expect([first.status, second.status]).toEqual(method === 'HEAD' ? [200, 200] : [304, 304])
  expect(first.headers['content-length']).toBe(method === 'HEAD' ? '1000' : undefined)
  agent.destroy()
})

test('requests of many clients share connections to a target, unless it closes them', async () => {
  await stage.start(balancer())
  const sockets = new Set<unknown>()
  let isClosing = false
  await stage.target('a', (incoming, outgoing) => {
    sockets.add(incoming.socket)
    if (isClosing) outgoing.setHeader('connection', 'close')
    outgoing.end()
  })

  for (let request = 0; request < 5; request += 1) await ask(stage.port)
  expect(sockets.size).toBe(1)

  isClosing = true
  for (let request = 0; request < 3; request += 1) await ask(stage.port)
  expect(sockets.size).toBe(3)
})

test('a target that announces a short keep-alive is not spared: load balancers do not know that header', async () => {
  await stage.start(balancer())
  let connections = 0
  await stage.rawTarget('a', (socket) => {
    connections += 1
    socket.on('data', () =>
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'),
    )
  })

  for (let request = 0; request < 3; request += 1) expect((await ask(stage.port)).body).toBe('ok')

  expect(connections).toBe(1)
})

test('an answer comes as it is made', async () => {
  await stage.start(balancer())
  let goOn = (): void => undefined
  await stage.target('a', (_, outgoing) => {
    outgoing.write('first')
    goOn = () => void outgoing.end(' second')
  })
  const onward = request({ host: '127.0.0.1', port: stage.port, agent: new Agent() }).end()
  const [answer] = (await once(onward, 'response')) as [IncomingMessage]

  const [first] = await once(answer, 'data')
  expect(String(first)).toBe('first')
  goOn()
  expect(await text(answer)).toBe(' second')
})

test('a head without a body is passed on before there is one', async () => {
  await stage.start(balancer())
  let goOn = (): void => undefined
  await stage.target('a', (_, outgoing) => {
    outgoing.flushHeaders()
    goOn = () => void outgoing.end('later')
  })
  const onward = request({ host: '127.0.0.1', port: stage.port, agent: new Agent() }).end()

  const [answer] = (await once(onward, 'response')) as [IncomingMessage]
  goOn()
  expect(await text(answer)).toBe('later')
})

test('a request is passed on as it comes', async () => {
  await stage.start(balancer())
  let heard = ''
  await stage.target('a', (incoming, outgoing) => {
    incoming.setEncoding('utf8').on('data', (part: string) => {
      heard += part
    })
    incoming.on('end', () => outgoing.end(heard))
  })
  const client = new RawClient(stage.port).send(
    'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 6\r\n\r\nabc',
  )

  await until(() => heard === 'abc')
  client.send('def')
  await until(() => client.received.endsWith('abcdef'))
  client.socket.destroy()
})

test('an early answer does not wait for the rest of the request, and the client is heard again after it', async () => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => {
    outgoing.end(`early ${incoming.url}`)
    incoming.resume()
  })
  const client = new RawClient(stage.port).send(
    'POST /1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 6\r\n\r\nabc',
  )

  await until(() => client.received.includes('early /1'))
  client.send('def').send('GET /2 HTTP/1.1\r\nHost: shop\r\n\r\n')
  await until(() => client.received.includes('early /2'))
  client.socket.destroy()
})

test('requests that a client sends at once are answered in order', async () => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => {
    setTimeout(() => outgoing.end(`<${incoming.url}>`), incoming.url === '/1' ? 50 : 0)
  })
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`
  const client = new RawClient(stage.port).send(get('/1') + get('/2') + get('/3'))

  await until(() => client.received.includes('</3>'))

  expect(client.received.match(/<.*>/g)).toEqual(['</1>', '</2>', '</3>'])
  client.socket.destroy()
})

test('a client that waits for 100 Continue gets it at once, and the target does not hear of it', async () => {
  await stage.start(balancer())
  await stage.target('a', echo)
  const client = new RawClient(stage.port).send(
    'POST / HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  )

  await until(() => client.received.includes('\r\n\r\n'))
  expect(client.received).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  client.send('ok')
  await until(() => client.received.includes('"body":"ok"'))
  expect(client.received).not.toContain('Expect')
  client.socket.destroy()
})

test("a client's connection is closed with the first answer after its time", async () => {
  const clock = new HandClock()
  await stage.start(balancer(), { clock })
  await stage.target('a', (_, outgoing) => outgoing.end('ok'))
  const client = new RawClient(stage.port).send('GET / HTTP/1.1\r\nHost: shop\r\n\r\n')
  await until(() => client.received.endsWith('ok'))
  expect(client.received).toMatch(/connection: keep-alive/i)

  client.received = ''
  await clock.pass(3600)
  client.send('GET / HTTP/1.1\r\nHost: shop\r\n\r\n')
  await client.closed

  expect(client.received).toMatch(/connection: close/i)
  expect(client.received.endsWith('ok')).toBe(true)
})

test.each([
  ['a whole URL', 'GET', 'http://dns.example.com/a?b=/c', 'dns.example.com /a?b=/c'],
  ['a URL without a path', 'GET', 'http://dns.example.com?b', 'dns.example.com /?b'],
  ['a bare question mark', 'GET', '/a?', 'other /a?'],
  ['an asterisk', 'OPTIONS', '*', 'other *'],
])('%s as target is split into host and path', async (_, method, target, expected) => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => outgoing.end(`<${incoming.headers.host} ${incoming.url}>`))

  const raw = await talk(
    stage.port,
    `${method} ${target} HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n`,
  )

  expect(raw.received).toContain(`<${expected}>`)
})
