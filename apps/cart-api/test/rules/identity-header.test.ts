import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({ catalog: new Shelf(), environment: { IDENTITY: 'header' } })
})
afterAll(() => api.close())

const NOT_FOUND = { status: 404, body: { code: 'cart-not-found' } }

describe('claiming', () => {
  test("a user's first change claims a guest's cart, in that change's version", async () => {
    const cart = new Shopper(api.url)
    await cart.add('mug')

    const answer = await cart.as('ann').add('mug')

    expect(answer).toMatchObject({ status: 200, body: { version: 2, owner: 'ann' } })
  })

  test("a user's cart lives a week from its last change, a guest's a day", async () => {
    const cart = new Shopper(api.url)
    const lifeOf = ({ body }: { body: { updatedAt: string; expiresAt: string } }) =>
      (Date.parse(body.expiresAt) - Date.parse(body.updatedAt)) / 1000

    const guests = await cart.add('mug')
    const users = await cart.as('ann').add('mug')

    expect(lifeOf(guests)).toBe(24 * 3600)
    expect(lifeOf(users)).toBe(7 * 24 * 3600)
  })

  test('reading never claims', async () => {
    const cart = new Shopper(api.url)
    await cart.add('mug')

    const read = await cart.as('ann').cart()
    const byGuest = await cart.cart()

    expect(read.status).toBe(200)
    expect(read.body).not.toHaveProperty('owner')
    expect(byGuest.text).toBe(read.text)
  })

  test.each([
    ['a change that changes nothing', (cart: Shopper) => cart.patch('/cart/items/mug', { quantity: 1 })],
    ['a change that is refused', (cart: Shopper) => cart.add('ghost')],
    ['a merge of nothing', (cart: Shopper) => cart.mergeFrom(new Shopper(api.url))],
  ])('%s claims nothing', async (_what, change) => {
    const cart = new Shopper(api.url)
    await cart.add('mug')
    await change(cart.as('ann'))

    const answer = await cart.cart()

    expect(answer).toMatchObject({ status: 200, body: { version: 1 } })
    expect(answer.body).not.toHaveProperty('owner')
  })

  test('a cart stays its owner’s when it is emptied', async () => {
    const cart = new Shopper(api.url)
    await cart.as('ann').add('mug')
    await cart.as('ann').delete('/cart')

    const answer = await cart.cart()

    expect(answer).toMatchObject(NOT_FOUND)
  })
})

describe("somebody else's cart", () => {
  const requests: [string, (cart: Shopper) => PromiseLike<unknown>][] = [
    ['read', (cart) => cart.cart()],
    ['read by its tag', (cart) => cart.cart().set('If-None-Match', '*')],
    ['added to', (cart) => cart.add('mug')],
    ['set', (cart) => cart.patch('/cart/items/mug', { quantity: 2 })],
    ['taken a line from', (cart) => cart.delete('/cart/items/mug')],
    ['cleared', (cart) => cart.delete('/cart')],
    ['changed by actions', (cart) => cart.post('/cart/actions', { actions: [{ type: 'clear' }] })],
    ['merged into', (cart) => cart.mergeFrom(new Shopper(api.url))],
    ['merged from', (cart) => new Shopper(api.url).as('bob').mergeFrom(cart)],
    ['checked out', (cart) => cart.checkOut()],
  ]
  describe.each([
    ['another user', (cart: Shopper) => cart.as('bob')],
    ['a guest', (cart: Shopper) => cart],
  ])('by %s', (_who, asking) => {
    test.each(requests)('is not found when it is %s', async (_what, ask) => {
      const cart = new Shopper(api.url)
      const { text } = await cart.as('ann').add('mug')

      const answer = await ask(asking(cart))

      expect(answer).toMatchObject(NOT_FOUND)
      expect((await cart.as('ann').cart()).text).toBe(text)
    })
  })

  test('is judged before If-Match and before what is asked for', async () => {
    const cart = new Shopper(api.url)
    await cart.as('ann').add('mug')

    const answer = await cart.as('bob').add('ghost').set('If-Match', '"nothing"')

    expect(answer).toMatchObject(NOT_FOUND)
  })

  test('is not told of: the answer holds neither owner nor lines', async () => {
    const cart = new Shopper(api.url)
    await cart.as('ann-of-green-gables').add('mug')

    const answer = await cart.as('bob').cart()

    expect(answer.text).not.toMatch(/ann-of|mug/)
    expect(answer.headers['etag']).toBeUndefined()
  })
})

describe('merging', () => {
  test("a guest's cart goes into the user's, and stays nobody's", async () => {
    const guest = new Shopper(api.url)
    const ann = new Shopper(api.url).as('ann')
    await guest.add('mug', 2)
    await ann.add('mug', 1)

    const answer = await ann.mergeFrom(guest)

    expect(answer).toMatchObject({ status: 200, body: { owner: 'ann', itemCount: 3 } })
    const source = (await guest.cart()).body
    expect(source).toMatchObject({ version: 2, lines: [] })
    expect(source).not.toHaveProperty('owner')
  })

  test('a cart of one’s own goes into another of one’s own', async () => {
    const old = new Shopper(api.url).as('ann')
    const current = new Shopper(api.url).as('ann')
    await old.add('mug')
    await current.add('tray')

    const answer = await current.mergeFrom(old)

    expect(answer).toMatchObject({ status: 200, body: { itemCount: 2 } })
    expect((await old.cart()).body).toMatchObject({ owner: 'ann', lines: [] })
  })

  test('a repeated merge meets its first answer, although somebody else uses the source by now', async () => {
    const [target, source] = [new Shopper(api.url).as('ann'), new Shopper(api.url)]
    await source.add('mug')
    const merging = target.with({ 'Idempotency-Key': 'merge' })
    const first = await merging.mergeFrom(source)
    await source.as('bob').add('tray')

    const again = await merging.mergeFrom(source)

    expect(first.status).toBe(200)
    expect(again).toMatchObject({ status: 200, text: first.text })
    expect(await target.mergeFrom(source)).toMatchObject(NOT_FOUND)
  })

  test('a merge claims the target', async () => {
    const source = new Shopper(api.url)
    const target = new Shopper(api.url)
    await source.add('mug')
    await target.add('tray')

    const answer = await target.as('ann').mergeFrom(source)

    expect(answer).toMatchObject({ status: 200, body: { owner: 'ann' } })
    expect(await target.cart()).toMatchObject(NOT_FOUND)
  })

  test("a guest cannot take a user's lines", async () => {
    const ann = new Shopper(api.url).as('ann')
    await ann.add('mug')

    const answer = await new Shopper(api.url).mergeFrom(ann)

    expect(answer).toMatchObject(NOT_FOUND)
  })
})

describe('orders', () => {
  test('an owned order is given to its owner alone, under any cart id', async () => {
    const cart = new Shopper(api.url)
    await cart.as('ann').add('mug')
    const { body: order } = await cart.as('ann').checkOut()
    const address = `/checkout/${order.orderId}`

    const byOwner = await cart.as('ann').get(address)
    const fromAnotherCart = await new Shopper(api.url).as('ann').get(address)
    const byGuest = await cart.get(address)
    const byBob = await cart.as('bob').get(address)

    expect(order.owner).toBe('ann')
    expect([byOwner.status, fromAnotherCart.status]).toEqual([200, 200])
    expect(byGuest).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(byBob).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  test("a guest's order is given to its cart id alone, also after a login", async () => {
    const cart = new Shopper(api.url)
    await cart.add('mug')
    const { body: order } = await cart.checkOut()
    const address = `/checkout/${order.orderId}`

    const byGuest = await cart.get(address)
    const afterLogin = await cart.as('ann').get(address)
    const fromAnotherCart = await new Shopper(api.url).get(address)

    expect(order).not.toHaveProperty('owner')
    expect([byGuest.status, afterLogin.status]).toEqual([200, 200])
    expect(fromAnotherCart).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  test("a checkout claims the cart, and the order is the user's", async () => {
    const cart = new Shopper(api.url)
    await cart.add('mug')

    const answer = await cart.as('ann').checkOut()

    expect(answer).toMatchObject({ status: 201, body: { owner: 'ann' } })
    expect(await cart.cart()).toMatchObject(NOT_FOUND)
  })
})

describe('X-User-ID', () => {
  test('an empty one is a guest', async () => {
    const answer = await new Shopper(api.url).as('').add('mug')

    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('owner')
  })

  test.each([
    ['129 characters', 'x'.repeat(129)],
    ['a space', 'ann smith'],
    ['a comma, as of a header that came twice', 'ann, bob'],
    ['a letter outside of ASCII', 'zoë'],
  ])('one with %s is refused', async (_what, user) => {
    const answer = await new Shopper(api.url).as(user).cart()

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ header: 'X-User-ID' }] } })
  })

  test('it is ignored with IDENTITY=none', async () => {
    const open = await startInProcess({ catalog: new Shelf() })
    const cart = new Shopper(open.url)

    const answer = await cart.as('ann').add('mug')
    const byBob = await cart.as('bob').cart()
    await open.close()

    expect(answer.body).not.toHaveProperty('owner')
    expect(byBob.status).toBe(200)
  })
})
