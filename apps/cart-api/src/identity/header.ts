import type { UserId } from '@cartwright/cart-domain'
import { malformed } from '../problems/catalogue.ts'
import type { Identity } from './identity.ts'

const USER_ID = /^[\x21-\x2b\x2d-\x7e]{1,128}$/

/**
 * `IDENTITY=header`: trusts `X-User-ID`, so it is safe only behind something that sets it and drops what clients
 * send. An empty header is a guest. A comma is refused: it is how a header that was sent twice arrives.
 */
export const headerIdentity: Identity = {
  identify: (headers) => {
    const user = headers['x-user-id']
    if (user === undefined || user === '') return undefined
    if (typeof user !== 'string' || !USER_ID.test(user)) {
      throw malformed([{ header: 'X-User-ID', message: 'must be 1-128 visible characters without a comma' }])
    }
    return user as UserId
  },
  shortestCartId: 1,
}
