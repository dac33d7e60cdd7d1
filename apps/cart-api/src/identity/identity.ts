import type { IncomingHttpHeaders } from 'node:http'
import type { UserId } from '@cartwright/cart-domain'

/** Tells who a request comes from. */
export interface Identity {
  /**
   * The signed-in user, or `undefined` for a guest.
   *
   * @throws {Problem} `unauthenticated` when somebody claims to be a user and cannot prove it, `malformed-request`
   *   when a trusted header is unusable, `identity-unavailable` when nobody can tell for now.
   */
  identify(headers: IncomingHttpHeaders): UserId | undefined | Promise<UserId | undefined>
  /** The shortest cart id that is accepted: a guest's cart id is the only key to that cart. */
  readonly shortestCartId: number
}

/** `IDENTITY=none`: everybody is a guest, whatever the headers say. */
export const noIdentity: Identity = {
  identify: () => undefined,
  shortestCartId: 1,
}
