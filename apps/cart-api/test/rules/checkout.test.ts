import { type InProcessApi, startInProcess } from '../in-process.ts'
import { PRODUCTS, product, Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

const shelf = new Shelf()
let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({ catalog: shelf })
})
afterAll(() => api.close())
afterEach(() => shelf.arrange(PRODUCTS))

const euros = (amount: number) => ({ amount, currency: 'EUR' })

test('the cart becomes an order, and is empty in the same step', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug', 2)
  await guest.add('shirt', 1, 'l')

  const answer = await guest.checkOut()

  const { orderId } = answer.body
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    orderId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    cartId: guest.cartId,
    lines: [
      {
        productId: 'mug',
        name: 'The mug',
        quantity: 2,
        unitPrice: euros(1200),
        lineTotal: euros(2400),
      },
      {
        productId: 'shirt',
        variant: 'l',
        name: 'The shirt, L',
        quantity: 1,
        unitPrice: euros(2700),
        lineTotal: euros(2700),
      },
    ],
    itemCount: 3,
    total: euros(5100),
    createdAt: expect.stringMatching(/Z$/),
  })
  expect(answer.headers).toMatchObject({
    location: `/checkout/${orderId}`,
    'content-location': `/checkout/${orderId}`,
    'cache-control': 'private, no-cache',
    vary: 'X-Cart-ID, Authorization, X-User-ID',
  })
  expect((await guest.cart()).body).toMatchObject({ version: 3, lines: [], itemCount: 0, total: euros(0) })
})

test('the order can be read where Location says, and answered with 304', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  const made = await guest.checkOut()

  const read = await guest.get(made.headers['location'] ?? '')
  const again = await guest
    .get(made.headers['location'] ?? '')
    .set('If-None-Match', read.headers['etag'] ?? '')

  expect(read).toMatchObject({ status: 200, text: made.text })
  expect(read.headers).toMatchObject({ etag: made.headers['etag'], 'cache-control': 'private, no-cache' })
  expect(again).toMatchObject({ status: 304, text: '' })
})

test('a repeat is answered with the same order', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  const made = await guest.checkOut()

  const repeat = await guest.checkOut({})

  expect(repeat).toMatchObject({ status: 200, text: made.text })
  expect(repeat.headers['location']).toBeUndefined()
  expect(repeat.headers['idempotent-replayed']).toBeUndefined()
  expect((await guest.cart()).body.version).toBe(2)
})

test('after another change the next checkout is another order', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  const first = await guest.checkOut()
  await guest.add('tray')

  const second = await guest.checkOut()

  expect(second).toMatchObject({ status: 201, body: { total: euros(3000) } })
  expect(second.body.orderId).not.toBe(first.body.orderId)
  expect(await guest.get(`/checkout/${first.body.orderId}`)).toMatchObject({ status: 200, text: first.text })
})

test('a change that changes nothing leaves the repeat as it is', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  const made = await guest.checkOut()
  await guest.delete('/cart')

  const repeat = await guest.checkOut()

  expect(repeat).toMatchObject({ status: 200, text: made.text })
})

test.each([
  ['an unknown cart', async () => undefined],
  [
    'a cart that was cleared',
    async (guest: Shopper) => {
      await guest.add('mug')
      await guest.delete('/cart')
    },
  ],
  [
    'a cart that was changed and cleared since its checkout',
    async (guest: Shopper) => {
      await guest.add('mug')
      await guest.checkOut()
      await guest.add('mug')
      await guest.delete('/cart')
    },
  ],
])('%s cannot be checked out', async (_what, prepare) => {
  const guest = new Shopper(api.url)
  await prepare(guest)

  const answer = await guest.checkOut()

  expect(answer).toMatchObject({ status: 409, body: { code: 'cart-empty' } })
})

describe('expectedTotal', () => {
  test('the exact total lets the checkout through', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug', 2)

    const answer = await guest.checkOut({ expectedTotal: euros(2400) })

    expect(answer.status).toBe(201)
  })

  test.each([
    ['another amount', euros(2399)],
    ['another currency', { amount: 2400, currency: 'USD' }],
  ])('%s is a conflict that says the current total', async (_what, expectedTotal) => {
    const guest = new Shopper(api.url)
    await guest.add('mug', 2)

    const answer = await guest.checkOut({ expectedTotal })

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'total-changed', currentTotal: euros(2400) },
    })
    expect((await guest.cart()).body.itemCount).toBe(2)
  })

  test('it is compared with the total after re-pricing', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug', 2)
    shelf.put(product('mug', 1300))

    const old = await guest.checkOut({ expectedTotal: euros(2400) })
    const current = await guest.checkOut({ expectedTotal: euros(2600) })

    expect(old).toMatchObject({ status: 409, body: { currentTotal: euros(2600) } })
    expect(current).toMatchObject({ status: 201, body: { total: euros(2600) } })
  })

  test("on a repeat it is compared with the order's total", async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')
    await guest.checkOut()
    shelf.put(product('mug', 1300))

    const same = await guest.checkOut({ expectedTotal: euros(1200) })
    const other = await guest.checkOut({ expectedTotal: euros(1300) })

    expect(same.status).toBe(200)
    expect(other).toMatchObject({ status: 409, body: { code: 'total-changed', currentTotal: euros(1200) } })
  })

  test.each([
    ['a float', { expectedTotal: euros(0.5) }, '/expectedTotal/amount'],
    ['no currency', { expectedTotal: { amount: 1 } }, '/expectedTotal/currency'],
    ['no ISO 4217 code', { expectedTotal: { amount: 1, currency: 'eur' } }, '/expectedTotal/currency'],
    ['a field too many', { total: 1 }, '/total'],
  ])('%s is refused', async (_what, body, pointer) => {
    const answer = await new Shopper(api.url).checkOut(body)

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })
})

test('If-Match is judged first, also on a repeat', async () => {
  const guest = new Shopper(api.url)
  const { etag = '' } = (await guest.add('mug')).headers
  await guest.checkOut()

  const stale = await guest.checkOut().set('If-Match', etag)
  const current = await guest.checkOut().set('If-Match', (await guest.cart()).headers['etag'] ?? '')

  expect(stale).toMatchObject({ status: 412, body: { currentVersion: 2 } })
  expect(current.status).toBe(200)
})

test('products that are gone are named, and nothing is ordered', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  await guest.add('tray')
  await guest.add('shirt', 1, 's')
  shelf.arrange([product('mug', 1200), product('shirt', 2500, { variants: { m: undefined } })])

  const answer = await guest.checkOut()

  expect(answer).toMatchObject({
    status: 409,
    body: {
      code: 'product-unavailable',
      lines: [{ productId: 'tray' }, { productId: 'shirt', variant: 's' }],
    },
  })
  expect((await guest.cart()).body.itemCount).toBe(3)
})

test('a product that is sold in another currency now cannot be ordered with the rest', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  shelf.put(product('mug', 1500, { currency: 'USD' }))

  const answer = await guest.checkOut()

  expect(answer).toMatchObject({ status: 409, body: { code: 'currency-mismatch' } })
})

test('the order outlasts every change of the catalog', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  const made = await guest.checkOut()
  shelf.arrange([product('tray', 1)])

  const read = await guest.get(`/checkout/${made.body.orderId}`)

  expect(read).toMatchObject({ status: 200, text: made.text })
})

describe('an order is not found', () => {
  test.each([
    ['for another cart id', (orderId: string) => new Shopper(api.url).get(`/checkout/${orderId}`)],
    ['that nobody made', () => new Shopper(api.url).get('/checkout/5d1b3f6a-0000-4000-8000-000000000000')],
    ['by an id that none has', () => new Shopper(api.url).get('/checkout/x')],
  ])('%s', async (_what, ask) => {
    const guest = new Shopper(api.url)
    await guest.add('mug')
    const { body } = await guest.checkOut()

    const answer = await ask(body.orderId)

    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  test('without X-Cart-ID, which is refused', async () => {
    const answer = await new Shopper(api.url).get('/checkout/x').unset('X-Cart-ID')

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ header: 'X-Cart-ID' }] } })
  })
})
