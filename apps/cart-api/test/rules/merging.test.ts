import { overriding } from '@cartwright/cart-store'
import { passTime, stopDate } from '../clock.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

let api: InProcessApi
beforeAll(async () => {
  api = await startInProcess({
    catalog: new Shelf(),
    environment: { MAX_LINES: '3', MAX_LINE_QUANTITY: '10' },
  })
})
afterAll(() => api.close())
afterEach(() => jest.useRealTimers())

const quantities = ({ body }: { body: { lines: { productId: string; quantity: number }[] } }) =>
  Object.fromEntries(body.lines.map(({ productId, quantity }) => [productId, quantity]))

/** Two carts: the target with 4 mugs, then the source with 3 mugs and a tray, then the target with 1 mug more. */
async function twoCarts(): Promise<{ target: Shopper; source: Shopper }> {
  const target = new Shopper(api.url)
  const source = new Shopper(api.url)
  stopDate()
  await target.add('mug', 4)
  passTime(1)
  await source.add('mug', 3)
  await source.add('tray', 1)
  passTime(1)
  await target.add('mug', 1)
  return { target, source }
}

test('the lines move over, and the source ends empty in a version of its own', async () => {
  const { target, source } = await twoCarts()

  const answer = await target.mergeFrom(source)

  expect(answer).toMatchObject({
    status: 200,
    body: {
      id: target.cartId,
      version: 3,
      itemCount: 9,
      merge: { strategy: 'sum', capped: [], leftOut: [] },
    },
  })
  expect(quantities(answer)).toEqual({ mug: 8, tray: 1 })
  expect((await source.cart()).body).toMatchObject({ version: 3, lines: [], itemCount: 0 })
})

test('the answer is the cart that a read shows, and the report', async () => {
  const { target, source } = await twoCarts()

  const answer = await target.mergeFrom(source)

  const { merge, ...cart } = answer.body
  const read = await target.cart()
  expect(cart).toEqual(read.body)
  expect(answer.headers['etag']).toBe(read.headers['etag'])
  expect(merge).toBeDefined()
})

test.each([
  ['sum', { mug: 8, tray: 1 }],
  ['max', { mug: 5, tray: 1 }],
  ['last-write-wins', { mug: 5, tray: 1 }],
  ['keep-target', { mug: 5, tray: 1 }],
])('with %s the target keeps the newer and larger line as the strategy says', async (strategy, wanted) => {
  const { target, source } = await twoCarts()

  const answer = await target.mergeFrom(source, strategy)

  expect(answer.body.merge.strategy).toBe(strategy)
  expect(quantities(answer)).toEqual(wanted)
})

test.each([
  ['sum', { mug: 8, tray: 1 }],
  ['max', { mug: 5, tray: 1 }],
  ['last-write-wins', { mug: 3, tray: 1 }],
  ['keep-target', { mug: 5, tray: 1 }],
])('with %s a newer line of the source counts as the strategy says', async (strategy, wanted) => {
  const { target, source } = await twoCarts()
  passTime(1)
  await source.patch('/cart/items/mug', { quantity: 2 })
  await source.patch('/cart/items/mug', { quantity: 3 })

  const answer = await target.mergeFrom(source, strategy)

  expect(quantities(answer)).toEqual(wanted)
})

test('the setting MERGE_STRATEGY holds where the request does not say', async () => {
  const other = await startInProcess({
    catalog: new Shelf(),
    environment: { MERGE_STRATEGY: 'keep-target' },
    database: api.database,
  })
  const { target, source } = await twoCarts()

  const answer = await new Shopper(other.url, {}, target.cartId).mergeFrom(source)
  await other.close()

  expect(answer.body.merge.strategy).toBe('keep-target')
  expect(quantities(answer)).toEqual({ mug: 5, tray: 1 })
})

test('what the limits do not let in is told: capped lines with what was asked, lines left out', async () => {
  const target = new Shopper(api.url)
  const source = new Shopper(api.url)
  await target.add('mug', 8)
  await target.add('shirt', 1, 's')
  await source.add('mug', 7)
  await source.add('shirt', 1, 'm')
  await source.add('shirt', 2, 'l')

  const answer = await target.mergeFrom(source)

  expect(answer.body.merge).toEqual({
    strategy: 'sum',
    capped: [{ productId: 'mug', asked: 15, kept: 10 }],
    leftOut: [{ productId: 'shirt', variant: 'l', quantity: 2 }],
  })
  expect(answer.body.lines).toMatchObject([
    { productId: 'mug', quantity: 10 },
    { productId: 'shirt', variant: 's', quantity: 1 },
    { productId: 'shirt', variant: 'm', quantity: 1 },
  ])
  expect((await source.cart()).body.lines).toEqual([])
})

test.each([
  ['unknown', async () => undefined],
  ['empty', async (source: Shopper) => void (await source.post('/cart/actions', EMPTIED))],
])('a source that is %s changes nothing', async (_what, prepare) => {
  const target = new Shopper(api.url)
  const source = new Shopper(api.url)
  await prepare(source)
  await target.add('mug')
  const before = await source.cart()

  const answer = await target.mergeFrom(source)

  expect(answer).toMatchObject({
    status: 200,
    body: { version: 1, merge: { strategy: 'sum', capped: [], leftOut: [] } },
  })
  expect((await source.cart()).text).toBe(before.text)
})
const EMPTIED = { actions: [{ type: 'add', productId: 'mug', quantity: 1 }, { type: 'clear' }] }

test('an unknown target takes the whole source over', async () => {
  const target = new Shopper(api.url)
  const source = new Shopper(api.url)
  await source.add('rice', 2)

  const answer = await target.mergeFrom(source)

  expect(answer).toMatchObject({
    status: 200,
    body: { version: 1, currency: 'JPY', total: { amount: 1600, currency: 'JPY' } },
  })
})

/** Merges in a second process, in which reading one of the carts waits for what the first process does meanwhile. */
async function mergeOvertaken(
  { target, source, late }: { target: Shopper; source: Shopper; late: Shopper },
  meanwhile: () => Promise<unknown>,
) {
  let overtaking: Promise<unknown> | undefined
  const slow = await startInProcess({
    catalog: new Shelf(),
    database: api.database,
    wrapStore: (store) =>
      overriding(store, {
        readForChange: async (id, call) => {
          if (id === late.cartId) {
            // The other cart has been read by the time that this ends.
            overtaking ??= meanwhile()
            await overtaking
          }
          return store.readForChange(id, call)
        },
      }),
  })
  const answer = await new Shopper(slow.url, {}, target.cartId).mergeFrom(source)
  await slow.close()
  return answer
}

test('a merge that is overtaken after it has read its target answers with what there is then', async () => {
  const { target, source } = await twoCarts()
  const meanwhile = async () => expect((await target.mergeFrom(source)).status).toBe(200)

  const answer = await mergeOvertaken({ target, source, late: source }, meanwhile)

  // Not with the target as it was beside a source that had lines then.
  expect(answer).toMatchObject({ status: 200, body: { version: 3 } })
  expect(quantities(answer)).toEqual({ mug: 8, tray: 1 })
})

test('a merge that is overtaken after it has read its source answers with what there is then', async () => {
  const { target, source } = await twoCarts()
  await source.delete('/cart')
  const meanwhile = async () => expect((await source.mergeFrom(target)).status).toBe(200)

  const answer = await mergeOvertaken({ target, source, late: target }, meanwhile)

  // Not with an empty target beside the source that was empty before.
  expect(answer).toMatchObject({ status: 200, body: { version: 4 } })
  expect(quantities(answer)).toEqual({ mug: 5 })
})

test('a cart is not merged into itself', async () => {
  const guest = new Shopper(api.url)
  await guest.add('mug')

  const answer = await guest.mergeFrom(guest)

  expect(answer).toMatchObject({ status: 409, body: { code: 'merge-into-itself' } })
})

test('carts of two currencies are not merged', async () => {
  const target = new Shopper(api.url)
  const source = new Shopper(api.url)
  await target.add('mug')
  await source.add('rice')

  const answer = await target.mergeFrom(source)

  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'currency-mismatch', cartCurrency: 'EUR', otherCurrency: 'JPY' },
  })
  expect((await source.cart()).body.itemCount).toBe(1)
})

test('If-Match concerns the target', async () => {
  const { target, source } = await twoCarts()
  const ofTarget = (await target.cart()).headers['etag'] ?? ''
  const ofSource = (await source.cart()).headers['etag'] ?? ''

  const refused = await target.mergeFrom(source).set('If-Match', ofSource)
  const accepted = await target.mergeFrom(source).set('If-Match', ofTarget)

  expect(refused).toMatchObject({ status: 412, body: { currentVersion: 2 } })
  expect(accepted.status).toBe(200)
})

test.each([
  ['no source', {}, '/sourceCartId'],
  ['a source that is no cart id', { sourceCartId: 'a b' }, '/sourceCartId'],
  ['a strategy that nobody knows', { sourceCartId: 'a', strategy: 'min' }, '/strategy'],
])('%s is refused', async (_what, body, pointer) => {
  const answer = await new Shopper(api.url).post('/cart/merge', body)

  expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } })
})
