import request from 'supertest'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'

let api: InProcessApi
const lines: Record<string, unknown>[] = []
beforeAll(async () => {
  api = await startInProcess({ catalog: new Shelf(), lines })
})
afterAll(() => api.close())

const PAGES = [
  '/',
  '/docs',
  '/docs/start.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/docs/errors',
  '/openapi.json',
]

describe('methods', () => {
  test.each([
    ['/health', 'GET, HEAD, OPTIONS'],
    ['/ready', 'GET, HEAD, OPTIONS'],
    ['/metadata', 'GET, HEAD, OPTIONS'],
    ['/cart', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['/cart/items', 'OPTIONS, POST'],
    ['/cart/items/mug', 'DELETE, OPTIONS, PATCH'],
    ['/cart/actions', 'OPTIONS, POST'],
    ['/cart/merge', 'OPTIONS, POST'],
    ['/checkout/start', 'OPTIONS, POST'],
    ['/checkout/some-order', 'GET, HEAD, OPTIONS'],
    ['/products', 'GET, HEAD, OPTIONS'],
    ['/products/mug', 'GET, HEAD, OPTIONS'],
  ])('%s says what it has: %s', async (path, allow) => {
    const refused = await request(api.url).put(path).send({})
    const options = await request(api.url).options(path)

    expect(refused).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } })
    expect(refused.headers['allow']).toBe(allow)
    expect(options.status).toBe(204)
    expect(options.headers['allow']).toBe(allow)
  })

  test.each(PAGES)('%s can be read, and nothing else', async (path) => {
    const read = await request(api.url).get(path)
    const refused = await request(api.url).post(path)

    expect(read.status).toBeLessThan(400)
    expect(refused).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } })
    expect(refused.headers['allow']).toBe('GET, HEAD, OPTIONS')
  })

  test('HEAD is answered as GET is, without the body', async () => {
    const guest = new Shopper(api.url)
    const read = await guest.cart()

    const head = await request(api.url).head('/cart').set('X-Cart-ID', guest.cartId)

    expect(head.status).toBe(200)
    expect(head.text).toBeUndefined()
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control', 'vary']) {
      expect([name, head.headers[name]]).toEqual([name, read.headers[name]])
    }
  })

  test('a path that no route has is not found', async () => {
    const answer = await new Shopper(api.url).get('/carts')

    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  test('a path that cannot be decoded is malformed', async () => {
    const answer = await new Shopper(api.url).delete('/cart/items/%E0%A4%A')

    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request' } })
  })
})

describe('media types', () => {
  const added = '{"productId":"mug","quantity":1}'
  const posting = (path: string, type: string | undefined, content?: string) => {
    const post = new Shopper(api.url).post(path)
    return (type === undefined ? post : post.set('Content-Type', type)).send(content)
  }

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/merge-patch+json',
  ])('a body may come as %s', async (type) => {
    expect(await posting('/cart/items', type, added)).toMatchObject({ status: 200 })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])(
    'a body as %s is refused',
    async (type) => {
      const answer = await posting('/cart/items', type, added)

      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } })
    },
  )

  test('a body that is compressed is refused', async () => {
    const answer = await posting('/cart/items', 'application/json', added).set('Content-Encoding', 'gzip')

    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } })
  })

  test('where there is no content its type does not matter', async () => {
    const guest = new Shopper(api.url)
    await guest.add('mug')

    const checkout = await guest.post('/checkout/start').set('Content-Type', 'text/plain')
    const minted = await guest.post('/cart').set('Content-Type', 'text/plain')
    const cleared = await guest.delete('/cart').set('Content-Type', 'text/plain')
    const missing = await guest.post('/cart/items').set('Content-Type', 'text/plain')

    expect([checkout.status, minted.status, cleared.status]).toEqual([201, 201, 200])
    expect(missing).toMatchObject({ status: 400, body: { code: 'malformed-request' } })
  })

  test.each([
    ['JSON cut short', '{"productId":"mug"'],
    ['a comma too many', '{"productId":"mug","quantity":1,}'],
    ['nothing but white space', '   '],
  ])('%s is malformed', async (_what, content) => {
    const answer = await posting('/cart/items', 'application/json', content)

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '' }] } })
  })

  test('a body may have 64 KiB and no byte more', async () => {
    const padded = (size: number) => added.padEnd(size, ' ')

    const largest = await posting('/cart/items', 'application/json', padded(65_536))
    const larger = await posting('/cart/items', 'application/json', padded(65_537))

    expect(largest.status).toBe(200)
    expect(larger).toMatchObject({ status: 413, body: { code: 'body-too-large', limit: 65_536 } })
  })
})

describe('every answer', () => {
  test('carries the X-Request-ID that the request had', async () => {
    const answer = await new Shopper(api.url).cart().set('X-Request-ID', 'abc-123')
    const refused = await new Shopper(api.url).get('/nowhere').set('X-Request-ID', 'abc-124')

    expect(answer.headers['x-request-id']).toBe('abc-123')
    expect(refused.headers['x-request-id']).toBe('abc-124')
    expect(refused.body.instance).toBe('urn:request:abc-124')
  })

  test.each(PAGES)('of %s, too, has its ids and its line in the log', async (path) => {
    lines.length = 0

    const answer = await request(api.url).get(path).set('X-Request-ID', 'page-1')

    expect(answer.headers).toMatchObject({ 'x-request-id': 'page-1', 'x-instance-id': 'test' })
    expect(answer.headers['content-length']).toMatch(/^\d+$/)
    expect(lines).toMatchObject([{ requestId: 'page-1', route: path, status: answer.status }])
  })

  test.each([
    ['has none', undefined],
    ['has an empty one', ''],
    ['has one that is too long', 'x'.repeat(129)],
    ['has one that could forge a log line', 'a" b'],
  ])('gets a new X-Request-ID where the request %s', async (_what, given) => {
    const asked = new Shopper(api.url).cart()

    const answer = await (given === undefined ? asked : asked.set('X-Request-ID', given))

    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })

  test('says who answered, and is safe to show in a browser', async () => {
    const { headers } = await new Shopper(api.url).cart()

    expect(headers).toMatchObject({
      'x-instance-id': 'test',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    })
    expect(headers).not.toHaveProperty('x-powered-by')
  })
})

describe('pages', () => {
  test.each([
    ['Range', 'bytes=99999999-'],
    ['Range', 'bytes=0-9'],
    ['If-Match', '"x"'],
    ['If-Unmodified-Since', 'Mon, 01 Jan 2001 00:00:00 GMT'],
    ['If-Modified-Since', 'Mon, 01 Jan 2001 00:00:00 GMT'],
    ['If-None-Match', '"x"'],
    ['If-None-Match', 'x'],
  ])('are answered whole to %s: %s', async (name, value) => {
    for (const path of PAGES) {
      const { status } = await request(api.url).get(path).set(name, value).redirects(0)

      expect([path, status]).toEqual([path, path === '/' ? 302 : 200])
    }
  })

  test.each(PAGES.slice(1))('%s need not be sent to who has it', async (path) => {
    const { headers } = await request(api.url).get(path)

    const again = await request(api.url)
      .get(path)
      .set('If-None-Match', headers['etag'] ?? '')

    expect(again.status).toBe(304)
    expect(again.headers['etag']).toBe(headers['etag'])
    expect(again.headers['cache-control']).toBe(headers['cache-control'])
  })
})

describe('CORS', () => {
  const ORIGIN = 'https://shop.example'

  test('is off unless origins are configured', async () => {
    const answer = await new Shopper(api.url).cart().set('Origin', ORIGIN)

    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers['vary']).not.toContain('Origin')
  })

  describe('with an origin configured', () => {
    let open: InProcessApi
    beforeAll(async () => {
      open = await startInProcess({
        catalog: new Shelf(),
        environment: { CORS_ORIGINS: `${ORIGIN}, https://b.example` },
      })
    })
    afterAll(() => open.close())

    test('its pages may read the answers with the headers that a shop needs', async () => {
      const { headers } = await new Shopper(open.url).add('mug').set('Origin', ORIGIN)

      expect(headers['access-control-allow-origin']).toBe(ORIGIN)
      expect(headers['access-control-expose-headers']?.split(',')).toEqual(
        expect.arrayContaining(['ETag', 'Location', 'Retry-After', 'Idempotent-Replayed']),
      )
      expect(headers['vary']).toBe('Origin, X-Cart-ID, Authorization, X-User-ID')
    })

    test('they may read refusals as well', async () => {
      const { status, headers } = await new Shopper(open.url).add('ghost').set('Origin', ORIGIN)

      expect(status).toBe(422)
      expect(headers['access-control-allow-origin']).toBe(ORIGIN)
    })

    test('a page may ask before it changes something', async () => {
      const answer = await request(open.url).options('/cart/items/mug').set({
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'x-cart-id,if-match,idempotency-key',
      })

      expect(answer.status).toBe(204)
      expect(answer.headers['access-control-allow-methods']).toContain('PATCH')
      expect(answer.headers['access-control-allow-headers']).toBe('x-cart-id,if-match,idempotency-key')
      expect(answer.headers['x-request-id']).toBeDefined()
    })

    test('pages of other origins get nothing to read', async () => {
      const { headers } = await new Shopper(open.url).cart().set('Origin', 'https://evil.example')

      expect(headers).not.toHaveProperty('access-control-allow-origin')
      expect(headers['vary']).toContain('Origin')
    })
  })
})
