import { connect } from 'node:net'
import { overriding, StoreUnavailable } from '@cartwright/cart-store'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import request from 'supertest'
import { jwtIdentity } from '../src/identity/jwt.ts'
import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from '../src/problems/catalogue.ts'
import { type InProcessApi, type InProcessOptions, startInProcess } from './in-process.ts'
import { IdentityProvider } from './rules/identity-provider.ts'
import { product, Shelf } from './shelf.ts'
import { Shopper } from './shopper.ts'

/** An answer as far as problems go. */
interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** For every code, a real request that is answered with it. */
const REQUESTS: Readonly<Record<ProblemCode, () => Promise<Answer>>> = {
  'malformed-request': () => asked({}, (guest) => guest.add('mug', -1)),
  unauthenticated: () => askedWithToken((provider) => provider.token({ aud: 'another' })),
  'cart-not-found': () =>
    asked({ environment: { IDENTITY: 'header' } }, async (cart) => {
      await cart.as('ann').add('mug')
      return cart.as('bob').cart()
    }),
  'line-not-found': () => asked({}, (guest) => guest.delete('/cart/items/mug')),
  'not-found': () => asked({}, (guest) => guest.get('/nowhere')),
  'method-not-allowed': () => asked({}, (guest) => guest.patch('/cart')),
  'request-timeout': () =>
    asked({ server: { headersTimeout: 20, connectionsCheckingInterval: 10 } }, (_guest, { url }) =>
      written(url, 'GET /cart HTTP/1.1\r\nHost: x\r\n'),
    ),
  'cart-empty': () => asked({}, (guest) => guest.checkOut()),
  'cart-too-large': () =>
    asked(
      { environment: { MAX_LINE_QUANTITY: '1000000' }, catalog: new Shelf([product('gold', 1e12)]) },
      (guest) => guest.add('gold', 1_000_000),
    ),
  'currency-mismatch': () =>
    asked({}, async (guest) => {
      await guest.add('mug')
      return guest.add('rice')
    }),
  'line-limit-exceeded': () =>
    asked({ environment: { MAX_LINES: '1' } }, async (guest) => {
      await guest.add('mug')
      return guest.add('tray')
    }),
  'merge-into-itself': () => asked({}, (guest) => guest.mergeFrom(guest)),
  'product-unavailable': () => {
    const catalog = new Shelf()
    return asked({ catalog }, async (guest) => {
      await guest.add('mug')
      catalog.arrange([])
      return guest.checkOut()
    })
  },
  'quantity-limit-exceeded': () => asked({}, (guest) => guest.add('mug', 100)),
  'request-in-progress': () => askedTwiceAtOnce({ 'Idempotency-Key': 'one' }),
  'total-changed': () =>
    asked({}, async (guest) => {
      await guest.add('mug')
      return guest.checkOut({ expectedTotal: { amount: 1, currency: 'EUR' } })
    }),
  'version-mismatch': () => asked({}, (guest) => guest.add('mug').set('If-Match', '"old"')),
  'body-too-large': () => asked({}, (guest) => guest.post('/cart/items', { productId: 'x'.repeat(65_536) })),
  'unsupported-media-type': () =>
    asked({}, (guest) => guest.post('/cart/items').set('Content-Type', 'text/plain').send('mug')),
  'idempotency-key-reused': () =>
    asked({}, async (guest) => {
      const keyed = guest.with({ 'Idempotency-Key': 'one' })
      await keyed.add('mug')
      return keyed.add('tray')
    }),
  'unknown-product': () => asked({}, (guest) => guest.add('ghost')),
  'unknown-variant': () => asked({}, (guest) => guest.add('shirt')),
  'headers-too-large': () =>
    asked({}, (_guest, { url }) =>
      written(url, `GET /cart HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
    ),
  'internal-error': () =>
    asked(
      { wrapStore: (store) => overriding(store, { read: () => Promise.reject(new TypeError('a defect')) }) },
      (guest) => guest.cart(),
    ),
  'catalog-unavailable': () => {
    const catalog = new Shelf()
    catalog.outOfReach = true
    return asked({ catalog }, (guest) => guest.add('mug'))
  },
  'identity-unavailable': () =>
    askedWithToken((provider) => {
      provider.condition = 'down'
      return provider.token()
    }),
  'shutting-down': () =>
    asked({}, (guest, api) => {
      api.readiness.shutDown()
      return guest.get('/ready')
    }),
  'store-unavailable': () =>
    asked(
      {
        wrapStore: (store) =>
          overriding(store, {
            commit: () =>
              Promise.reject(new StoreUnavailable('cut off', { outcome: 'unknown', reason: 'unreachable' })),
          }),
      },
      (guest) => guest.add('mug'),
    ),
  'too-much-contention': () => askedTwiceAtOnce({}),
}

test('every code of the catalogue is produced here', () => {
  expect(Object.keys(REQUESTS).sort()).toEqual([...PROBLEM_CODES].sort())
})

describe.each(PROBLEM_CODES)('%s', (code) => {
  let answer: Answer
  beforeAll(async () => {
    answer = await REQUESTS[code]()
  })

  test('is answered with its status, as a problem that fits the documented schema', () => {
    const body: unknown = JSON.parse(answer.text)
    const fits = schemaOf(code)

    expect(body).toMatchObject({ code, status: PROBLEMS[code].status, title: PROBLEMS[code].title })
    expect(answer.status).toBe(PROBLEMS[code].status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(fits(body) ? [] : fits.errors).toEqual([])
  })

  test('links to its paragraph', () => {
    const { type } = JSON.parse(answer.text)
    const [page, section] = type.split('#')

    expect(page).toBe('/docs/errors')
    expect(errorsPage).toContain(`<section id="${section}">`)
  })

  test('says when to come again where that makes sense', () => {
    const temporary = answer.status === 503 || code === 'request-in-progress'

    expect(answer.headers['retry-after']).toEqual(temporary ? expect.stringMatching(/^[1-9]\d*$/) : undefined)
  })

  test('tells nothing of the inside', () => {
    expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|\.ts\b|node:|sqlite|a defect|cut off/)
  })
})

test('a store that failed says whether the change may have been made', async () => {
  const failing = (outcome: StoreUnavailable['outcome']): InProcessOptions => ({
    wrapStore: (store) =>
      overriding(store, {
        commit: () => Promise.reject(new StoreUnavailable('', { outcome, reason: 'unreachable' })),
      }),
  })

  const none = await asked(failing('none'), (guest) => guest.add('mug'))
  const unknown = await asked(failing('unknown'), (guest) => guest.add('mug'))

  expect(JSON.parse(none.text)).toMatchObject({ code: 'store-unavailable', outcome: 'none' })
  expect(JSON.parse(unknown.text)).toMatchObject({ code: 'store-unavailable', outcome: 'unknown' })
})

let schemaOf: (code: ProblemCode) => ReturnType<Ajv2020['compile']>
let errorsPage: string
beforeAll(async () => {
  const api = await startInProcess()
  const document = (await request(api.url).get('/openapi.json')).body
  errorsPage = (await request(api.url).get('/docs/errors')).text
  await api.close()
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  // Its types are those of a CommonJS module, in which the function is also its own `default`.
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi')
  schemaOf = (code) => {
    const [name] = Object.entries<{ properties: { code?: { const?: string } } }>(document.components.schemas)
      .filter(([, { properties }]) => properties.code?.const === code)
      .map(([name]) => name)
    // What the document does not name must not be sent.
    return ajv.compile({ $ref: `openapi#/components/schemas/${name}`, unevaluatedProperties: false })
  }
})

/** Asks an API of its own. */
async function asked(
  options: InProcessOptions,
  ask: (guest: Shopper, api: InProcessApi) => PromiseLike<Answer>,
): Promise<Answer> {
  const api = await startInProcess({ catalog: new Shelf(), ...options })
  try {
    return await ask(new Shopper(api.url), api)
  } finally {
    await api.close()
  }
}

/** The answer to a request that had no turn, because an equal one did not end in time. */
async function askedTwiceAtOnce(headers: Readonly<Record<string, string>>): Promise<Answer> {
  const refused = Promise.withResolvers<void>()
  const options: InProcessOptions = {
    environment: { REQUEST_TIMEOUT_MS: '100' },
    wrapStore: (store) =>
      overriding(store, {
        commit: async (commit, call) => {
          await refused.promise
          return store.commit(commit, { ...call, deadline: Number.POSITIVE_INFINITY })
        },
      }),
  }
  return asked(options, async (guest) => {
    const both = [1, 2].map(() =>
      guest
        .with(headers)
        .add('mug')
        .then((answer): Answer => answer),
    )
    const first = await Promise.race(both)
    refused.resolve()
    await Promise.all(both)
    return first
  })
}

/** The answer to a request with a token of an identity provider that has been prepared for it. */
async function askedWithToken(made: (provider: IdentityProvider) => Promise<string>): Promise<Answer> {
  const provider = await IdentityProvider.start()
  const { issuer, audience, jwksUrl } = provider
  const identity = jwtIdentity({ issuer, audience, jwksUrl, algorithms: ['RS256'] })
  const token = await made(provider)
  const answer = await asked({ identity }, (guest) => guest.with({ Authorization: `Bearer ${token}` }).cart())
  await provider.stop()
  return answer
}

/** Writes these bytes to a connection and reads the answer to its end. */
async function written(url: string, text: string): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(text)
  let received = ''
  for await (const part of socket.setEncoding('utf8')) received += part
  const [head = '', body = ''] = received.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = lines
    .map((line) => line.split(': '))
    .map(([name = '', value = '']) => [name.toLowerCase(), value])
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), text: body }
}
