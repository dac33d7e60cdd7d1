import { once } from 'node:events'
import { createServer } from 'node:net'
import { ask, RawClient, talk } from '../test/client.ts'
import { balancer, GROUP, group } from '../test/declared.ts'
import { Stage, until } from '../test/stage.ts'

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})
afterEach(() => stage.stop())

const GET = 'GET / HTTP/1.1\r\nHost: shop\r\n\r\n'
const soon = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

test('with nobody registered the answer is 503, in the words of load balancers', async () => {
  await stage.start(balancer())

  const { status, headers, body } = await ask(stage.port)

  expect(status).toBe(503)
  expect(headers).toMatchObject({ server: 'awselb/2.0', 'content-type': 'text/html', connection: 'close' })
  expect(body).toContain('<h1>503 Service Temporarily Unavailable</h1>')
  expect(await stage.told()).toMatchObject({ status: 503, by: 'load-balancer', reason: 'no-target' })
})

test('a target where nobody listens is 502', async () => {
  await stage.start(balancer())
  const target = await stage.target('a', (_, outgoing) => outgoing.end())
  await target.stop()

  expect((await ask(stage.port)).status).toBe(502)
  expect(await stage.told()).toMatchObject({ by: 'load-balancer', reason: 'connection-refused', target: 'a' })
})

test.each([
  ['closes', (socket: { end(): void }) => socket.end()],
  ['resets', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
])('a target that %s the connection instead of answering is 502, and is asked once', async (_, close) => {
  await stage.start(balancer())
  let asked = 0
  await stage.rawTarget('a', (socket) => {
    socket.once('data', () => {
      asked += 1
      close(socket)
    })
  })

  expect((await ask(stage.port)).status).toBe(502)
  expect(await stage.told()).toMatchObject({ reason: 'target-closed', outcome: 'answered' })
  expect(asked).toBe(1)
})

test('a client whose request failed half sent is heard again on the same connection', async () => {
  await stage.start(balancer())
  let asked = 0
  await stage.rawTarget('a', (socket) => {
    socket.once('data', () => {
      asked += 1
      if (asked === 1) socket.resetAndDestroy()
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const length = 1024 * 1024
  const client = new RawClient(stage.port).send(
    `POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: ${length}\r\n\r\nabc`,
  )
  await until(() => client.received.includes('502 Bad Gateway'))

  client.send('x'.repeat(length - 3)).send(GET)

  await until(() => client.received.endsWith('ok'))
  client.socket.destroy()
})

test('a connection that the target closes just when it is used again is 502, and nothing is sent twice', async () => {
  await stage.start(balancer())
  let asked = 0
  const talkOnce = (socket: import('node:net').Socket): void => {
    socket.on('data', () => {
      asked += 1
      if (asked % 2 === 0) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  }
  await stage.rawTarget('a', talkOnce)
  await stage.rawTarget('b', talkOnce)
  stage.balancer.targetGroup(GROUP).deregister('b')

  expect((await ask(stage.port, { method: 'POST', body: 'x' })).status).toBe(200)
  expect((await ask(stage.port, { method: 'POST', body: 'x' })).status).toBe(502)
  expect(asked).toBe(2)
  expect((await ask(stage.port)).status).toBe(200)
})

test('a connection that the target has closed while nobody used it is not used again', async () => {
  await stage.start(balancer())
  let connections = 0
  await stage.rawTarget('a', (socket) => {
    connections += 1
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      setTimeout(() => socket.end(), 20)
    })
  })

  for (let request = 0; request < 3; request += 1) {
    expect((await ask(stage.port)).status).toBe(200)
    await soon(60)
  }
  expect(connections).toBe(3)
})

test.each([
  ['no HTTP', 'hello\r\n\r\n', 'malformed-answer'],
  ['a header that is none', 'HTTP/1.1 200 OK\r\nno header\r\n\r\n', 'malformed-answer'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'malformed-answer'],
  ['a status that is none', 'HTTP/1.1 42 Odd\r\nContent-Length: 0\r\n\r\n', 'malformed-answer'],
  [
    'another protocol',
    'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    'malformed-answer',
  ],
  [
    'more than 32 K of headers',
    `HTTP/1.1 200 OK\r\n${'X-Long: '.padEnd(8000, 'x')}\r\n`.padEnd(40_000, `X-More: ${'y'.repeat(990)}\r\n`),
    'answer-header-too-large',
  ],
])('%s is 502', async (_, words, reason) => {
  await stage.start(balancer())
  await stage.rawTarget('a', (socket) => socket.on('data', () => socket.write(words)))

  expect((await ask(stage.port)).status).toBe(502)
  expect(await stage.told()).toMatchObject({ by: 'load-balancer', reason })
})

test('32 K of headers are passed on', async () => {
  await stage.start(balancer())
  await stage.target('a', (_, outgoing) => {
    for (let header = 0; header < 30; header += 1) outgoing.setHeader(`x-${header}`, 'x'.repeat(1000))
    outgoing.end('ok')
  })

  const raw = new RawClient(stage.port).send(GET)
  await until(() => raw.received.endsWith('ok'))
  expect(raw.status).toBe(200)
  raw.socket.destroy()
})

test('a target that does not answer for the idle timeout is 504, and is not waited for', async () => {
  await stage.start(balancer({ attributes: { idleTimeout: 0.2 } }))
  let isClosed = false
  await stage.target('a', (incoming) => {
    incoming.socket.on('close', () => {
      isClosed = true
    })
  })

  const { status, body } = await ask(stage.port)

  expect([status, body.includes('504 Gateway Time-out')]).toEqual([504, true])
  expect(await stage.told()).toMatchObject({ by: 'load-balancer', reason: 'idle-timeout' })
  await until(() => isClosed)
})

test('a target that says something before each idle timeout may take as long as it likes', async () => {
  await stage.start(balancer({ attributes: { idleTimeout: 1 } }))
  await stage.target('a', (_, outgoing) => {
    let left = 5
    const timer = setInterval(() => {
      left -= 1
      if (left > 0) outgoing.write('.')
      else {
        clearInterval(timer)
        outgoing.end('!')
      }
    }, 300)
  })

  expect((await ask(stage.port)).body).toBe('....!')
})

test.each([
  ['falls silent', 0.3, (): void => undefined, 'idle-timeout'],
  ['closes', 60, (socket: { end(): void }) => socket.end(), 'target-closed'],
])('an answer whose target %s in the middle is cut off', async (_, idleTimeout, then, reason) => {
  await stage.start(balancer({ attributes: { idleTimeout } }))
  await stage.rawTarget('a', (socket) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
      setTimeout(() => then(socket), 50)
    })
  })

  const client = await talk(stage.port, GET)

  expect(client.received).toMatch(/^HTTP\/1.1 200 OK.*part$/s)
  expect(await stage.told()).toMatchObject({ status: 200, by: 'target', outcome: 'cut-off', reason })
})

test('a chunked answer that ends without its last chunk does not look complete', async () => {
  await stage.start(balancer())
  await stage.rawTarget('a', (socket) => {
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'))
  })

  const client = await talk(stage.port, GET)

  expect(client.received).toContain('part')
  expect(client.received).not.toContain('0\r\n\r\n')
  expect(await stage.told()).toMatchObject({ outcome: 'cut-off', reason: 'target-closed' })
})

test('requests in flight may end while their target drains, and new ones go elsewhere', async () => {
  await stage.start(balancer())
  let goOn = (): void => undefined
  await stage.target('a', (_, outgoing) => {
    goOn = () => void outgoing.end('a')
  })
  const first = ask(stage.port)
  await until(() => goOn.length === 0 && stage.balancer.targetGroup(GROUP).choose()?.outstanding.size === 1)
  await stage.target('b', (_, outgoing) => outgoing.end('b'))

  void stage.balancer.targetGroup(GROUP).deregister('a')
  for (let request = 0; request < 3; request += 1) expect((await ask(stage.port)).body).toBe('b')
  goOn()

  expect((await first).body).toBe('a')
})

test('what is not done when the deregistration delay is over is 502, or cut off', async () => {
  await stage.start(balancer({ targetGroups: [group({ deregistrationDelay: 0.2 })] }))
  let asked = 0
  let closed = 0
  await stage.target('a', (incoming, outgoing) => {
    asked += 1
    incoming.socket.on('close', () => {
      closed += 1
    })
    if (incoming.url === '/begun') outgoing.write('part')
  })
  const silent = ask(stage.port)
  const begun = talk(stage.port, GET.replace('/', '/begun'))
  await until(() => asked === 2)

  const gone = stage.balancer.targetGroup(GROUP).deregister('a')
  expect(closed).toBe(0)
  await gone

  expect((await silent).status).toBe(502)
  expect((await begun).received).toContain('part')
  await until(() => stage.requests.length === 2 && closed === 2)
  expect(
    stage.requests.map(({ path, status, outcome, reason }) => [path, status, outcome, reason]).sort(),
  ).toEqual([
    ['/', 502, 'answered', 'deregistration-delay'],
    ['/begun', 200, 'cut-off', 'deregistration-delay'],
  ])
})

test('idle connections to a target end with its deregistration', async () => {
  await stage.start(balancer({ targetGroups: [group({ deregistrationDelay: 0.1 })] }))
  let closed = 0
  await stage.target('a', (incoming, outgoing) => {
    incoming.socket.on('close', () => {
      closed += 1
    })
    outgoing.end()
  })
  await ask(stage.port)

  await stage.balancer.targetGroup(GROUP).deregister('a')

  await until(() => closed === 1)
})

test('a client that does not wait ends the request at the target, and is logged as 460', async () => {
  await stage.start(balancer())
  let isAsked = false
  let isClosed = false
  await stage.target('a', (incoming) => {
    isAsked = true
    incoming.socket.on('close', () => {
      isClosed = true
    })
  })
  const client = new RawClient(stage.port).send(GET)
  await until(() => isAsked)

  client.socket.destroy()

  await until(() => isClosed)
  expect(await stage.told()).toMatchObject({
    status: 460,
    by: 'load-balancer',
    outcome: 'client-left',
    target: 'a',
  })
})

test('one that leaves before it has sent its request is logged as 400, one that has read a part by its status', async () => {
  await stage.start(balancer())
  await stage.target('a', (incoming, outgoing) => {
    if (incoming.url === '/begun') outgoing.write('part')
  })
  const half = new RawClient(stage.port).send('POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\nabc')
  await until(() => stage.balancer.targetGroup(GROUP).find('a')?.outstanding.size === 1)
  half.socket.destroy()
  expect(await stage.told()).toMatchObject({ status: 400, outcome: 'client-left' })

  const reader = new RawClient(stage.port).send(GET.replace('/', '/begun'))
  await until(() => reader.received.includes('part'))
  reader.socket.destroy()
  expect(await stage.told(2)).toMatchObject({ status: 200, by: 'target', outcome: 'client-left' })
})

test('a client that stops in the middle of its request is 408', async () => {
  await stage.start(balancer({ attributes: { idleTimeout: 0.2 } }))
  await stage.target('a', (incoming) => void incoming.resume())

  const inBody = await talk(stage.port, 'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\nabc')
  const inHead = await talk(stage.port, 'GET / HTTP/1.1\r\nHo')

  expect([inBody.status, inHead.status]).toEqual([408, 408])
  expect(stage.requests.map(({ status, reason }) => [status, reason])).toEqual([
    [408, 'client-silent'],
    [408, 'client-silent'],
  ])
})

test('a connection that nobody uses for the idle timeout is closed without a word', async () => {
  await stage.start(balancer({ attributes: { idleTimeout: 0.2 } }))
  await stage.target('a', (_, outgoing) => outgoing.end('ok'))

  const client = await talk(stage.port, GET)

  expect(client.received.match(/HTTP\/1.1/g)).toHaveLength(1)
  expect(stage.requests).toHaveLength(1)
})

test('with all targets unhealthy requests still reach them', async () => {
  await stage.start(balancer(), { check: async () => ({ is: 'failure' }) })
  await stage.target('a', (_, outgoing) => outgoing.end('ok'))

  expect((await ask(stage.port)).body).toBe('ok')
})

test('to stop it ends what is under way and frees the ports', async () => {
  await stage.start(balancer())
  let isAsked = false
  await stage.target('a', () => {
    isAsked = true
  })
  const { port } = stage
  const client = new RawClient(port).send(GET)
  await until(() => isAsked)

  await stage.balancer.stop()

  await client.closed
  const again = createServer()
  await once(again.listen(port, '127.0.0.1'), 'listening')
  again.close()
})
