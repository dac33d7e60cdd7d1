import { once } from 'node:events'
import { createServer, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { Authority } from '../../tls/authority.ts'
import { checkHealth } from '../targets/health-check.ts'
import { ask } from '../test/client.ts'
import { balancer, FORWARD, GROUP, group, listener, rule } from '../test/declared.ts'
import { Stage, until } from '../test/stage.ts'

const TLS = {
  policy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  certificates: [
    { arn: 'arn:one', names: ['shop.example.com'] },
    { arn: 'arn:two', names: ['*.example.org', 'example.net'] },
  ],
}

let stage: Stage
let authority: Authority
beforeEach(async () => {
  stage = new Stage()
  authority = await Authority.create()
})
afterEach(async () => {
  await stage.stop()
  await authority.close()
})

async function handshake(options: ConnectionOptions): Promise<TLSSocket> {
  const ca = authority.certificate
  const port = stage.balancer.localPort(443)
  const socket = connect({ host: '127.0.0.1', port, ca, ...options })
  await once(socket, 'secureConnect')
  return socket
}

/** The names of the certificate that a client gets who names that host; an authority that it trusts has signed it. */
async function shownTo(servername: string): Promise<string> {
  const socket = await handshake({ servername, checkServerIdentity: () => undefined })
  expect(socket.authorized).toBe(true)
  const names = socket.getPeerCertificate().subjectaltname ?? ''
  socket.destroy()
  return names
}

/** A GET over HTTPS that trusts the authority and checks the host's name. */
async function get(servername: string, port: number): Promise<{ status: number; body: string }> {
  const onward = request({
    host: '127.0.0.1',
    port,
    servername,
    agent: false,
    headers: { host: servername },
    ca: authority.certificate,
  }).end()
  const [answer] = await once(onward, 'response')
  return { status: answer.statusCode, body: await text(answer) }
}

test('clients get the certificate of the host they name, the first one where none fits', async () => {
  await stage.start(balancer({ listeners: [listener({ port: 443, tls: TLS })] }), { authority })

  expect(await shownTo('shop.example.com')).toContain('DNS:shop.example.com')
  expect(await shownTo('www.example.org')).toBe('DNS:*.example.org, DNS:example.net')
  expect(await shownTo('EXAMPLE.net')).toBe('DNS:*.example.org, DNS:example.net')
  expect(await shownTo('a.b.example.org')).toContain('DNS:shop.example.com')
  expect(await shownTo('unknown.example')).toContain('IP Address:127.0.0.1')
})

test('a redirect from HTTP leads to HTTPS here, and the target hears https and 443', async () => {
  const toHttps = {
    type: 'redirect',
    status: 301,
    protocol: 'HTTPS',
    host: '#{host}',
    port: '443',
    path: '/#{path}',
    query: '#{query}',
  } as const
  const listeners = [
    listener({ rules: [rule(toHttps)] }),
    listener({ port: 443, tls: TLS, rules: [rule(FORWARD)] }),
  ]
  await stage.start(balancer({ listeners, attributes: { addsTlsHeaders: true } }), { authority })
  await stage.target('a', ({ headers }, outgoing) => {
    const told = ['x-forwarded-proto', 'x-forwarded-port', 'host', 'x-amzn-tls-version']
    outgoing.end(told.map((name) => headers[name]).join(' '))
  })

  const location = new URL((await ask(stage.port)).headers.location ?? '')
  expect(location.protocol).toBe('https:')
  expect(await get(location.hostname, Number(location.port))).toEqual({
    status: 200,
    body: 'https 443 shop.example.com TLSv1.3',
  })
})

test('the security policy decides on versions and ciphers', async () => {
  await stage.start(balancer({ listeners: [listener({ port: 443, tls: TLS })] }), { authority })
  const servername = 'shop.example.com'

  const two = await handshake({ servername, maxVersion: 'TLSv1.2' })
  expect(two.getProtocol()).toBe('TLSv1.2')
  expect(two.getCipher().name).toMatch(/^ECDHE-RSA-AES(128|256)-GCM/)
  two.destroy()
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  await expect(handshake({ servername, ...old })).rejects.toThrow(/version|handshake/i)
  const weak = { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' } as const
  await expect(handshake({ servername, ...weak })).rejects.toThrow(/handshake/i)
})

test('an unknown security policy is a problem that names it, and leaves nothing open', async () => {
  const unknown = { ...TLS, policy: 'ELBSecurityPolicy-2099-01' }
  const listeners = [listener(), listener({ port: 443, tls: unknown })]

  await expect(stage.start(balancer({ listeners }), { authority })).rejects.toThrow(
    'ELBSecurityPolicy-2099-01',
  )
})

test('plain HTTP on an HTTPS port is not answered, and the next client is', async () => {
  await stage.start(balancer({ listeners: [listener({ port: 443, tls: TLS })] }), { authority })
  await stage.target('a', (_, outgoing) => outgoing.end('ok'))
  const port = stage.balancer.localPort(443)

  await expect(ask(port)).rejects.toThrow()
  expect((await get('shop.example.com', port)).body).toBe('ok')
})

test('targets of HTTPS are spoken to and checked in TLS, whoever signed their certificate', async () => {
  const issued = await authority.issue(['anything.example'])
  const paths: string[] = []
  const server = createServer(issued, (incoming, outgoing) => {
    paths.push(incoming.url ?? '')
    outgoing.end('secure')
  })
  const healthCheck = { ...group().healthCheck, protocol: 'HTTPS' as const }
  await stage.start(balancer({ targetGroups: [group({ protocol: 'HTTPS', healthCheck })] }), {
    check: checkHealth,
  })

  await stage.register('a', server, () => server.closeAllConnections(), GROUP)

  await until(() => stage.balancer.targetGroup(GROUP).describeHealth()[0]?.state === 'healthy')
  expect((await ask(stage.port, { path: '/carts' })).body).toBe('secure')
  expect(paths).toEqual(['/ready', '/carts'])
})

test('a target that does not finish the TLS handshake is 502', async () => {
  await stage.start(balancer({ targetGroups: [group({ protocol: 'HTTPS' })] }), { connectTimeout: 1000 })
  await stage.rawTarget('a', (socket) => void socket.resume())

  expect((await ask(stage.port)).status).toBe(502)
  expect(await stage.told()).toMatchObject({ reason: 'tls-handshake' })
})
