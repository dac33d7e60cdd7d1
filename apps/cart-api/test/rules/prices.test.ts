import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFileCatalog } from '../../src/catalog/json-file.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { PRODUCTS, product, Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

const shelf = new Shelf()
let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({ catalog: shelf })
})
afterAll(() => api.close())
afterEach(() => {
  shelf.arrange(PRODUCTS)
  shelf.outOfReach = false
})

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const DEARER = product('mug', 1500)

test('a changed price is warned of, and the line keeps the one that was seen', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug', 2)
  shelf.put(DEARER)

  const { body } = await guest.cart()

  expect(body).toMatchObject({
    version: 1,
    total: euros(2400),
    lines: [{ unitPrice: euros(1200), warnings: [{ code: 'price-changed', currentPrice: euros(1500) }] }],
  })
})

test('the next add takes the price over, for the whole line', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug', 2)
  shelf.put(DEARER)

  const { body } = await guest.add('mug')

  expect(body).toMatchObject({
    total: euros(4500),
    lines: [{ quantity: 3, unitPrice: euros(1500), warnings: [] }],
  })
})

test('setting a quantity leaves the price as it was', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug', 2)
  shelf.put(DEARER)

  const { body } = await guest.patch('/cart/items/mug', { quantity: 1 })

  expect(body).toMatchObject({ lines: [{ unitPrice: euros(1200), warnings: [{ code: 'price-changed' }] }] })
})

test('checkout takes the price over', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug', 2)
  shelf.put(DEARER)

  expect(await guest.checkOut()).toMatchObject({ status: 201, body: { total: euros(3000) } })
})

test('a price that comes back is not warned of any more', async () => {
  const guest = new Shopper(api.url)
  const before = await guest.add('mug')
  shelf.put(DEARER)
  await guest.cart()
  shelf.arrange(PRODUCTS)

  const after = await guest.cart()

  expect(after.text).toBe(before.text)
  expect(after.headers['etag']).toBe(before.headers['etag'])
})

test('a product that is gone is warned of, and its line can still be set and removed', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')
  shelf.arrange([product('tray', 3000)])

  const shown = await guest.cart()
  const set = await guest.patch('/cart/items/mug', { quantity: 2 })
  const removed = await guest.delete('/cart/items/mug')

  expect(shown.body.lines[0]).toMatchObject({ warnings: [{ code: 'product-unavailable' }] })
  expect(shown.body.lines[0]).not.toHaveProperty('name')
  expect([set.status, removed.status]).toEqual([200, 200])
})

test('the tag changes with what is warned of, and If-Match compares the whole tag', async () => {
  const guest = new Shopper(api.url)
  const { etag = '' } = (await guest.add('mug')).headers
  shelf.put(DEARER)

  const read = await guest.cart().set('If-None-Match', etag)
  const change = await guest.add('mug').set('If-Match', etag)

  expect(read.status).toBe(200)
  expect(change).toMatchObject({ status: 412, body: { currentVersion: 1 } })
})

describe('while the catalog cannot be asked', () => {
  test('a cart is shown with what is in it, and a warning', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')
    shelf.outOfReach = true

    const { status, body } = await guest.cart()

    expect(status).toBe(200)
    expect(body).toMatchObject({
      total: euros(1200),
      lines: [{ unitPrice: euros(1200), warnings: [{ code: 'price-unknown' }] }],
    })
  })

  test('nothing can be added or checked out', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')
    shelf.outOfReach = true

    const added = await guest.add('mug')
    const ordered = await guest.checkOut()

    for (const answer of [added, ordered]) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'catalog-unavailable' } })
      expect(answer.headers['retry-after']).toBe('7')
    }
    expect((await guest.cart()).body.version).toBe(1)
  })

  test('lines can be set, removed, merged and cleared', async () => {
    const guest = new Shopper(api.url)
    const other = new Shopper(api.url)
    await guest.add('mug')
    await other.add('tray')
    shelf.outOfReach = true

    const answers = [
      await guest.patch('/cart/items/mug', { quantity: 3 }),
      await guest.mergeFrom(other),
      await guest.delete('/cart/items/tray'),
      await guest.delete('/cart'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test('what has succeeded already can be repeated', async () => {
    const guest = new Shopper(api.url)
    const keyed = guest.with({ 'Idempotency-Key': 'again' })
    const added = await keyed.add('mug')
    const ordered = await guest.checkOut()
    shelf.outOfReach = true

    const replayed = await keyed.add('mug')
    const repeated = await guest.checkOut()

    expect(replayed).toMatchObject({ status: 200, text: added.text })
    expect(repeated).toMatchObject({ status: 200, text: ordered.text })
  })
})

test('a new catalog file is in force shortly after, without a restart', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'prices-'))
  const file = path.join(folder, 'catalog.json')
  await writeFile(file, JSON.stringify({ products: PRODUCTS }))
  const catalog = await openFileCatalog({ path: file, pollMs: 10, warn: () => undefined })
  const shop = await startInProcess({ catalog })
  const guest = new Shopper(shop.url)
  await guest.add('mug')

  await writeFile(`${file}.new`, JSON.stringify({ products: [DEARER] }))
  await rename(`${file}.new`, file)
  let lines = []
  for (let tries = 0; tries < 200 && !lines[0]?.warnings.length; tries++) {
    await sleep(10)
    lines = (await guest.cart()).body.lines
  }
  await shop.close()
  await rm(folder, { recursive: true })

  expect(lines).toMatchObject([{ warnings: [{ code: 'price-changed', currentPrice: euros(1500) }] }])
})
