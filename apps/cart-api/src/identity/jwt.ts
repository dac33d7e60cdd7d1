import type { UserId } from '@cartwright/cart-domain'
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { Problem, unavailableProblem } from '../problems/catalogue.ts'
import type { Identity } from './identity.ts'

export interface JwtOptions {
  readonly issuer: string
  readonly audience: string
  /** Where the identity provider publishes its keys (RFC 7517). */
  readonly jwksUrl: string
  /** The algorithms that are accepted (RFC 8725 §3.1): never what the token itself asks for. */
  readonly algorithms: readonly string[]
}

/** How long one fetch of the keys may take, in milliseconds. */
const FETCH_TIMEOUT = 3_000
/** Keys are fetched again after this time, in milliseconds. */
const KEYS_FRESH = 10 * 60_000
/**
 * How long after a fetch an unknown key id is believed to be unknown, in milliseconds. Anybody can make up key ids, so
 * each of them must not cost a fetch; but for as long, tokens of a key that has just been rotated in are refused.
 */
const KEYS_COOLDOWN = 5_000
/** While the provider does not answer, keys up to this age still verify, in milliseconds. */
const KEYS_USABLE = 24 * 3600_000
/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE = 5

/**
 * `IDENTITY=jwt`: verifies a Bearer token (RFC 6750) against the provider's keys and takes `sub` as the user.
 * Without an `Authorization` header the request is a guest's; with a bad one it is refused.
 */
export function jwtIdentity(options: JwtOptions): Identity {
  const keys = remoteKeys(options.jwksUrl)
  return {
    identify: ({ authorization }) =>
      authorization === undefined ? undefined : verify(authorization, keys, options),
    // Ids that clients make up must be hard to guess where carts are worth something.
    shortestCartId: 16,
  }
}

async function verify(authorization: string, keys: JWTVerifyGetKey, options: JwtOptions): Promise<UserId> {
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1]
  if (token === undefined) throw unauthenticated('the Authorization header holds no Bearer token')
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: options.issuer,
      audience: options.audience,
      algorithms: [...options.algorithms],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE,
    })
    const { sub } = payload
    if (sub === undefined || sub.length < 1 || sub.length > 256) {
      throw unauthenticated('the token has no usable sub claim')
    }
    return sub as UserId
  } catch (error) {
    if (error instanceof Problem) throw error
    if (isAboutToken(error)) throw unauthenticated(`the token was refused (${error.code})`, error)
    throw unavailableProblem('identity-unavailable', 'the keys of the identity provider cannot be fetched', {
      cause: error,
    })
  }
}

/** Whether the token is to blame. What remains (timeouts, answers that are no key set) is the provider's doing. */
function isAboutToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  )
}

function unauthenticated(detail: string, cause?: unknown): Problem {
  return new Problem('unauthenticated', detail, {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    cause,
  })
}

/** The provider's keys, kept for a day over an outage of the provider. */
function remoteKeys(url: string): JWTVerifyGetKey {
  let last: { readonly text: string; readonly at: number } | undefined
  /** Why the latest fetch brought nothing, if it did not. */
  let outage: unknown
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT,
    cacheMaxAge: KEYS_FRESH,
    cooldownDuration: KEYS_COOLDOWN,
    [customFetch]: async (address, init) => {
      try {
        last = { text: await fetchKeys(address, init), at: performance.now() }
        outage = undefined
      } catch (error) {
        outage = error
        if (last === undefined || performance.now() - last.at > KEYS_USABLE) throw error
      }
      return new Response(last.text)
    },
  })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      // A key that we do not know may be one that the provider has made since.
      if (error instanceof errors.JWKSNoMatchingKey && outage !== undefined) throw outage
      throw error
    }
  }
}

/** The text of the key set. Anything else (a maintenance page) must not take the place of the keys that we have. */
async function fetchKeys(...request: Parameters<FetchImplementation>): Promise<string> {
  const response = await fetch(...request)
  if (response.status !== 200) throw new Error(`the key set was answered with ${response.status}`)
  const text = await response.text()
  if (!isKeySet(JSON.parse(text))) throw new Error('the key set was answered with something else')
  return text
}

function isKeySet(value: unknown): boolean {
  return Array.isArray((value as { keys?: unknown } | null)?.keys)
}
