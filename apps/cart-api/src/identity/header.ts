import type { UserId } from '@cartwright/cart-domain'
import { malformed } from '../problems/catalogue.ts'
import type { Identity } from './identity.ts'

/** What `X-User-ID` looks like; empty is a guest. */
export const USER_ID_PATTERN = '^[\\x21-\\x2b\\x2d-\\x7e]{0,128}$'
const userId = new RegExp(USER_ID_PATTERN)

/**
 * `IDENTITY=header`: trusts `X-User-ID`, so it is safe only behind something that sets it and drops what clients
 * send. An empty header is a guest. A comma is refused: it is how a header that was sent twice arrives.
 */
export const headerIdentity: Identity = {
  identify: (headers) => {
    const user = headers['x-user-id']
    if (user === undefined || user === '') return undefined
    if (typeof user !== 'string' || !userId.test(user)) {
      throw malformed([{ header: 'X-User-ID', message: 'must be 1-128 visible characters without a comma' }])
    }
    return user as UserId
  },
  shortestCartId: 1,
}
