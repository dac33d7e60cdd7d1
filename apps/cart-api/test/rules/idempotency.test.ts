import { setTimeout as sleep } from 'node:timers/promises'
import type { CartStore } from '@cartwright/cart-store'
import { overriding } from '@cartwright/cart-store'
import type { Response, Test } from 'supertest'
import { passTime, stopDate } from '../clock.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

const KEY = { 'Idempotency-Key': 'order-66' }

/** Shorter than the life of a kept answer, in seconds. */
const USER_CART_TTL = 3600

let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({
    catalog: new Shelf(),
    environment: { IDENTITY: 'header', USER_CART_TTL_SECONDS: String(USER_CART_TTL) },
  })
})
afterAll(() => api.close())
afterEach(() => jest.useRealTimers())

test('a retry is answered as the first was, and has no effect of its own', async () => {
  const guest = new Shopper(api.url)

  const first = await guest.with(KEY).add('mug')
  await guest.add('tray')
  const retry = await guest.with(KEY).add('mug')

  expect(retry.status).toBe(200)
  expect(retry.text).toBe(first.text)
  expect(retry.headers).toMatchObject({
    'idempotent-replayed': 'true',
    etag: first.headers['etag'],
    'content-location': '/cart',
    'content-type': 'application/json; charset=utf-8',
  })
  expect(first.headers['idempotent-replayed']).toBeUndefined()
  expect((await guest.cart()).body).toMatchObject({ version: 2, itemCount: 2 })
})

test.each([
  ['POST /cart/items', (guest: Shopper) => guest.add('mug')],
  ['PATCH', (guest: Shopper) => guest.patch('/cart/items/tray', { quantity: 3 })],
  ['DELETE of a line', (guest: Shopper) => guest.delete('/cart/items/tray')],
  ['DELETE of all', (guest: Shopper) => guest.delete('/cart')],
  ['actions', (guest: Shopper) => guest.post('/cart/actions', { actions: [{ type: 'clear' }] })],
  ['checkout', (guest: Shopper) => guest.checkOut()],
  ['a merge', (guest: Shopper) => guest.mergeFrom(new Shopper('', {}, `source-of-${guest.cartId}`))],
])('%s can be retried', async (_what, change) => {
  const guest = new Shopper(api.url)
  await guest.add('tray')
  await new Shopper(api.url, {}, `source-of-${guest.cartId}`).add('mug')

  const first = await change(guest.with(KEY))
  const retry = await change(guest.with(KEY))

  expect(first.ok).toBe(true)
  expect(retry).toMatchObject({ status: first.status, text: first.text })
  expect(retry.headers['idempotent-replayed']).toBe('true')
  expect((await guest.cart()).body.version).toBe(2)
})

test('a checkout is replayed as the 201 that it was, with its Location', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')

  const first = await guest.with(KEY).checkOut()
  const retry = await guest.with(KEY).checkOut()

  expect(retry).toMatchObject({ status: 201, text: first.text })
  expect(retry.headers).toMatchObject({ location: first.headers['location'], 'idempotent-replayed': 'true' })
})

test('the answer of a change that changed nothing is kept as well', async () => {
  const guest = new Shopper(api.url)

  const first = await guest.with(KEY).delete('/cart')
  await guest.add('mug')
  const retry = await guest.with(KEY).delete('/cart')

  expect(retry).toMatchObject({ status: 200, text: first.text })
  expect(retry.headers['idempotent-replayed']).toBe('true')
  expect((await guest.cart()).body.version).toBe(1)
})

test('a refusal is not kept: the key stays free', async () => {
  const guest = new Shopper(api.url)

  const refused = await guest.with(KEY).delete('/cart/items/mug')
  await guest.add('mug')
  const accepted = await guest.with(KEY).delete('/cart/items/mug')

  expect(refused.status).toBe(404)
  expect(accepted.status).toBe(200)
  expect(accepted.headers['idempotent-replayed']).toBeUndefined()
})

test('a key is the same bare and quoted', async () => {
  const guest = new Shopper(api.url)

  await guest.with({ 'Idempotency-Key': 'a "b" \\' }).add('mug')
  const retry = await guest.with({ 'Idempotency-Key': '"a \\"b\\" \\\\"' }).add('mug')

  expect(retry.headers['idempotent-replayed']).toBe('true')
})

test.each([
  ['an empty one', '', 400],
  ['an empty one in quotes', '""', 400],
  ['256 characters', 'k'.repeat(256), 400],
  ['256 characters in quotes', `"${'k'.repeat(256)}"`, 400],
  ['a letter outside of ASCII', 'clé', 400],
  ['255 characters', 'k'.repeat(255), 200],
  ['255 characters in quotes', `"${'k'.repeat(255)}"`, 200],
])('a key has 1 to 255 visible characters: %s', async (_what, key, status) => {
  const answer = await new Shopper(api.url).with({ 'Idempotency-Key': key }).add('mug')

  expect(answer.status).toBe(status)
  if (status === 400) expect(answer.body.errors).toMatchObject([{ header: 'Idempotency-Key' }])
})

test.each([
  ['another body', (guest: Shopper) => guest.add('mug', 2)],
  ['another path', (guest: Shopper) => guest.post('/cart/actions', { actions: [{ type: 'clear' }] })],
  ['another method', (guest: Shopper) => guest.delete('/cart')],
])('a key that stands for one request is refused for %s', async (_what, other) => {
  const guest = new Shopper(api.url)
  await guest.with(KEY).add('mug')

  const answer = await other(guest.with(KEY))

  expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  expect((await guest.cart()).body.version).toBe(1)
})

test('DELETE of another variant, or of another product, is another request', async () => {
  const guest = new Shopper(api.url)
  for (const size of ['s', 'm']) await guest.add('shirt', 1, size)
  await guest.add('mug')
  await guest.with(KEY).delete('/cart/items/shirt?variant=s')

  const variant = await guest.with(KEY).delete('/cart/items/shirt?variant=m')
  const product = await guest.with(KEY).delete('/cart/items/mug')

  expect(variant.status).toBe(422)
  expect(product.status).toBe(422)
})

test('the order of members, and white space, make no other request', async () => {
  const guest = new Shopper(api.url)
  await guest.with(KEY).post('/cart/items', { productId: 'mug', quantity: 1 })

  const retry = await guest
    .with({ ...KEY, 'Content-Type': 'application/json' })
    .post('/cart/items')
    .send('{ "quantity": 1,\n "productId": "m\\u0075g" }')

  expect(retry.headers['idempotent-replayed']).toBe('true')
})

test('the same key on another cart is another key', async () => {
  await new Shopper(api.url).with(KEY).add('mug')

  const answer = await new Shopper(api.url).with(KEY).add('tray')

  expect(answer.status).toBe(200)
  expect(answer.headers['idempotent-replayed']).toBeUndefined()
})

test('on a merge the key belongs to the target', async () => {
  const target = new Shopper(api.url)
  const source = new Shopper(api.url)
  await source.add('mug')
  await target.with(KEY).mergeFrom(source)

  const onSource = await source.with(KEY).add('tray')
  const retry = await target.with(KEY).mergeFrom(source)

  expect(onSource.status).toBe(200)
  expect(onSource.headers['idempotent-replayed']).toBeUndefined()
  expect(retry.headers['idempotent-replayed']).toBe('true')
})

test('a retry comes before If-Match, which no longer holds because of the first', async () => {
  const guest = new Shopper(api.url)
  const { etag = '' } = (await guest.cart()).headers

  const first = await guest.with(KEY).add('mug').set('If-Match', etag)
  const retry = await guest.with(KEY).add('mug').set('If-Match', etag)

  expect(first.status).toBe(200)
  expect(retry).toMatchObject({ status: 200, text: first.text })
})

test('a retry survives a login between the two', async () => {
  const guest = new Shopper(api.url)
  const first = await guest.with(KEY).add('mug')

  const retry = await guest.as('ann').with(KEY).add('mug')

  expect(retry).toMatchObject({ status: 200, text: first.text })
  expect(retry.headers['idempotent-replayed']).toBe('true')
  expect((await guest.cart()).body).not.toHaveProperty('owner')
})

test("a user's answer is given to nobody else", async () => {
  const cart = new Shopper(api.url)
  // Changes nothing, so the cart stays a guest's and anybody passes the check of ownership.
  await cart.as('ann').with(KEY).delete('/cart')

  const guest = await cart.with(KEY).delete('/cart')
  const bob = await cart.as('bob').with(KEY).delete('/cart')
  const ann = await cart.as('ann').with(KEY).delete('/cart')

  expect(guest).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  expect(bob.status).toBe(422)
  expect(ann.headers['idempotent-replayed']).toBe('true')
})

test("a user's answer outlives the user's cart, and is still given to nobody else", async () => {
  const cart = new Shopper(api.url)
  stopDate()
  const first = await cart.as('ann').with(KEY).add('mug')
  passTime(USER_CART_TTL * 1000)

  const bob = await cart.as('bob').with(KEY).add('mug')
  const ann = await cart.as('ann').with(KEY).add('mug')

  expect(bob).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  expect(ann).toMatchObject({ status: 200, text: first.text })
})

test("ownership is judged before the key: somebody else's cart is not found", async () => {
  const cart = new Shopper(api.url)
  await cart.as('ann').with(KEY).add('mug')

  const answer = await cart.as('bob').with(KEY).add('mug')

  expect(answer).toMatchObject({ status: 404, body: { code: 'cart-not-found' } })
})

test('a key is kept for 24 hours', async () => {
  const guest = new Shopper(api.url)
  stopDate()
  await guest.with(KEY).add('mug')

  passTime(24 * 3600_000 - 1)
  const inTime = await guest.with(KEY).add('mug')
  passTime(1)
  const late = await guest.with(KEY).add('mug')

  expect(inTime.headers['idempotent-replayed']).toBe('true')
  expect(late).toMatchObject({ status: 200, body: { version: 1 } })
  expect(late.headers['idempotent-replayed']).toBeUndefined()
})

test('POST /cart keeps nothing and ignores the key', async () => {
  const guest = new Shopper(api.url).with(KEY)

  const first = await guest.post('/cart')
  const second = await guest.post('/cart')

  expect(second.status).toBe(201)
  expect(second.body.id).not.toBe(first.body.id)
  expect(await guest.with({ 'Idempotency-Key': '' }).post('/cart')).toMatchObject({ status: 201 })
})

describe('while the first still runs', () => {
  let second: InProcessApi | undefined
  afterEach(() => second?.close())

  test('a duplicate in the same process waits and gets its answer', async () => {
    second = await startInProcess({
      catalog: new Shelf(),
      wrapStore: (store) => slowAtFirst(store, sleep(80)),
    })
    const guest = new Shopper(second.url).with(KEY)

    const answers = await Promise.all([guest.add('mug'), guest.add('mug')])

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[0].text).toBe(answers[1].text)
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(1)
  })

  test('a duplicate that has no more time is told to come again', async () => {
    const told = Promise.withResolvers<void>()
    second = await startInProcess({
      catalog: new Shelf(),
      environment: { REQUEST_TIMEOUT_MS: '100' },
      wrapStore: (store) => slowAtFirst(store, told.promise),
    })
    const guest = new Shopper(second.url).with(KEY)

    const both = [sent(guest.add('mug')), sent(guest.add('mug'))]
    const refused = await Promise.race(both)
    told.resolve()

    expect(refused).toMatchObject({ status: 409, body: { code: 'request-in-progress' } })
    expect(refused.headers['retry-after']).toBe('1')
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 409])
  })

  // here       asks for the cart and for the key                        gets both
  // elsewhere                             removes the line, keeps its answer
  test('a duplicate elsewhere is never refused because of the first one', async () => {
    const asking = Promise.withResolvers<void>()
    const removed = Promise.withResolvers<void>()
    second = await startInProcess({
      catalog: new Shelf(),
      database: api.database,
      wrapStore: (store) =>
        overriding(store, {
          readForChange: async (id, call) => {
            asking.resolve()
            await removed.promise
            return store.readForChange(id, call)
          },
        }),
    })
    const guest = new Shopper(api.url)
    await guest.add('mug')

    const retrying = sent(new Shopper(second.url, KEY, guest.cartId).delete('/cart/items/mug'))
    await asking.promise
    const first = await guest.with(KEY).delete('/cart/items/mug')
    removed.resolve()
    const retry = await retrying

    expect(first.status).toBe(200)
    expect(retry).toMatchObject({ status: 200, text: first.text })
  })
})

/** Sends the request at once; supertest waits until somebody waits for the answer. */
function sent(test: Test): Promise<Response> {
  return test.then((answer) => answer)
}

/** The first commit waits until then, and comes to its end whatever its deadline. */
function slowAtFirst(store: CartStore, until: Promise<unknown>): CartStore {
  let commits = 0
  return overriding(store, {
    commit: async (commit, call) => {
      commits += 1
      if (commits === 1) await until
      return store.commit(commit, { ...call, deadline: Number.POSITIVE_INFINITY })
    },
  })
}
