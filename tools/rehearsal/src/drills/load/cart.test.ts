import type { Act, Outcome } from './answer.ts'
import type { Received } from './api-client.ts'
import { LoadedCart } from './cart.ts'

const received = (outcome: Outcome, body: Received['body'] = {}): Received => ({
  outcome,
  body,
  headers: {},
  sentAt: 0,
  milliseconds: 1,
})

/** A shop that does what it should, unless it is told otherwise. */
class Shop {
  readonly cart = new LoadedCart('mug')
  pieces = 0
  version = 0
  readonly orders = new Map<string, number>()

  /** The next request of that kind is answered so; those before it as they should be. */
  answer(act: Act, answers: () => Received = () => this.#act(act)): void {
    for (;;) {
      const next = this.cart.next()
      next.heard(next.act === act ? answers() : this.#act(next.act))
      if (next.act === act) return
    }
  }

  add(): Received {
    this.pieces += 1
    this.version += 1
    return this.read()
  }

  read(): Received {
    return received(200, { version: this.version, itemCount: this.pieces })
  }

  order(): Received {
    const orderId = String(this.orders.size)
    this.orders.set(orderId, this.pieces)
    this.version += 1
    this.pieces = 0
    return received(201, { orderId, itemCount: this.orders.get(orderId) })
  }

  audit() {
    return this.cart.audit(({ path }) =>
      Promise.resolve(path === '/cart' ? this.read() : this.pieces === 0 ? received(409) : this.order()),
    )
  }

  #act(act: Act): Received {
    return { read: () => this.read(), add: () => this.add(), checkout: () => this.order() }[act]()
  }
}

const WELL = { lost: 0, invented: 0, stale: 0 }

test('a shop that keeps its word has lost nothing, also over checkouts', async () => {
  const shop = new Shop()
  for (let times = 0; times < 3; times += 1) shop.answer('checkout')

  expect(shop.orders.size).toBe(3)
  await expect(shop.audit()).resolves.toEqual(WELL)
})

test('an acknowledged piece that is gone is lost', async () => {
  const shop = new Shop()
  shop.answer('add', () => {
    shop.add()
    shop.pieces -= 1
    return received(200, { version: shop.version })
  })

  await expect(shop.audit()).resolves.toEqual({ ...WELL, lost: 1 })
})

test.each([
  ['refused', received(503, { code: 'store-unavailable', outcome: 'none' })],
  ['not allowed', received(409, { code: 'line-limit-exceeded' })],
  ['never sent', received('refused')],
])('a piece that is there although it was %s is invented', async (_, answer) => {
  const shop = new Shop()
  shop.answer('add', () => {
    shop.add()
    return answer
  })

  await expect(shop.audit()).resolves.toEqual({ ...WELL, invented: 1 })
})

test.each([
  ['cut off', received('cut')],
  ['not answered in time', received('timeout')],
  ['answered by a load balancer', received(502)],
  ['answered that nobody knows', received(503, { code: 'store-unavailable', outcome: 'unknown' })],
])('a piece may be there or not where the request was %s', async (_, answer) => {
  for (const happens of [true, false]) {
    const shop = new Shop()
    shop.answer('add', () => {
      if (happens) shop.add()
      return answer
    })

    await expect(shop.audit()).resolves.toEqual(WELL)
  }
})

test('a checkout of which nobody knows is asked again with its key', async () => {
  for (const happens of [true, false]) {
    const shop = new Shop()
    let key: string | undefined
    shop.answer('checkout', () => {
      if (happens) shop.order()
      return received('cut')
    })
    const asked: unknown[] = []

    const findings = await shop.cart.audit(({ path, headers }) => {
      if (path === '/cart') return Promise.resolve(shop.read())
      asked.push(headers?.['Idempotency-Key'])
      key ??= headers?.['Idempotency-Key']
      if (!happens) return Promise.resolve(shop.order())
      return Promise.resolve(received(201, { orderId: '0', itemCount: shop.orders.get('0') }))
    })

    expect(findings).toEqual(WELL)
    expect(asked).toEqual([key])
  }
})

test('an answer older than what was acknowledged before is stale', async () => {
  const shop = new Shop()
  shop.answer('add')
  shop.answer('add')
  shop.answer('read', () => received(200, { version: 1, itemCount: 1 }))

  await expect(shop.audit()).resolves.toEqual({ ...WELL, stale: 1 })
})

test('a change that makes no new version was made to an old cart', async () => {
  const shop = new Shop()
  shop.answer('add')
  shop.answer('add', () => {
    shop.pieces += 1
    return shop.read()
  })

  await expect(shop.audit()).resolves.toEqual({ ...WELL, stale: 1 })
})
