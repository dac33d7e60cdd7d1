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

const linesOf = ({
  body,
}: {
  body: { lines: { productId: string; variant?: string; quantity: number }[] }
}) =>
  body.lines.map(({ productId, variant, quantity }) => [
    variant === undefined ? productId : `${productId} ${variant}`,
    quantity,
  ])

describe('add', () => {
  test('a product that is added again increments its line', async () => {
    const guest = new Shopper(api.url)

    const first = await guest.add('mug', 2)
    const second = await guest.add('mug', 3)

    expect(first).toMatchObject({ status: 200, body: { version: 1 } })
    expect(second).toMatchObject({ status: 200, body: { version: 2, itemCount: 5 } })
    expect(linesOf(second)).toEqual([['mug', 5]])
  })

  test('variants of a product are lines of their own', async () => {
    const guest = new Shopper(api.url)
    await guest.add('shirt', 1, 's')
    await guest.add('shirt', 2, 'm')

    const answer = await guest.add('shirt', 1, 's')

    expect(linesOf(answer)).toEqual([
      ['shirt s', 2],
      ['shirt m', 2],
    ])
  })

  test.each([
    ['ghost', undefined, 'unknown-product', {}],
    ['shirt', undefined, 'unknown-variant', { variants: ['s', 'm', 'l'] }],
    ['shirt', 'xs', 'unknown-variant', { variants: ['s', 'm', 'l'] }],
    ['mug', 's', 'unknown-variant', { variants: [] }],
  ])('%s in variant %s cannot be added: %s', async (productId, variant, code, members) => {
    const guest = new Shopper(api.url)

    const answer = await guest.add(productId, 1, variant)

    expect(answer).toMatchObject({ status: 422, body: { code, line: { productId }, ...members } })
    expect((await guest.cart()).body.version).toBe(0)
  })

  test('a line takes no more pieces than the limit', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug', 8)

    const answer = await guest.add('mug', 3)

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'quantity-limit-exceeded', limit: 10, asked: 11, line: { productId: 'mug' } },
    })
    expect(linesOf(await guest.cart())).toEqual([['mug', 8]])
  })

  test('a cart takes no more lines than the limit', async () => {
    const guest = new Shopper(api.url)
    for (const size of ['s', 'm', 'l']) await guest.add('shirt', 1, size)

    const answer = await guest.add('mug')

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'line-limit-exceeded', limit: 3, asked: 4 },
    })
    expect(await guest.add('shirt', 1, 's')).toMatchObject({ status: 200 })
  })

  test('a product in another currency does not come in', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')

    const answer = await guest.add('rice')

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'currency-mismatch', cartCurrency: 'EUR', otherCurrency: 'JPY' },
    })
  })

  test('a cart that was emptied takes the currency of what comes in next', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')
    await guest.delete('/cart')

    const answer = await guest.add('rice')

    expect(answer).toMatchObject({ status: 200, body: { total: { amount: 800, currency: 'JPY' } } })
  })
})

describe('set', () => {
  test('the quantity becomes what is asked for', async () => {
    const guest = new Shopper(api.url)
    await guest.add('shirt', 1, 'm')

    const answer = await guest.patch('/cart/items/shirt', { quantity: 4, variant: 'm' })

    expect(answer).toMatchObject({ status: 200, body: { version: 2 } })
    expect(linesOf(answer)).toEqual([['shirt m', 4]])
  })

  test('0 removes the line', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')

    const answer = await guest.patch('/cart/items/mug', { quantity: 0 })

    expect(answer).toMatchObject({ status: 200, body: { version: 2, lines: [], itemCount: 0 } })
  })

  test('the quantity that the line has already changes nothing', async () => {
    const guest = new Shopper(api.url)
    const added = await guest.add('mug', 2)

    const answer = await guest.patch('/cart/items/mug', { quantity: 2 })

    expect(answer).toMatchObject({ status: 200, body: added.body })
    expect(answer.headers['etag']).toBe(added.headers['etag'])
  })

  test.each([
    ['in another variant', 'shirt', 's'],
    ['without its variant', 'shirt', undefined],
    ['of another product', 'mug', undefined],
  ])('a line %s is not found', async (_what, productId, variant) => {
    const guest = new Shopper(api.url)
    await guest.add('shirt', 1, 'm')

    const answer = await guest.patch(`/cart/items/${productId}`, { quantity: 2, variant })

    expect(answer).toMatchObject({ status: 404, body: { code: 'line-not-found', line: { productId } } })
  })

  test('the limit holds', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')

    const answer = await guest.patch('/cart/items/mug', { quantity: 11 })

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'quantity-limit-exceeded', limit: 10, asked: 11 },
    })
  })
})

describe('remove and clear', () => {
  test('a line is removed by product and variant', async () => {
    const guest = new Shopper(api.url)
    await guest.add('shirt', 1, 's')
    await guest.add('shirt', 1, 'm')

    const answer = await guest.delete('/cart/items/shirt?variant=s')

    expect(answer.status).toBe(200)
    expect(linesOf(answer)).toEqual([['shirt m', 1]])
  })

  test('a line that is not there cannot be removed', async () => {
    const guest = new Shopper(api.url)
    await guest.add('shirt', 1, 's')

    const answer = await guest.delete('/cart/items/shirt')

    expect(answer).toMatchObject({ status: 404, body: { code: 'line-not-found' } })
  })

  test('clearing takes every line out', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')
    await guest.add('tray')

    const answer = await guest.delete('/cart')

    expect(answer).toMatchObject({ status: 200, body: { version: 3, lines: [] } })
  })

  test('clearing an empty cart changes nothing', async () => {
    const answer = await new Shopper(api.url).delete('/cart')

    expect(answer).toMatchObject({ status: 200, body: { version: 0, createdAt: null } })
  })
})

describe('actions', () => {
  test('all of them make one version', async () => {
    const guest = new Shopper(api.url)
    await guest.add('tray')

    const answer = await guest.post('/cart/actions', {
      actions: [
        { type: 'clear' },
        { type: 'add', productId: 'mug', quantity: 2 },
        { type: 'add', productId: 'shirt', variant: 's', quantity: 1 },
        { type: 'set', productId: 'mug', quantity: 5 },
        { type: 'remove', productId: 'shirt', variant: 's' },
      ],
    })

    expect(answer).toMatchObject({ status: 200, body: { version: 2 } })
    expect(linesOf(answer)).toEqual([['mug', 5]])
  })

  test('one that is refused is named by its index, and nothing is changed', async () => {
    const guest = new Shopper(api.url)

    const answer = await guest.post('/cart/actions', {
      actions: [
        { type: 'add', productId: 'mug', quantity: 2 },
        { type: 'remove', productId: 'tray' },
      ],
    })

    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'line-not-found', errors: [{ pointer: '/actions/1' }] },
    })
    expect((await guest.cart()).body).toMatchObject({ version: 0, lines: [] })
  })

  test('a hundred are taken', async () => {
    const actions = Array.from({ length: 100 }, (_, n) => ({
      type: 'add',
      productId: 'mug',
      quantity: 1,
      n,
    })).map(({ n, ...add }) => (n % 2 === 1 ? add : { type: 'clear' }))

    const answer = await new Shopper(api.url).post('/cart/actions', { actions })

    expect(answer).toMatchObject({ status: 200, body: { version: 1, itemCount: 1 } })
  })

  test.each([
    ['none', [], '/actions'],
    ['a hundred and one', Array.from({ length: 101 }, () => ({ type: 'clear' })), '/actions'],
    ['one of no known type', [{ type: 'clear' }, { type: 'steal' }], '/actions/1'],
    ['one that misses its quantity', [{ type: 'add', productId: 'mug' }], '/actions/0/quantity'],
    ['one with a field too many', [{ type: 'clear', quantity: 1 }], '/actions/0/quantity'],
  ])('%s is refused', async (_what, actions, pointer) => {
    const answer = await new Shopper(api.url).post('/cart/actions', { actions })

    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } })
  })
})

describe('bodies', () => {
  test.each([
    ['no body', undefined, ''],
    ['a list', [], ''],
    ['no quantity', { productId: 'mug' }, '/quantity'],
    ['nothing added', { productId: 'mug', quantity: 0 }, '/quantity'],
    ['half a piece', { productId: 'mug', quantity: 1.5 }, '/quantity'],
    ['a number in quotes', { productId: 'mug', quantity: '1' }, '/quantity'],
    ['2³¹ pieces', { productId: 'mug', quantity: 2 ** 31 }, '/quantity'],
    ['an empty product', { productId: '', quantity: 1 }, '/productId'],
    ['a product of 65 characters', { productId: 'x'.repeat(65), quantity: 1 }, '/productId'],
    ['a price of its own', { productId: 'mug', quantity: 1, unitPrice: 1 }, '/unitPrice'],
    ['a null variant', { productId: 'mug', quantity: 1, variant: null }, '/variant'],
  ])('%s is no item to add', async (_what, body, pointer) => {
    const answer = await new Shopper(api.url).post('/cart/items', body)

    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } })
  })

  test('2³¹-1 pieces are for the limit to refuse, not for the schema', async () => {
    const answer = await new Shopper(api.url).add('mug', 2 ** 31 - 1)

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'quantity-limit-exceeded', asked: 2 ** 31 - 1 },
    })
  })

  test('every flaw is told at once', async () => {
    const answer = await new Shopper(api.url)
      .with({ 'If-Match': 'unquoted', 'Idempotency-Key': '' })
      .post('/cart/items?x=1', { productId: 7 })

    const { errors } = answer.body as { errors: Record<string, string>[] }
    expect(errors.map(({ pointer, parameter, header }) => pointer ?? parameter ?? header).sort()).toEqual([
      '/productId',
      '/quantity',
      'Idempotency-Key',
      'If-Match',
      'x',
    ])
  })
})

describe('answers', () => {
  test('a change is answered with the cart that a read shows, under the same tag', async () => {
    const guest = new Shopper(api.url)

    const changed = await guest.add('mug')
    const read = await guest.cart()

    expect(changed.text).toBe(read.text)
    expect(changed.headers).toMatchObject({
      etag: read.headers['etag'],
      'content-location': '/cart',
      'cache-control': 'private, no-cache',
      vary: 'X-Cart-ID, Authorization, X-User-ID',
    })
  })
})

describe('If-Match', () => {
  test('the current tag lets the change through', async () => {
    const guest = new Shopper(api.url)
    const { etag = '' } = (await guest.add('mug')).headers

    const alone = await guest.add('mug').set('If-Match', etag)
    const inList = await guest.add('mug').set('If-Match', `"other", ${alone.headers['etag']}`)

    expect(alone).toMatchObject({ status: 200, body: { version: 2 } })
    expect(inList).toMatchObject({ status: 200, body: { version: 3 } })
  })

  test('the tag of an unknown cart lets its first change through', async () => {
    const guest = new Shopper(api.url)
    const { etag = '' } = (await guest.cart()).headers

    const first = await guest.add('mug').set('If-Match', etag)
    const second = await guest.add('mug').set('If-Match', etag)

    expect(first.status).toBe(200)
    expect(second).toMatchObject({ status: 412, body: { currentVersion: 1 } })
  })

  test.each([
    ['an older tag', async (guest: Shopper) => (await guest.cart()).headers['etag'] ?? ''],
    ['another tag', async () => '"nothing"'],
    ["another cart's tag", async () => (await new Shopper(api.url).add('mug')).headers['etag'] ?? ''],
  ])('%s is answered with 412 and the current version', async (_what, tag) => {
    const guest = new Shopper(api.url)
    const stale = await tag(guest)
    await guest.add('mug')

    const answer = await guest.add('mug').set('If-Match', stale)

    expect(answer).toMatchObject({ status: 412, body: { code: 'version-mismatch', currentVersion: 1 } })
    expect((await guest.cart()).body.version).toBe(1)
  })

  test('a weak tag never matches (RFC 9110 §13.1.1)', async () => {
    const guest = new Shopper(api.url)
    const { etag } = (await guest.add('mug')).headers

    const answer = await guest.add('mug').set('If-Match', `W/${etag}`)

    expect(answer).toMatchObject({ status: 412, body: { currentVersion: 1 } })
  })

  test('* matches every cart that exists', async () => {
    const guest = new Shopper(api.url)

    const unknown = await guest.add('mug').set('If-Match', '*')
    await guest.add('mug')
    const known = await guest.add('mug').set('If-Match', '*')

    expect(unknown).toMatchObject({ status: 412, body: { currentVersion: 0 } })
    expect(known).toMatchObject({ status: 200, body: { version: 2 } })
  })

  test('it is judged before what is asked for', async () => {
    const answer = await new Shopper(api.url).add('ghost').set('If-Match', '"nothing"')

    expect(answer.status).toBe(412)
  })

  test.each([
    ['PATCH', (guest: Shopper) => guest.patch('/cart/items/mug', { quantity: 2 })],
    ['DELETE of a line', (guest: Shopper) => guest.delete('/cart/items/mug')],
    ['DELETE of all', (guest: Shopper) => guest.delete('/cart')],
    ['actions', (guest: Shopper) => guest.post('/cart/actions', { actions: [{ type: 'clear' }] })],
    ['checkout', (guest: Shopper) => guest.checkOut()],
  ])('it holds for %s', async (_what, change) => {
    const guest = new Shopper(api.url)
    const { etag = '' } = (await guest.add('mug')).headers

    const refused = await change(guest).set('If-Match', '"nothing"')
    const accepted = await change(guest).set('If-Match', etag)

    expect(refused.status).toBe(412)
    expect(accepted.ok).toBe(true)
  })

  test('what is no list of tags is refused', async () => {
    const answer = await new Shopper(api.url).add('mug').set('If-Match', 'unquoted')

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ header: 'If-Match' }] } })
  })
})
