import { passTime, stopDate } from '../clock.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

const GUEST_TTL = 100
const USER_TTL = 300

let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({
    catalog: new Shelf(),
    environment: {
      IDENTITY: 'header',
      GUEST_CART_TTL_SECONDS: String(GUEST_TTL),
      USER_CART_TTL_SECONDS: String(USER_TTL),
    },
  })
})
afterAll(() => api.close())
beforeEach(stopDate)
afterEach(() => jest.useRealTimers())

test.each([
  ['a guest', (cart: Shopper) => cart, GUEST_TTL],
  ['a user', (cart: Shopper) => cart.as('ann'), USER_TTL],
])(
  'the cart of %s is there until it expires, and then an empty one of version 0',
  async (_who, asking, ttl) => {
    const cart = asking(new Shopper(api.url))
    await cart.add('mug')

    passTime(ttl * 1000 - 1)
    const before = await cart.cart()
    passTime(1)
    const after = await cart.cart()

    expect(before.body).toMatchObject({ version: 1, itemCount: 1 })
    expect(after.body).toMatchObject({ version: 0, lines: [], createdAt: null })
  },
)

test('every change makes it live longer, reading does not', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  passTime((GUEST_TTL - 1) * 1000)
  await guest.add('mug')
  passTime((GUEST_TTL - 1) * 1000)

  const read = await guest.cart()
  passTime(1000)
  const later = await guest.cart()

  expect(read.body.version).toBe(2)
  expect(later.body.version).toBe(0)
})

test('a change that changes nothing does not make it live longer', async () => {
  const guest = new Shopper(api.url)
  const added = await guest.add('mug')
  passTime(1000)

  const same = await guest.patch('/cart/items/mug', { quantity: 1 })

  expect(same.body.expiresAt).toBe(added.body.expiresAt)
})

test('a new life of the same cart id has a tag of its own, although its version is the same', async () => {
  const guest = new Shopper(api.url)
  const first = await guest.add('mug')
  passTime(GUEST_TTL * 1000)
  const second = await guest.add('mug')

  const change = await guest.add('mug').set('If-Match', first.headers['etag'] ?? '')

  expect(second.body.version).toBe(1)
  expect(second.headers['etag']).not.toBe(first.headers['etag'])
  expect(change).toMatchObject({ status: 412, body: { currentVersion: 1 } })
})

test("an expired cart is nobody's: whoever has the id may begin it anew", async () => {
  const cart = new Shopper(api.url)
  await cart.as('ann').add('mug')
  passTime(USER_TTL * 1000)

  const answer = await cart.as('bob').add('tray')

  expect(answer).toMatchObject({ status: 200, body: { version: 1, owner: 'bob', itemCount: 1 } })
})

test('an expired cart is no source of a merge, and cannot be checked out', async () => {
  const source = new Shopper(api.url)
  const target = new Shopper(api.url)
  await source.add('mug')
  passTime(GUEST_TTL * 1000)

  const merged = await target.mergeFrom(source)
  const ordered = await source.checkOut()

  expect(merged).toMatchObject({ status: 200, body: { version: 0 } })
  expect(ordered).toMatchObject({ status: 409, body: { code: 'cart-empty' } })
})

test('an order does not expire with its cart', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  const made = await guest.checkOut()
  passTime(GUEST_TTL * 1000)

  const read = await guest.get(`/checkout/${made.body.orderId}`)
  const repeat = await guest.checkOut()

  expect(read).toMatchObject({ status: 200, text: made.text })
  expect(repeat).toMatchObject({ status: 409, body: { code: 'cart-empty' } })
})
