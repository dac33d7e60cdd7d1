import type { ForwardConfiguration, ListenerConfiguration } from '../declared/configuration.ts'
import { type Answer, ask, talk } from '../test/client.ts'
import { balancer, FORWARD, GROUP, group, listener, rule } from '../test/declared.ts'
import { HandClock } from '../test/hand-clock.ts'
import { Stage } from '../test/stage.ts'

const GREEN = `${GROUP}-green`

let stage: Stage
let clock: HandClock
beforeEach(() => {
  stage = new Stage()
  clock = new HandClock()
})
afterEach(() => stage.stop())

/** With two targets in the usual group. */
async function start(changes: Partial<ListenerConfiguration>, groups = [group()]): Promise<void> {
  await stage.start(balancer({ listeners: [listener(changes)], targetGroups: groups }), { clock })
  for (const id of ['a', 'b']) await stage.target(id, (_, outgoing) => outgoing.end(id))
}

async function bodies(count: number, headers: Record<string, string> = {}): Promise<string> {
  let all = ''
  for (let request = 0; request < count; request += 1) all += (await ask(stage.port, { headers })).body
  return all
}

/** The cookies that an answer sets, for the next request. */
function cookiesOf({ headers }: Answer): Record<string, string> {
  const pairs = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '')
  return { cookie: pairs.join('; ') }
}

test('the first rule that holds counts, and the default where none does', async () => {
  const fixed = (status: number) =>
    ({ type: 'fixed-response', status, contentType: 'application/json', body: '{"code":"x"}' }) as const
  await start({
    rules: [
      rule(fixed(404), 1, [{ field: 'path-pattern', patterns: ['/ready', '/metrics/*'] }]),
      rule(FORWARD, 10, [
        { field: 'host-header', patterns: ['shop.example.com'] },
        { field: 'http-request-method', methods: ['GET'] },
      ]),
      rule(fixed(410)),
    ],
  })

  const inner = await ask(stage.port, { path: '/ready?x=1' })
  expect([inner.status, inner.body, inner.headers['content-type']]).toEqual([
    404,
    '{"code":"x"}',
    'application/json',
  ])
  expect((await ask(stage.port, { headers: { host: 'Shop.example.com:1234' } })).status).toBe(200)
  expect((await ask(stage.port, { headers: { host: 'other.example.com' } })).status).toBe(410)
  expect((await ask(stage.port, { method: 'POST' })).status).toBe(410)
  expect(await stage.told()).toMatchObject({ status: 404, by: 'load-balancer', reason: 'fixed-response' })
})

test('own answers have a status line with words, and no body for HEAD', async () => {
  const fixed = { type: 'fixed-response', status: 404, contentType: 'text/plain', body: 'nothing' } as const
  await start({ rules: [rule(fixed)] })
  const asking = ' / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n'

  expect((await talk(stage.port, `GET${asking}`)).received).toMatch(
    /^HTTP\/1.1 404 Not Found\r\n.*\r\n\r\nnothing$/s,
  )
  expect((await talk(stage.port, `HEAD${asking}`)).received).toMatch(/Content-Length: 7\r\n.*\r\n\r\n$/s)
})

test('an address is that of the connection, whatever headers say', async () => {
  await start({
    rules: [
      rule({ type: 'fixed-response', status: 403, contentType: 'text/plain', body: '' }, 1, [
        { field: 'source-ip', blocks: ['127.0.0.2/32'] },
      ]),
      rule(FORWARD),
    ],
  })

  expect((await ask(stage.port, { localAddress: '127.0.0.2' })).status).toBe(403)
  expect((await ask(stage.port, { headers: { 'x-forwarded-for': '127.0.0.2' } })).status).toBe(200)
})

test('a redirect keeps what it does not change, and can be followed on this machine', async () => {
  const redirect = {
    type: 'redirect',
    status: 301,
    protocol: 'HTTP',
    host: '#{host}',
    port: '8080',
    path: '/#{path}',
    query: '#{query}',
  } as const
  const other = listener({ port: 8080 })
  await stage.start(balancer({ listeners: [listener({ rules: [rule(redirect)] }), other] }))

  const { status, headers } = await ask(stage.port, { path: '/carts/1?a=b' })

  expect(status).toBe(301)
  expect(headers.location).toBe(`http://shop.example.com:${stage.balancer.localPort(8080)}/carts/1?a=b`)
  expect(await stage.told()).toMatchObject({ status: 301, reason: 'redirect' })
})

test('targets take turns', async () => {
  await start({})

  expect(await bodies(6)).toMatch(/^(ab){3}$|^(ba){3}$/)
})

test('groups get their weights, and none without weight', async () => {
  const forward: ForwardConfiguration = {
    type: 'forward',
    groups: [
      { arn: GROUP, weight: 1 },
      { arn: GREEN, weight: 3 },
    ],
  }
  const groups = [group(), group({ arn: GREEN, name: 'green' })]
  await stage.start(balancer({ listeners: [listener({ rules: [rule(forward)] })], targetGroups: groups }))
  await stage.target('blue', (_, outgoing) => outgoing.end('b'))
  await stage.target('green', (_, outgoing) => outgoing.end('g'), GREEN)

  expect([...(await bodies(8))].filter((id) => id === 'g')).toHaveLength(6)
})

test('a client stays with its group for as long as the action says', async () => {
  const forward: ForwardConfiguration = {
    type: 'forward',
    groups: [
      { arn: GROUP, weight: 1 },
      { arn: GREEN, weight: 1 },
    ],
    stickyFor: 600,
  }
  const groups = [group(), group({ arn: GREEN, name: 'green' })]
  await stage.start(balancer({ listeners: [listener({ rules: [rule(forward)] })], targetGroups: groups }), {
    clock,
  })
  await stage.target('blue', (_, outgoing) => outgoing.end('b'))
  await stage.target('green', (_, outgoing) => outgoing.end('g'), GREEN)

  const first = await ask(stage.port)
  const cookies = cookiesOf(first)
  expect(cookies['cookie']).toMatch(/^AWSALBTG=\S+; AWSALBTGCORS=\S+$/)
  expect(await bodies(4, cookies)).toBe(first.body.repeat(4))

  await clock.pass(601)
  expect(new Set(await bodies(2, cookies))).toEqual(new Set(['b', 'g']))
})

const STICKY = group({ stickiness: { type: 'lb_cookie', duration: 600 } })

test('a client stays with its target by AWSALB, for the duration, which each answer renews', async () => {
  await start({}, [STICKY])
  const first = await ask(stage.port)
  const set = first.headers['set-cookie'] ?? []
  expect(set).toHaveLength(2)
  expect(set[0]).toMatch(/^AWSALB=[^;]+; Expires=[^;]+ GMT; Path=\/$/)
  expect(set[1]).toMatch(/^AWSALBCORS=[^;]+; Expires=[^;]+ GMT; Path=\/; SameSite=None; Secure$/)

  let cookies = cookiesOf(first)
  for (let request = 0; request < 4; request += 1) {
    await clock.pass(400)
    const next = await ask(stage.port, { headers: cookies })
    expect(next.body).toBe(first.body)
    cookies = cookiesOf(next)
  }
  const onlyCors = { cookie: cookies['cookie']?.split('; ')[1] ?? '' }
  expect(await bodies(2, onlyCors)).toBe(first.body.repeat(2))
  await clock.pass(601)
  expect(new Set(await bodies(2, cookies))).toEqual(new Set(['a', 'b']))
})

test('a cookie that nobody here made is ignored', async () => {
  await start({}, [STICKY])

  expect(new Set(await bodies(2, { cookie: 'AWSALB=forged; a=b' }))).toEqual(new Set(['a', 'b']))
})

test('a client whose target drains gets another one, and stays with that', async () => {
  await start({}, [STICKY])
  const first = await ask(stage.port)
  void stage.balancer.targetGroup(GROUP).deregister(first.body)

  const next = await ask(stage.port, { headers: cookiesOf(first) })

  expect(next.body).toBe(first.body === 'a' ? 'b' : 'a')
  expect(await bodies(2, cookiesOf(next))).toBe(next.body.repeat(2))
})

test("an application's cookie makes a client stay only where the application sets it, and both come back", async () => {
  const sticky = group({ stickiness: { type: 'app_cookie', cookie: 'session', duration: 60 } })
  await stage.start(balancer({ targetGroups: [sticky] }))
  for (const id of ['a', 'b'])
    await stage.target(id, (incoming, outgoing) => {
      if (incoming.url === '/login') outgoing.setHeader('set-cookie', 'session=1; HttpOnly')
      outgoing.end(id)
    })

  expect((await ask(stage.port)).headers['set-cookie']).toBeUndefined()
  const login = await ask(stage.port, { path: '/login' })
  const { cookie = '' } = cookiesOf(login)
  expect(cookie).toMatch(/^session=1; AWSALBAPP-0=\S+$/)
  expect(await bodies(3, { cookie })).toBe(login.body.repeat(3))
  const [, alone = ''] = cookie.split('; ')
  expect(new Set(await bodies(2, { cookie: alone }))).toEqual(new Set(['a', 'b']))
})
