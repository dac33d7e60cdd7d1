import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { allChecks } from './checks/all.ts'
import { type SmokeOptions, type SmokeReport, smoke } from './smoke.ts'
import { Apis } from './test/api.ts'
import { BROKEN } from './test/breakages.ts'
import { type Front, type FrontOptions, type Returning, startFront } from './test/front.ts'
import { startIdentityProvider } from './test/identity-provider.ts'

const RELEASE = 'this-one'
const PRICE = { amount: 900, currency: 'EUR' }
const SAME_CART = 'another instance sees the same cart'

const apis = new Apis()
let api: string
let second: string
beforeAll(async () => {
  const folder = apis.folder()
  ;[api, second] = await Promise.all([apis.start(folder, { RELEASE }), apis.start(folder, { RELEASE })])
})
afterAll(() => apis.stop())

/** Smokes what stands behind a front, and tells what has passed it. */
async function behind(
  options: FrontOptions,
  smoking: Partial<SmokeOptions> = {},
): Promise<SmokeReport & Pick<Front, 'requests'>> {
  const front = await startFront(options)
  try {
    return { ...(await smoke({ url: front.url, ...smoking })), requests: front.requests }
  } finally {
    await front.stop()
  }
}

function failedIn({ checks }: SmokeReport): string[] {
  return checks.flatMap(({ name, outcome }) => (outcome === 'failed' ? [name] : []))
}

test('all is well with two processes that share their carts', async () => {
  const heard: string[] = []
  const report = await behind(
    { apis: [api, second] },
    { instances: 2, release: RELEASE, tell: ({ name }) => heard.push(name) },
  )

  expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  expect(report).toMatchObject({ passed: heard.length, failed: 0, notChecked: 0 })
  expect(heard).toEqual(report.checks.map(({ name }) => name))
})

test('a release that answers later is waited for', async () => {
  let asked = 0
  const answer = (returning: Returning) =>
    ++asked > 2 ? returning : { ...returning, status: asked === 1 ? 503 : 200, body: '{"release":"before"}' }

  const report = await behind({ apis: [api], breakage: { answer } }, { release: RELEASE, patience: 60 })

  expect(failedIn(report)).toEqual([])
})

test('it ends between two checks when it is told to', async () => {
  const stopping = new AbortController()
  const tell = () => stopping.abort(new Error('it is enough'))

  await expect(smoke({ url: api, signal: stopping.signal, tell })).rejects.toThrow('it is enough')
})

test('it leaves no lines behind, and one order', async () => {
  const { requests } = await behind({ apis: [api] })
  const carts = new Set(requests.flatMap(({ headers }) => headers['x-cart-id'] ?? []))
  const left = await Promise.all(
    [...carts].map(async (cart) => {
      const answer = await fetch(`${api}/cart`, { headers: { 'X-Cart-ID': String(cart) } })
      return ((await answer.json()) as { lines: unknown[] }).lines
    }),
  )

  expect(carts.size).toBeGreaterThan(10)
  expect(left.flat()).toEqual([])
  const orders = requests.filter(({ method, path }) => `${method} ${path}` === 'POST /checkout/start')
  expect(new Set(orders.map(({ headers }) => headers['x-cart-id'])).size).toBe(3) // one, and two that are refused
})

test('one instance alone is told, and is no failure', async () => {
  const { failed, checks } = await behind({ apis: [api] })

  expect(failed).toBe(0)
  expect(checks.find(({ name }) => name === SAME_CART)).toMatchObject({
    outcome: 'not checked',
    reason: expect.stringContaining('only one instance answers'),
  })
})

describe('it works', () => {
  test.each(['none', 'header'])('with IDENTITY=%s', async (IDENTITY) => {
    const other = await apis.start(apis.folder(), { IDENTITY })

    expect(failedIn(await smoke({ url: other }))).toEqual([])
  })

  test('with IDENTITY=jwt, as a guest and as a user, whose carts and order it makes', async () => {
    const provider = await startIdentityProvider()
    const other = await apis.start(apis.folder(), provider.settings)
    const bodies: string[] = []
    const breakage = {
      answer: (returning: Returning) => {
        bodies.push(returning.body)
        return returning
      },
    }

    expect(failedIn(await behind({ apis: [other], breakage }))).toEqual([])
    expect(bodies.join()).not.toContain('"owner"')
    expect(failedIn(await behind({ apis: [other], breakage }, { token: provider.token('smoker') }))).toEqual(
      [],
    )
    expect(bodies.join()).toContain('"owner":"smoker"')
    await provider.stop()
  })

  test.each([
    ['without variants', { productId: 'a/b c?', name: 'A', price: PRICE }],
    [
      'with a variant',
      { productId: 'mug', name: 'Mug', price: PRICE, variants: [{ variant: 'ü&', name: 'U' }] },
    ],
  ])('with a catalog of one product %s', async (_, product) => {
    const folder = apis.folder()
    const CATALOG = path.join(folder, 'catalog.json')
    writeFileSync(CATALOG, JSON.stringify({ currency: 'EUR', products: [product] }))
    const { checks, failed } = await smoke({ url: await apis.start(folder, { CATALOG }) })

    expect(failed).toBe(0)
    expect(checks.filter(({ outcome }) => outcome === 'not checked').map(({ name }) => name)).toEqual([
      'another item is a line of its own',
      SAME_CART,
    ])
  })
})

describe('is noticed, and nothing else:', () => {
  test.each(Object.entries(BROKEN))('%s', async (_, { breakage, noticedBy }) => {
    const report = await behind({ apis: [api], breakage: breakage() }, { release: RELEASE })

    expect(failedIn(report)).toEqual(noticedBy)
  })

  test('processes that do not share their carts', async () => {
    const stranger = await apis.start(apis.folder())

    expect(failedIn(await behind({ apis: [api, stranger] }))).toContain(SAME_CART)
  })

  test('fewer instances than there have to be', async () => {
    const report = await behind({ apis: [api, second] }, { instances: 3 })

    expect(failedIn(report)).toEqual([SAME_CART])
    expect(report.checks.at(-1)).toMatchObject({
      trouble: { seen: expect.stringMatching(/^2 in 60 requests/), wanted: '3 instances that answer' },
    })
  })

  test('every check can fail', () => {
    const { api: checks } = allChecks({ release: RELEASE, instances: 1 })
    const noticing = new Set(Object.values(BROKEN).flatMap(({ noticedBy }) => noticedBy))

    expect(checks.map(({ name }) => name).filter((name) => !noticing.has(name))).toEqual([SAME_CART])
  })
})

test('a failure tells the request, by the id in the log, what was seen and what is wanted', async () => {
  const { breakage } = BROKEN['orders that cannot be read'] ?? {}
  const { checks, requests } = await behind({ apis: [api], ...(breakage && { breakage: breakage() }) })
  const [failed] = checks.filter(({ outcome }) => outcome === 'failed')
  const asked = requests.find(({ path }) => /^\/checkout\/(?!start)/.test(path))

  expect(failed).toMatchObject({
    trouble: {
      request: { method: 'GET', path: asked?.path, requestId: asked?.headers['x-request-id'] },
      seen: expect.stringContaining('200 OK: <html>sorry</html>'),
      wanted: 'an order with orderId, lines and total',
    },
  })
})

test.each([502, 503, 504])('an answer with %d is a failure, and is not asked for again', async (status) => {
  const unavailable = { status, headers: {}, body: '' }
  const breakage = { answer: () => unavailable }
  const { requests, checks, failed } = await behind({ apis: [api], breakage })

  // Each check asks once, and ends with the answer; those that have no product to add ask for a cart only.
  expect(requests.length).toBe(failed)
  expect(checks.filter(({ outcome }) => outcome === 'passed')).toEqual([])
})

test('where nobody listens each check says so', async () => {
  const front = await startFront({ apis: [api] })
  await front.stop()
  const { checks, passed } = await smoke({ url: front.url })

  expect(passed).toBe(0)
  expect(checks[0]).toMatchObject({ trouble: { seen: expect.stringContaining('ECONNREFUSED') } })
})
