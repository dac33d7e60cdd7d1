import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpFaults, startHttpFaultProxy } from '@cartwright/test-servers'
import { type LoadBalancer, startLoadBalancer } from '../../load-balancer/load-balancer.ts'
import { balancer, GROUP, group } from '../../load-balancer/test/declared.ts'
import { until } from '../../load-balancer/test/stage.ts'
import { Authority } from '../../tls/authority.ts'
import { ApiProcess } from '../test/api-process.ts'
import { type Api, ApiClient } from './api-client.ts'
import { Load } from './load.ts'
import type { LoadReport } from './report.ts'

const WELL = { lost: 0, invented: 0, stale: 0, silent: 0 }

let folder: string
let apis: ApiProcess[]
const stops: (() => Promise<void> | void)[] = []
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'drill-load-'))
  apis = await Promise.all([ApiProcess.start(folder), ApiProcess.start(folder)])
})
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})
afterAll(async () => {
  await Promise.all(apis.map((api) => api.kill()))
  rmSync(folder, { recursive: true, force: true })
})

function at(port: number): Api {
  return { url: 'http://shop.example.com', connectTo: { host: '127.0.0.1', port } }
}

async function underLoad(
  api: Api,
  rate: number,
  meanwhile: (load: Load) => Promise<void>,
): Promise<LoadReport> {
  const load = await Load.start({ api, clients: 4, rate })
  stops.push(() => load.abort())
  await meanwhile(load)
  return load.stop()
}

/** Until so many requests were answered. */
const answered = (count: number) => (load: Load) => until(() => load.answers.length >= count)

async function startBalancer(): Promise<LoadBalancer> {
  const { healthCheck } = group()
  const checked = group({ healthCheck: { ...healthCheck, interval: 1, timeout: 1 } })
  const started = await startLoadBalancer(balancer({ targetGroups: [checked] }))
  stops.push(() => started.stop())
  const targets = started.targetGroup(GROUP)
  targets.register(...apis.map(({ port }) => ({ id: String(port), host: '127.0.0.1', port })))
  await until(() => targets.describeHealth().every(({ state }) => state === 'healthy'))
  return started
}

async function serve(answer: RequestListener): Promise<Api> {
  const server = createServer(answer)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  stops.push(() => {
    server.close()
    server.closeAllConnections()
  })
  // A TCP server's address is never a path.
  return at((server.address() as AddressInfo).port)
}

test('two processes on the same carts answer all, and keep what they acknowledged', async () => {
  const { localPort } = await startBalancer()

  const report = await underLoad(at(localPort(80)), 200, async (load) => {
    await answered(100)(load)
    load.phase = 'during'
    await answered(400)(load)
    load.phase = 'after'
    await answered(500)(load)
    // A cart is ordered after some changes: on a busy machine later.
    while (!load.answers.some(({ outcome }) => outcome === 201)) await sleep(20)
  })

  expect(report).toMatchObject({ failed: 0, retryLater: 0, troubles: [], carts: WELL })
  expect(Object.keys(report.answers)).toEqual(['200', '201'])
  expect(Object.keys(report.instances)).toHaveLength(2)
  expect(Object.values(report.phases).every(({ requests }) => requests > 0)).toBe(true)
})

test('what a killed process had is seen as 502 or cut off, and nothing that it acknowledged is lost', async () => {
  const { localPort } = await startBalancer()
  const [, second] = apis

  const report = await underLoad(at(localPort(80)), 100, async (load) => {
    await answered(50)(load)
    await second?.kill()
    await until(() => load.answers.some(({ outcome }) => outcome !== 200 && outcome !== 201))
    await answered(load.answers.length + 150)(load)
  })

  expect(report.failed).toBeGreaterThan(0)
  expect(report.troubles.filter(({ outcome }) => outcome !== 502 && outcome !== 'cut')).toEqual([])
  expect(report.carts).toMatchObject(WELL)
})

describe('an API that does wrong is found out', () => {
  const isAdd = (method: string, where: string): boolean => method === 'POST' && where === '/cart/items'

  async function behind(faults: HttpFaults): Promise<LoadReport> {
    const proxy = await startHttpFaultProxy(`http://127.0.0.1:${apis[0]?.port}`)
    stops.push(() => proxy.stop())
    proxy.set(faults)
    return underLoad(at(Number(new URL(proxy.url).port)), 100, answered(100))
  }

  test('adds that are acknowledged and not done', async () => {
    let [adds, version] = [0, 1000]
    const report = await behind(({ method, path: where }) => {
      if (!isAdd(method, where)) return undefined
      adds += 1
      if (adds % 2 === 0) return undefined
      version += 1
      return { does: 'answer', answer: { status: 200, body: JSON.stringify({ version, itemCount: 1 }) } }
    })

    expect(report.failed).toBe(0)
    expect(report.carts.lost).toBeGreaterThan(0)
  })

  test('adds that are refused and done', async () => {
    const { api, refused } = await startRefusing(apis[0]?.port ?? 0)
    const report = await underLoad(api, 100, answered(100))

    expect(refused()).toBeGreaterThan(0)
    expect(report.retryLater).toBe(refused())
    expect(report.carts).toMatchObject({ lost: 0, invented: refused() })
  })

  test('carts as they were before the last change', async () => {
    const shown = new Map<unknown, string>()
    const report = await behind(({ method, headers, path: where }) => {
      const cart = headers['x-cart-id']
      if (method !== 'GET' || where !== '/cart') return undefined
      const before = shown.get(cart) ?? '{"version":0,"itemCount":0}'
      shown.set(cart, before)
      return { does: 'answer', answer: { status: 200, body: before } }
    })

    expect(report.carts.stale).toBeGreaterThan(0)
  })

  test('answers that never come in full', async () => {
    const report = await behind(({ method, path: where }) =>
      isAdd(method, where) ? { does: 'cut-after' } : undefined,
    )

    expect(Object.keys(report.answers)).toContain('cut')
    // Nobody knows what became of them: nothing of it is lost or invented.
    expect(report.carts).toMatchObject(WELL)
  })
})

/** The API behind a server that does every third add and says that it did not. */
async function startRefusing(port: number): Promise<{ api: Api; refused: () => number }> {
  const client = new ApiClient(at(port))
  stops.push(() => client.close())
  let adds = 0
  let refused = 0
  const api = await serve((incoming, outgoing) => {
    const { method, url: where = '/', headers } = incoming
    let body = ''
    incoming.setEncoding('utf8').on('data', (part: string) => {
      body += part
    })
    incoming.on('end', async () => {
      const kept = Object.fromEntries(
        ['x-cart-id', 'idempotency-key'].flatMap((name) =>
          typeof headers[name] === 'string' ? [[name, headers[name]]] : [],
        ),
      )
      const received = await client.ask({
        method: method === 'GET' ? 'GET' : 'POST',
        path: where,
        headers: kept,
        ...(body === '' ? {} : { body: JSON.parse(body) }),
      })
      if (where === '/cart/items') adds += 1
      if (where !== '/cart/items' || adds % 3 !== 0)
        return void outgoing.writeHead(Number(received.outcome)).end(JSON.stringify(received.body))
      refused += 1
      outgoing.writeHead(503, { 'retry-after': '1' }).end('{"code":"store-unavailable","outcome":"none"}')
    })
  })
  return { api, refused: () => refused }
}

test('requests that wait do not keep others from being sent, up to a bound', async () => {
  let held = 0
  const api = await serve((incoming, outgoing) => {
    if (incoming.url === '/products') outgoing.end('{"products":[{"productId":"mug"}]}')
    else held += 1
  })

  const load = await Load.start({ api, clients: 1, rate: 500 })
  stops.push(() => load.abort())
  await until(() => held === 32)
  await sleep(50)

  expect({ held, open: load.open, answered: load.answers.length }).toEqual({
    held: 32,
    open: 32,
    answered: 0,
  })
})

test('the URL is what the server hears of, whatever the connection leads to, and its certificate is checked', async () => {
  const authority = await Authority.create()
  stops.push(() => authority.close())
  const heard: unknown[] = []
  const server = createTlsServer(
    await authority.issue(['shop.example.com']),
    ({ headers, socket }, outgoing) => {
      heard.push(headers.host, 'servername' in socket && socket.servername)
      outgoing.end('{}')
    },
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  stops.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const ca = path.join(authority.folder, 'ca.pem')
  // A TCP server's address is never a path.
  const connectTo = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const ask = async (api: Api) => {
    const client = new ApiClient(api)
    stops.push(() => client.close())
    return (await client.ask({ method: 'GET', path: '/' })).outcome
  }

  await expect(ask({ url: 'https://shop.example.com', connectTo, ca })).resolves.toBe(200)
  await expect(ask({ url: 'https://shop.example.com', connectTo })).resolves.toBe('cut')
  await expect(ask({ url: 'https://other.example.com', connectTo, ca })).resolves.toBe('cut')
  expect(heard).toEqual(['shop.example.com', 'shop.example.com'])
})

test('an API that cannot be reached is told at once', async () => {
  await expect(Load.start({ api: at(1), clients: 1, rate: 1 })).rejects.toThrow(
    /shop\.example\.com\/products was answered refused \(connect ECONNREFUSED/,
  )
})
