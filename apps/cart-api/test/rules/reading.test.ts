import { stopDate } from '../clock.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({ catalog: new Shelf() })
})
afterAll(() => api.close())
afterEach(() => jest.useRealTimers())

test('a cart that nobody has changed is an empty one of version 0', async () => {
  const guest = new Shopper(api.url)

  const answer = await guest.cart()

  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({
    id: guest.cartId,
    version: 0,
    currency: 'EUR',
    lines: [],
    itemCount: 0,
    total: { amount: 0, currency: 'EUR' },
    createdAt: null,
    updatedAt: null,
    expiresAt: null,
  })
})

test('a cart is shown with its lines, their names, sums and times', async () => {
  const guest = new Shopper(api.url)
  stopDate()
  jest.setSystemTime(Date.parse('2030-01-01T10:00:00Z'))
  await guest.add('mug', 2)
  jest.setSystemTime(Date.parse('2030-01-01T11:00:00Z'))
  await guest.add('shirt', 1, 'l')

  const answer = await guest.cart()

  const euros = (amount: number) => ({ amount, currency: 'EUR' })
  expect(answer.body).toEqual({
    id: guest.cartId,
    version: 2,
    currency: 'EUR',
    lines: [
      {
        productId: 'mug',
        name: 'The mug',
        quantity: 2,
        unitPrice: euros(1200),
        lineTotal: euros(2400),
        addedAt: '2030-01-01T10:00:00.000Z',
        warnings: [],
      },
      {
        productId: 'shirt',
        variant: 'l',
        name: 'The shirt, L',
        quantity: 1,
        unitPrice: euros(2700),
        lineTotal: euros(2700),
        addedAt: '2030-01-01T11:00:00.000Z',
        warnings: [],
      },
    ],
    itemCount: 3,
    total: euros(5100),
    createdAt: '2030-01-01T10:00:00.000Z',
    updatedAt: '2030-01-01T11:00:00.000Z',
    expiresAt: '2030-01-02T11:00:00.000Z',
  })
})

test('a cart may be kept by the client alone, and is asked for each time', async () => {
  const answer = await new Shopper(api.url).cart()

  expect(answer.headers['cache-control']).toBe('private, no-cache')
  expect(answer.headers['vary']).toBe('X-Cart-ID, Authorization, X-User-ID')
  expect(answer.headers['etag']).toMatch(/^"[^"]+"$/)
  expect(answer.headers['server-timing']).toMatch(/store;dur=\d/)
  expect(answer.headers['x-cache']).toBe('bypass')
})

test.each([
  ['the tag', (tag: string) => tag],
  ['the tag marked as weak', (tag: string) => `W/${tag}`],
  ['a list that has the tag', (tag: string) => `"old", ${tag}`],
  ['*', () => '*'],
])('If-None-Match with %s is answered with 304 and no body', async (_what, made) => {
  const guest = new Shopper(api.url)
  const { etag } = (await guest.add('mug')).headers

  const answer = await guest.cart().set('If-None-Match', made(etag ?? ''))

  expect(answer.status).toBe(304)
  expect(answer.text).toBe('')
  expect(answer.headers).toMatchObject({ etag, 'cache-control': 'private, no-cache' })
  expect(answer.headers['vary']).toBe('X-Cart-ID, Authorization, X-User-ID')
})

test('If-None-Match with an older tag is answered with the cart', async () => {
  const guest = new Shopper(api.url)
  const { etag } = (await guest.add('mug')).headers
  await guest.add('mug')

  const answer = await guest.cart().set('If-None-Match', etag ?? '')

  expect(answer).toMatchObject({ status: 200, body: { version: 2 } })
  expect(answer.headers['etag']).not.toBe(etag)
})

test('two carts never share a tag, whatever is in them', async () => {
  const ann = new Shopper(api.url)
  const bob = new Shopper(api.url)
  stopDate()

  const empty = [await ann.cart(), await bob.cart()].map(({ headers }) => headers['etag'])
  const filled = [await ann.add('mug'), await bob.add('mug')].map(({ headers }) => headers['etag'])

  expect(new Set([...empty, ...filled]).size).toBe(4)
})

test.each([
  ['none', undefined, 'is missing; POST /cart mints a cart id'],
  ['an empty one', '', 'must be 1-128 of A-Z a-z 0-9 . _ ~ -'],
  ['one of 129 characters', 'x'.repeat(129), 'must be 1-128 of A-Z a-z 0-9 . _ ~ -'],
  ['one with a slash', 'a/b', 'must be 1-128 of A-Z a-z 0-9 . _ ~ -'],
])('a cart id has to be there and well-formed: %s is refused', async (_what, cartId, message) => {
  const nobody = new Shopper(api.url)

  const request = nobody.cart().unset('X-Cart-ID')
  const answer = await (cartId === undefined ? request : request.set('X-Cart-ID', cartId))

  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'malformed-request', errors: [{ header: 'X-Cart-ID', message }] },
  })
})

test('a cart id may have 128 characters and any of the allowed signs', async () => {
  const cartId = 'aZ09._~-'.repeat(16)

  const answer = await new Shopper(api.url, {}, cartId).cart()

  expect(answer).toMatchObject({ status: 200, body: { id: cartId } })
})

test('what is no list of tags in If-None-Match is refused', async () => {
  const answer = await new Shopper(api.url).cart().set('If-None-Match', 'unquoted')

  expect(answer).toMatchObject({ status: 400, body: { errors: [{ header: 'If-None-Match' }] } })
})

test('a query parameter that nobody knows is refused', async () => {
  const answer = await new Shopper(api.url).get('/cart?currency=USD')

  expect(answer).toMatchObject({ status: 400, body: { errors: [{ parameter: 'currency' }] } })
})
