import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createTable } from '@cartwright/cart-store/dynamodb'
import { startDynamo, startRedis, untilCached } from '@cartwright/test-servers'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { type Answer, KeepAliveClient } from './keep-alive.ts'

const CLIENTS = 64
const ADDS = 5_000
/** How often a race of a few requests is run: each run falls out differently. */
const RACES = 12

const TOTE = { productId: 'canvas-tote' }
const ADD_ONE = { method: 'POST', path: '/cart/items', body: { ...TOTE, quantity: 1 } }
const CHECKOUT = { method: 'POST', path: '/checkout/start', body: {} }
const SHOW = { method: 'GET', path: '/cart' }

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

interface Shown {
  readonly version: number
  readonly itemCount: number
}

interface Order {
  readonly orderId: string
  readonly itemCount: number
}

/** Something that processes share: the settings that lead to it, and its end. */
interface Shared {
  readonly environment: Readonly<Record<string, string>>
  dispose(): Promise<void>
}

async function folderOfData(): Promise<Shared> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cart-api-concurrency-'))
  return { environment: { DATA_DIR: folder }, dispose: async () => rmSync(folder, { recursive: true }) }
}

async function dynamoTable(): Promise<Shared> {
  const server = await startDynamo()
  await createTable({ table: 'carts', client: server.client })
  const { endpoint, region, credentials } = server.client
  return {
    environment: {
      STORE: 'dynamodb',
      TABLE_NAME: 'carts',
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    dispose: () => server.stop(),
  }
}

async function cachedTable(): Promise<Shared> {
  const [table, redis] = await Promise.all([dynamoTable(), startRedis()])
  return {
    environment: { ...table.environment, STORE: 'cached', REDIS_URL: redis.url },
    dispose: async () => {
      await redis.stop()
      await table.dispose()
    },
  }
}

async function redisServer(): Promise<Shared> {
  const server = await startRedis()
  return { environment: { STORE: 'redis', REDIS_URL: server.url }, dispose: () => server.stop() }
}

describe.each([
  ['one process', 1, folderOfData],
  ['two processes on one data folder', 2, folderOfData],
  ['two processes on one DynamoDB table', 2, dynamoTable],
  ['two processes on one DynamoDB table with a cache', 2, cachedTable],
  ['two processes on one Redis', 2, redisServer],
])('%s', (_, processes, share) => {
  let shared: Shared
  let apis: OwnProcessApi[]
  let clients: KeepAliveClient[]
  beforeAll(async () => {
    shared = await share()
    apis = await Promise.all(
      Array.from({ length: processes }, () => {
        return startOwnProcess({
          environment: { ...shared.environment, MAX_LINE_QUANTITY: '2147483647', LOG_LEVEL: 'warn' },
        })
      }),
    )
    await Promise.all(apis.map(untilCached))
    clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient())
  }, 30_000)
  afterAll(async () => {
    for (const client of clients) client.close()
    for (const api of apis) expect(await api.stop()).toEqual({ code: 0, signal: null })
    // Not one of the races was worth a warning.
    for (const { output } of apis) expect(output.stdout).toBe('')
    await shared.dispose()
  })
  afterAll(endOwnProcesses)

  /** Asks as the n-th client, which always talks to the same process over the same connection. */
  async function ask(n: number, cartId: string, { headers, ...request }: Request): Promise<Answer> {
    const client = clients[n % CLIENTS] as KeepAliveClient
    const api = apis[n % processes] as OwnProcessApi
    return client.ask(api.url, { ...request, headers: { 'X-Cart-ID': cartId, ...headers } })
  }

  /** Asks as all at once; no two of them share a connection. */
  function askAll(requests: readonly (Request & { readonly cartId: string })[]): Promise<Answer[]> {
    return Promise.all(requests.map(({ cartId, ...request }, n) => ask(n, cartId, request)))
  }

  async function show(cartId: string): Promise<Shown> {
    return bodyOf<Shown>(await ask(0, cartId, SHOW))
  }

  async function newCart(pieces: number): Promise<string> {
    const cartId = randomUUID()
    await ask(0, cartId, { ...ADD_ONE, body: { ...TOTE, quantity: pieces } })
    return cartId
  }

  test(`${ADDS} adds by ${CLIENTS} clients to one cart are all there, and each answer tells its own`, async () => {
    const cartId = randomUUID()
    let left = ADDS
    const told: Shown[] = []
    const seen: { readonly before: number; readonly shown: Shown }[] = []
    const adding = Array.from({ length: CLIENTS - 1 }, async (_each, n) => {
      while (left > 0) {
        left -= 1
        const answer = await ask(n, cartId, ADD_ONE)
        expect(answer).toMatchObject({ status: 200 })
        told.push(bodyOf<Shown>(answer))
      }
    })
    const reading = (async () => {
      while (told.length < ADDS) {
        const before = told.length
        seen.push({ before, shown: bodyOf<Shown>(await ask(CLIENTS - 1, cartId, SHOW)) })
      }
    })()

    await Promise.all([...adding, reading])

    expect(await show(cartId)).toMatchObject({ version: ADDS, itemCount: ADDS })
    expect(told.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: ADDS }, (_each, n) => n + 1),
    )
    expect(told.filter(({ version, itemCount }) => itemCount !== version)).toEqual([])
    // What was acknowledged before a read began is in what it shows, whichever process answers.
    expect(seen.filter(({ before, shown }) => shown.version < before)).toEqual([])
    expect(seen.length).toBeGreaterThan(10)
  }, 120_000)

  test('of two merges of one cart at once, into two carts, one gets its lines', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const source = await newCart(3)
      const targets = [randomUUID(), randomUUID()]
      const request = { method: 'POST', path: '/cart/merge', body: { sourceCartId: source } }

      const answers = await askAll(targets.map((cartId) => ({ ...request, cartId })))

      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      const told = answers.map((answer) => bodyOf<Shown>(answer).itemCount)
      expect(told.toSorted()).toEqual([0, 3])
      expect(await Promise.all(targets.map(async (id) => (await show(id)).itemCount))).toEqual(told)
      expect(await show(source)).toMatchObject({ version: 2, itemCount: 0 })
    }
  })

  test('two carts merged into each other at once end in one of them, or in one after the other', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const [one, two] = [await newCart(2), await newCart(3)]
      const merge = (cartId: string, sourceCartId: string) => {
        return { cartId, method: 'POST', path: '/cart/merge', body: { sourceCartId } }
      }

      const answers = await askAll([merge(one, two), merge(two, one)])

      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      const ends = [(await show(one)).itemCount, (await show(two)).itemCount]
      expect(ends.toSorted()).toEqual([0, 5])
      // The first merge found five pieces together; the second took all of them over.
      expect(answers.map((answer) => bodyOf<Shown>(answer).itemCount)).toEqual([5, 5])
    }
  })

  test('of checkouts that race adds, every piece is in exactly one order or still in the cart', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const cartId = await newCart(1)
      const requests = Array.from({ length: 16 }, (_each, n) => (n % 4 === 3 ? CHECKOUT : ADD_ONE))

      const answers = await askAll(requests.map((request) => ({ ...request, cartId })))

      const adds = answers.filter((_each, n) => requests[n] === ADD_ONE)
      const checkouts = answers.filter((_each, n) => requests[n] === CHECKOUT)
      expect(adds.filter(({ status }) => status !== 200)).toEqual([])
      // 201 is a new order; 200 repeats one of those, as nothing was added since.
      const orders = new Map<string, Order>()
      for (const answer of checkouts.toSorted((a, b) => b.status - a.status)) {
        const order = bodyOf<Order>(answer)
        expect(answer.status).toBe(orders.has(order.orderId) ? 200 : 201)
        expect(orders.get(order.orderId) ?? order).toEqual(order)
        orders.set(order.orderId, order)
      }
      for (const order of orders.values()) {
        const kept = await ask(race, cartId, { method: 'GET', path: `/checkout/${order.orderId}` })
        expect(bodyOf<Order>(kept)).toEqual(order)
      }
      const ordered = [...orders.values()].reduce((sum, { itemCount }) => sum + itemCount, 0)
      const cart = await show(cartId)
      expect(ordered + cart.itemCount).toBe(1 + adds.length)
      expect(cart.version).toBe(1 + adds.length + orders.size)
    }
  })

  test.each([
    ['an add', ADD_ONE],
    ['a checkout', CHECKOUT],
  ])('%s that is sent 50 times at once with one key happens once', async (_name, request) => {
    for (let race = 0; race < RACES; race += 1) {
      const cartId = await newCart(1)
      const headers = { 'Idempotency-Key': randomUUID() }

      const answers = await askAll(Array.from({ length: 50 }, () => ({ ...request, headers, cartId })))

      expect(new Set(answers.map(inShort)).size).toBe(1)
      expect([200, 201]).toContain(answers[0]?.status)
      expect(answers.filter((answer) => answer.headers['idempotent-replayed'] !== 'true')).toHaveLength(1)
      expect((await show(cartId)).version).toBe(2)
    }
  })

  test('a key that comes with 50 different requests at once belongs to one of them', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const cartId = randomUUID()
      const headers = { 'Idempotency-Key': randomUUID() }

      const answers = await askAll(
        Array.from({ length: 50 }, (_each, n) => {
          return { ...ADD_ONE, cartId, headers, body: { ...TOTE, quantity: n + 1 } }
        }),
      )

      const accepted = answers.findIndex(({ status }) => status === 200)
      const refused = answers.filter(({ status }) => status === 422)
      expect(refused).toHaveLength(49)
      expect(await show(cartId)).toMatchObject({ version: 1, itemCount: accepted + 1 })
    }
  })

  test('of 50 changes on condition of one version, one is made', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const cartId = await newCart(1)
      const tag = String((await ask(0, cartId, SHOW)).headers['etag'])

      const answers = await askAll(
        Array.from({ length: 50 }, () => ({ ...ADD_ONE, cartId, headers: { 'If-Match': tag } })),
      )

      const refused = answers.filter(({ status }) => status === 412)
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(refused).toHaveLength(49)
      for (const answer of refused) expect(bodyOf(answer)).toMatchObject({ currentVersion: 2 })
      expect(await show(cartId)).toMatchObject({ version: 2, itemCount: 2 })
    }
  })
})

function bodyOf<Body>({ text }: Answer): Body {
  // The API's own answers; what they look like is what the tests are about.
  return JSON.parse(text) as Body
}

/** What must be the same in every replay. */
function inShort({ status, headers, text }: Answer): string {
  return `${status} ${headers['etag']} ${headers['location']} ${text}`
}
