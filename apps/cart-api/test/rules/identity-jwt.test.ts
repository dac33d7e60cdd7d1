import { createPublicKey } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { jwtIdentity } from '../../src/identity/jwt.ts'
import { passTime, stopDate } from '../clock.ts'
import { type InProcessApi, startInProcess } from '../in-process.ts'
import { Shelf } from '../shelf.ts'
import { Shopper } from '../shopper.ts'
import { IdentityProvider } from './identity-provider.ts'

/** Good tokens are good for a day, so that only the keys matter when time passes. */
const DAY = 24 * 3600

let provider: IdentityProvider
let api: InProcessApi
beforeEach(async () => {
  provider = await IdentityProvider.start()
  api = await startInProcess({
    catalog: new Shelf(),
    identity: jwtIdentity({
      issuer: provider.issuer,
      audience: provider.audience,
      jwksUrl: provider.jwksUrl,
      algorithms: ['RS256'],
    }),
  })
})
afterEach(async () => {
  jest.useRealTimers()
  await Promise.all([api.close(), provider.stop()])
})

const bearing = (token: string, scheme = 'Bearer') =>
  new Shopper(api.url).with({ Authorization: `${scheme} ${token}` })

const tomorrow = () => ({ exp: Math.floor(Date.now() / 1000) + DAY })

test('a good token makes the caller its subject', async () => {
  const ann = bearing(await provider.token({ sub: 'auth0|ann' }))

  const answer = await ann.add('mug')

  expect(answer).toMatchObject({ status: 200, body: { owner: 'auth0|ann' } })
})

test('the scheme is known in any case, and the audience may be one of several', async () => {
  const ann = bearing(await provider.token({ aud: ['shop', provider.audience] }), 'bearer')

  expect(await ann.add('mug')).toMatchObject({ status: 200, body: { owner: 'ann' } })
})

test('without a token the caller is a guest, whatever X-User-ID says', async () => {
  const answer = await new Shopper(api.url).as('ann').add('mug')

  expect(answer.status).toBe(200)
  expect(answer.body).not.toHaveProperty('owner')
})

test("a user's cart is not found by a guest, nor by another user", async () => {
  const ann = bearing(await provider.token())
  await ann.add('mug')
  const bob = ann.with({ Authorization: `Bearer ${await provider.token({ sub: 'bob' })}` })

  const byBob = await bob.cart()
  const byGuest = await new Shopper(api.url, {}, ann.cartId).cart()

  expect(byBob).toMatchObject({ status: 404, body: { code: 'cart-not-found' } })
  expect(byGuest.status).toBe(404)
})

describe('refused with 401, and never taken for a guest', () => {
  const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

  test.each<[string, () => string | Promise<string>]>([
    ['an expired token', () => provider.token({ exp: ago(60) })],
    ['a token that is not good yet', () => provider.token({ nbf: ago(-60) })],
    ['a token that never expires', () => provider.token({ exp: undefined })],
    ['a token of nobody', () => provider.token({ sub: undefined })],
    ['a token of somebody without a name', () => provider.token({ sub: '' })],
    ['another audience', () => provider.token({ aud: 'admin' })],
    ['no audience', () => provider.token({ aud: undefined })],
    ['another issuer', () => provider.token({ iss: 'https://id.shop.example' })],
    ['a key that is not published', () => provider.token({}, { kid: 'unheard-of' })],
    ["another's signature under the key's name", () => forged()],
    ['a payload that was changed', async () => tampered(await provider.token())],
    ['no signature (algorithm none)', () => new UnsecuredJWT(provider.claims()).encode()],
    ['a signature by the public key (HS256)', () => signedWithPublicKey()],
    ['an algorithm that is not listed', () => provider.token({}, { alg: 'PS256' })],
    ['no token', () => ''],
    ['what is no token', () => 'abc.def'],
    ['two tokens', async () => `${await provider.token()}, Bearer ${await provider.token()}`],
  ])('%s', async (_what, made) => {
    const answer = await bearing(await made()).cart()

    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(answer.headers['cache-control']).toBe('private, no-cache')
  })

  test('another scheme than Bearer', async () => {
    const answer = await bearing(Buffer.from('ann:secret').toString('base64'), 'Basic').cart()

    expect(answer.status).toBe(401)
  })

  test('it comes before everything that is malformed', async () => {
    const answer = await bearing('abc').post('/cart/items?x=1', { quantity: -1 })

    expect(answer.status).toBe(401)
  })

  test('nothing was changed', async () => {
    const cart = bearing(await provider.token({ exp: ago(60) }))
    await cart.add('mug')

    const answer = await new Shopper(api.url, {}, cart.cartId).cart()

    expect(answer.body.version).toBe(0)
  })

  /** Signed by a provider of the same name and key id, with a key of its own. */
  async function forged(): Promise<string> {
    const impostor = await IdentityProvider.start()
    await impostor.rotate('first')
    const token = await impostor.token()
    await impostor.stop()
    return token
  }

  function tampered(token: string): string {
    const [header, , signature] = token.split('.')
    const payload = Buffer.from(JSON.stringify(provider.claims({ sub: 'root' }))).toString('base64url')
    return [header, payload, signature].join('.')
  }

  /** RFC 8725 §2.1: what a verifier accepts that lets the token choose the algorithm. */
  function signedWithPublicKey(): Promise<string> {
    const pem = createPublicKey({ key: provider.publicKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    })
    return new SignJWT(provider.claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(new TextEncoder().encode(pem.toString()))
  }
})

test('clocks may differ by five seconds', async () => {
  stopDate()
  const now = Math.floor(Date.now() / 1000)

  const late = await bearing(await provider.token({ exp: now - 3 })).cart()
  const later = await bearing(await provider.token({ exp: now - 6 })).cart()

  expect(late.status).toBe(200)
  expect(later.status).toBe(401)
})

describe('cart ids', () => {
  test.each([
    [15, 400],
    [16, 200],
  ])('one of %i characters is answered with %i', async (length, status) => {
    const guest = new Shopper(api.url, {}, 'x'.repeat(length))

    const answer = await guest.cart()

    expect(answer.status).toBe(status)
    if (status === 400) {
      expect(answer.body.errors).toEqual([
        { header: 'X-Cart-ID', message: 'must have at least 16 characters' },
      ])
    }
  })

  test('neither is a short one merged', async () => {
    const answer = await new Shopper(api.url).mergeFrom(new Shopper('', {}, 'short'))

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/sourceCartId' }] } })
  })

  test('a minted one is long enough and never the same', async () => {
    const minted = await Promise.all(Array.from({ length: 20 }, () => new Shopper(api.url).post('/cart')))

    const ids = minted.map(({ body }) => body.id as string)
    expect(new Set(ids).size).toBe(20)
    for (const id of ids) {
      // A random UUID (RFC 9562 §5.4) carries 122 random bits.
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(await new Shopper(api.url, {}, id).cart()).toMatchObject({ status: 200 })
    }
  })
})

describe('when the keys cannot be had', () => {
  test.each([
    ['nobody answers', 'down' as const],
    ['a server error is answered', { status: 500 }],
    ['a page is answered', { text: '<h1>Be right back</h1>' }],
    ['other JSON is answered', { text: '{"error":"maintenance"}' }],
  ])('a token is answered with 503 while %s, and a guest is served', async (_what, condition) => {
    provider.condition = condition

    const byToken = await bearing(await provider.token()).add('mug')
    const byGuest = await new Shopper(api.url).add('mug')

    expect(byToken).toMatchObject({ status: 503, body: { code: 'identity-unavailable' } })
    expect(byToken.headers['retry-after']).toBe('1')
    expect(byGuest.status).toBe(200)
  })

  test('tokens are good again as soon as the provider is back', async () => {
    provider.condition = 'down'
    const ann = bearing(await provider.token())
    await ann.add('mug')
    provider.condition = 'up'

    expect(await ann.add('mug')).toMatchObject({ status: 200, body: { version: 1 } })
  })

  test.each([
    ['nobody answers', 'down' as const],
    ['a page is answered', { text: '<h1>Be right back</h1>' }],
    ['other JSON is answered', { text: '{"error":"maintenance"}' }],
  ])('the keys that were fetched before stay in force while %s', async (_what, condition) => {
    stopDate()
    const ann = bearing(await provider.token(tomorrow()))
    await ann.add('mug')
    provider.condition = condition
    const before = provider.fetches

    passTime(11 * 60_000)
    const first = await ann.add('mug')
    passTime(11 * 60_000)
    const second = await ann.add('mug')

    expect([first.status, second.status]).toEqual([200, 200])
    expect(provider.fetches).toBeGreaterThan(before)
  })

  test('a key that may be a new one is no reason to refuse the token', async () => {
    stopDate()
    await bearing(await provider.token()).add('mug')
    provider.condition = 'down'
    await provider.rotate('second')

    passTime(6_000)
    const answer = await bearing(await provider.token()).cart()

    expect(answer).toMatchObject({ status: 503, body: { code: 'identity-unavailable' } })
  })
})

describe('when the provider changes its key', () => {
  test('tokens of the new one are good, those of the old one are not', async () => {
    stopDate()
    const old = await provider.token(tomorrow())
    await bearing(old).add('mug')
    await provider.rotate('second')

    passTime(6_000)
    const byNew = await bearing(await provider.token()).cart()
    const byOld = await bearing(old).cart()

    expect(byNew.status).toBe(200)
    expect(byOld.status).toBe(401)
  })

  test('a key that nobody knows makes the API ask every five seconds at most', async () => {
    stopDate()
    await bearing(await provider.token()).cart()
    const token = await provider.token({}, { kid: 'unheard-of' })

    for (let n = 0; n < 3; n++) await bearing(token).cart()
    const asked = provider.fetches
    passTime(6_000)
    for (let n = 0; n < 3; n++) await bearing(token).cart()

    expect(asked).toBe(1)
    expect(provider.fetches).toBe(2)
  })
})
