import { setTimeout as sleep } from 'node:timers/promises'
import { overriding } from '@cartwright/cart-store'
import { Connection } from '../hostile/connection.ts'
import { type InProcessApi, type InProcessOptions, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

let api: InProcessApi
let guest: Shopper
let lines: Record<string, unknown>[]
const opened: Connection[] = []

async function start(options: InProcessOptions = {}): Promise<void> {
  lines = []
  api = await startInProcess({ catalog: new Shelf(), lines, ...options })
  guest = new Shopper(api.url)
}
afterEach(async () => {
  for (const connection of opened.splice(0)) connection.destroy()
  await api.close()
})

async function connected(): Promise<Connection> {
  const connection = await Connection.open(api.url)
  opened.push(connection)
  return connection
}

const say = (connection: Connection, text: string) => connection.send(Buffer.from(text))

/** Everything of a request on the guest's cart but its body. */
function head(request: string, ...headers: string[]): string {
  const all = ['Host: cart.example', `X-Cart-ID: ${guest.cartId}`, ...headers]
  return `${request} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`
}

const CHUNKED = 'Transfer-Encoding: chunked'
const JSON_TYPE = 'Content-Type: application/json'

/** What a change may be asked for, with a body that is right as far as it goes. */
const CHANGES: readonly (readonly [string, string])[] = [
  ['DELETE /cart', ''],
  ['DELETE /cart/items/mug', ''],
  ['PATCH /cart/items/mug', '{"quantity":0}'],
  ['POST /cart/actions', '{"actions":[{"type":"clear"}]}'],
  ['POST /checkout/start', '{}'],
]

describe.each(CHANGES)('%s', (request, body) => {
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`

  test('changes nothing when its body breaks off', async () => {
    await start()
    await guest.add('mug')
    const connection = await connected()

    await say(connection, head(request, JSON_TYPE, CHUNKED) + chunk)
    await sleep(20)
    await say(connection, 'zzzz\r\n')

    expect(await connection.next()).toMatchObject({ status: 400 })
    expect(await connection.next()).toBeUndefined()
    expect((await guest.cart()).body).toMatchObject({ version: 1, itemCount: 1 })
  })

  test('changes nothing when its body does not come in time, also if it comes later', async () => {
    await start({ server: { headersTimeout: 60, requestTimeout: 80, connectionsCheckingInterval: 20 } })
    await guest.add('mug')
    const connection = await connected()

    await say(connection, head(request, JSON_TYPE, CHUNKED) + chunk)

    expect(await connection.next()).toMatchObject({ status: 408 })
    await say(connection, '0\r\n\r\n')
    expect(await connection.next()).toBeUndefined()
    await sleep(20)
    expect((await guest.cart()).body).toMatchObject({ version: 1, itemCount: 1 })
  })

  test('changes nothing when its client goes before the end', async () => {
    await start()
    await guest.add('mug')
    const connection = await connected()

    await say(connection, head(request, JSON_TYPE, CHUNKED) + chunk)
    connection.destroy()
    await sleep(50)

    expect((await guest.cart()).body).toMatchObject({ version: 1, itemCount: 1 })
  })
})

test('a change that breaks off while its caller is being identified changes nothing', async () => {
  const identified = Promise.withResolvers<undefined>()
  await start({ identity: { identify: () => identified.promise, shortestCartId: 1 } })
  const connection = await connected()

  await say(connection, `${head('DELETE /cart', CHUNKED, 'Idempotency-Key: one')}zzzz\r\n`)
  const answer = await connection.next()
  identified.resolve(undefined)
  await sleep(20)

  expect(answer).toMatchObject({ status: 400 })
  // The key is still free: nothing has been kept for it.
  const next = await guest.with({ 'Idempotency-Key': 'one' }).add('mug')
  expect(next.status).toBe(200)
})

test.each([
  ['half a body', 'DELETE /cart HTTP/1.1\r\nHost: a\r\nX-Cart-ID: a\r\nContent-Length: 9\r\n\r\n{'],
  ['half the headers', 'GET /cart HTTP/1.1\r\nHost: a'],
])('a client that sends %s and never closes is cut off', async (_what, text) => {
  await start({ server: { headersTimeout: 60, requestTimeout: 80, connectionsCheckingInterval: 20 } })
  const connection = await connected()

  await say(connection, text)
  const answer = await connection.next()
  await sleep(50)

  expect(answer).toMatchObject({ status: 408 })
  expect(await api.connections()).toBe(0)
})

describe('a change that takes no body', () => {
  beforeEach(() => start())

  test.each(['/cart', '/cart/items/mug'])('DELETE %s may have an empty one', async (path) => {
    for (const content of [undefined, '', '{}', ' { } ']) {
      await guest.add('mug')
      const answer = await guest.delete(path).set('Content-Type', 'application/json').send(content)
      expect(answer).toMatchObject({ status: 200, body: { lines: [] } })
    }
  })

  test.each([
    ['a field', 'application/json', '{"quantity":1}', 400, 'malformed-request'],
    ['a list', 'application/json', '[]', 400, 'malformed-request'],
    ['broken JSON', 'application/json', '{', 400, 'malformed-request'],
    ['text', 'text/plain', 'all', 415, 'unsupported-media-type'],
    ['more than 64 KiB of blanks', 'application/json', ' '.repeat(65_537), 413, 'body-too-large'],
    ['200 kB of bytes', 'application/octet-stream', 'x'.repeat(200_000), 413, 'body-too-large'],
  ])('is refused with %s', async (_what, type, content, status, code) => {
    await guest.add('mug')

    for (const path of ['/cart', '/cart/items/mug']) {
      const answer = await guest.delete(path).set('Content-Type', type).send(content)
      expect(answer).toMatchObject({ status, body: { code } })
    }
    expect((await guest.cart()).body).toMatchObject({ version: 1, itemCount: 1 })
  })

  test('an empty one does not make it another request', async () => {
    const keyed = guest.with({ 'Idempotency-Key': 'one' })
    await guest.add('mug')
    const first = await keyed.delete('/cart')

    const replayed = await keyed.delete('/cart').set('Content-Type', 'application/json').send('{}')

    expect(replayed.headers['idempotent-replayed']).toBe('true')
    expect(replayed.body).toEqual(first.body)
  })
})

test('the time that a client takes to send its request is not taken from its deadline', async () => {
  const deadlines: number[] = []
  await start({
    environment: { REQUEST_TIMEOUT_MS: '200' },
    wrapStore: (store) =>
      overriding(store, {
        readForChange: async (cartId, call) => {
          deadlines.push(call.deadline - performance.now())
          return store.readForChange(cartId, call)
        },
      }),
  })
  const body = '{"productId":"mug","quantity":1}'
  const connection = await connected()

  await say(connection, head('POST /cart/items', JSON_TYPE, `Content-Length: ${body.length}`))
  await sleep(300)
  await say(connection, body)

  expect(await connection.next()).toMatchObject({ status: 200 })
  expect(deadlines[0]).toBeGreaterThan(0)
})

describe('a header that may be there once', () => {
  beforeEach(() => start())

  test.each([
    ['Idempotency-Key', 'a', 'b'],
    ['Idempotency-Key', 'a', 'a'],
    ['X-Cart-ID', 'another', 'one'],
  ])('%s is refused when it is there twice', async (name, first, second) => {
    const connection = await connected()

    await say(connection, head('DELETE /cart', `${name}: ${first}`, `${name}: ${second}`))
    const answer = await connection.next()

    expect(answer).toMatchObject({ status: 400 })
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ errors: [{ header: name }] })
  })

  test('a key may hold a comma all the same', async () => {
    const keyed = guest.with({ 'Idempotency-Key': 'a, b' })
    await keyed.add('mug')

    expect((await keyed.add('mug')).headers['idempotent-replayed']).toBe('true')
  })
})

describe('what is no request', () => {
  test.each([
    ['garbage', 'GARBAGE\r\n\r\n', 400, 'malformed-request'],
    ['half the headers', 'GET /cart HTTP/1.1\r\nHost: a', 408, 'request-timeout'],
    ['too many headers', `GET /cart HTTP/1.1\r\nA: ${'a'.repeat(20_000)}\r\n`, 431, 'headers-too-large'],
  ])('%s is answered and logged under an id', async (_what, text, status, code) => {
    await start({ server: { headersTimeout: 60, requestTimeout: 80, connectionsCheckingInterval: 20 } })
    const connection = await connected()

    await say(connection, text)
    const answer = await connection.next()
    const requestId = answer?.headers.get('x-request-id')

    expect(answer?.status).toBe(status)
    expect(answer?.headers.get('x-instance-id')).toBe('test')
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code, instance: `urn:request:${requestId}` })
    expect(lines).toMatchObject([{ requestId, status, code, msg: 'request' }])
  })

  test('a request whose body breaks off keeps its id, and has one line in the log', async () => {
    await start()
    const connection = await connected()

    await say(connection, `${head('DELETE /cart', CHUNKED, 'X-Request-ID: mine')}zzzz\r\n`)
    const answer = await connection.next()
    await connection.next()
    await sleep(20)

    expect(answer?.headers.get('x-request-id')).toBe('mine')
    expect(lines).toMatchObject([{ requestId: 'mine', route: '/cart', status: 400 }])
    expect(lines).toHaveLength(1)
  })
})
