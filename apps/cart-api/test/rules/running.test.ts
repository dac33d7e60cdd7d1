import { setTimeout as sleep } from 'node:timers/promises'
import { type CartStore, overriding, StoreUnavailable } from '@cartwright/cart-store'
import request from 'supertest'
import { jwtIdentity } from '../../src/identity/jwt.ts'
import { Readiness } from '../../src/lifecycle/readiness.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { PRODUCTS, Shelf } from '../shelf.ts'
import { IdentityProvider } from './identity-provider.ts'

let api: InProcessApi
afterEach(() => api.close())

const get = (path: string) => request(api.url).get(path)

/** The API on a store whose checks fail, given up on after so many milliseconds. */
async function startFailing(patience: number, reason: StoreUnavailable['reason']): Promise<void> {
  const failing = (store: CartStore) =>
    overriding(store, {
      check: () => Promise.reject(new StoreUnavailable('out of order', { outcome: 'none', reason })),
    })
  api = await startInProcess({
    wrapStore: failing,
    readiness: (store) => new Readiness({ store, interval: 5, patience }),
  })
  await sleep(50)
}

test('the process says that it is up, ready, and which one it is', async () => {
  api = await startInProcess({ environment: { RELEASE: 'v1.2.3', DEPLOYMENT: 'staging' } })

  const [health, ready, metadata] = await Promise.all([get('/health'), get('/ready'), get('/metadata')])

  expect(health).toMatchObject({
    status: 200,
    body: {
      status: 'up',
      release: 'v1.2.3',
      store: { name: 'sqlite', state: 'up' },
      cache: { state: 'none' },
    },
  })
  expect(ready).toMatchObject({ status: 200, body: { status: 'ready' } })
  expect(metadata).toMatchObject({
    status: 200,
    body: { instanceId: 'test', release: 'v1.2.3', deployment: 'staging' },
  })
  for (const { headers } of [health, ready, metadata]) expect(headers['cache-control']).toBe('no-store')
})

test('a process that shuts down is unready, still alive, and asks clients to go', async () => {
  api = await startInProcess()
  api.readiness.shutDown()

  const [health, ready] = await Promise.all([get('/health'), get('/ready')])

  expect(ready).toMatchObject({ status: 503, body: { code: 'shutting-down' } })
  expect(ready.headers).toMatchObject({ 'retry-after': '1', connection: 'close' })
  expect(health.status).toBe(200)
})

test('a store that fails makes the process unready only after the patience is over', async () => {
  await startFailing(60_000, 'unreachable')

  const [health, ready] = await Promise.all([get('/health'), get('/ready')])

  expect(health).toMatchObject({ status: 200, body: { store: { state: 'failing' } } })
  expect(ready.status).toBe(200)
})

test('a store that has failed for too long makes the process unready, never dead', async () => {
  await startFailing(1, 'unreachable')

  const [health, ready] = await Promise.all([get('/health'), get('/ready')])

  expect(health.status).toBe(200)
  expect(ready).toMatchObject({ status: 503, body: { code: 'store-unavailable', outcome: 'none' } })
})

test('a store that throttles never makes the process unready', async () => {
  await startFailing(1, 'throttled')

  expect(await get('/ready')).toMatchObject({ status: 200 })
})

test.each(['/', '/docs', '/docs/swagger-ui.css', '/openapi.json'])(
  'while it shuts down, %s asks clients to go, too',
  async (path) => {
    api = await startInProcess()
    api.readiness.shutDown()

    expect((await get(path)).headers['connection']).toBe('close')
  },
)

test('POST /cart mints no id for a token that is not valid, and one for a guest and a user', async () => {
  const provider = await IdentityProvider.start()
  const { issuer, audience, jwksUrl } = provider
  const identity = jwtIdentity({ issuer, audience, jwksUrl, algorithms: ['RS256'] })
  api = await startInProcess({ identity })
  const mint = (authorization: string) =>
    request(api.url).post('/cart').set('Authorization', authorization).set('Idempotency-Key', '')

  const refused = await mint(`Bearer ${await provider.token({ aud: 'another' })}`)
  const user = await mint(`Bearer ${await provider.token()}`)
  const guest = await request(api.url).post('/cart')
  await provider.stop()

  expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect([user.status, guest.status]).toEqual([201, 201])
})

test('POST /cart mints an id and says where the cart is', async () => {
  api = await startInProcess()

  const answer = await request(api.url).post('/cart')

  expect(answer.status).toBe(201)
  expect(answer.headers).toMatchObject({ location: '/cart', 'cache-control': 'no-store' })
  expect(Object.keys(answer.body)).toEqual(['id'])
})

test('the products are shown as the cart knows them', async () => {
  api = await startInProcess({ catalog: new Shelf() })

  const list = await get('/products')
  const shirt = await get('/products/shirt')

  expect(list).toMatchObject({ status: 200, body: { products: PRODUCTS } })
  expect(shirt.body).toEqual({
    productId: 'shirt',
    name: 'The shirt',
    price: { amount: 2500, currency: 'EUR' },
    variants: [
      { variant: 's', name: 'S' },
      { variant: 'm', name: 'M' },
      { variant: 'l', name: 'L', price: { amount: 2700, currency: 'EUR' } },
    ],
  })
})

test('a product that there is none of is not found', async () => {
  api = await startInProcess({ catalog: new Shelf() })

  expect(await get('/products/ghost')).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('products are answered with 503 while the catalog cannot be asked', async () => {
  const shelf = new Shelf()
  api = await startInProcess({ catalog: shelf })
  shelf.outOfReach = true

  for (const path of ['/products', '/products/mug']) {
    const answer = await get(path)
    expect(answer).toMatchObject({ status: 503, body: { code: 'catalog-unavailable' } })
    expect(answer.headers['retry-after']).toBe('7')
  }
})
