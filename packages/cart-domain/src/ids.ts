declare const brand: unique symbol
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** Names one cart; for a guest's cart it is also the only key to it. */
export type CartId = Brand<'CartId'>
/** A signed-in user, as the identity provider names them (the JWT's `sub`). */
export type UserId = Brand<'UserId'>
/** A product of the catalog. */
export type ProductId = Brand<'ProductId'>
/** A variant of a product (size, colour); unique within its product only. */
export type VariantId = Brand<'VariantId'>
/** Names one order. */
export type OrderId = Brand<'OrderId'>
/**
 * One life of a cart. A cart that expired, or never was, gets a new one when it is created, so that
 * `(incarnation, version)` never repeats although versions start at 1 again.
 */
export type Incarnation = Brand<'Incarnation'>
/** Milliseconds since 1970-01-01T00:00Z. The domain never reads a clock: times come in as arguments. */
export type EpochMs = number

/** What a cart id looks like: unreserved URI characters (RFC 3986 §2.3), so that it travels in any header or path. */
export const CART_ID_PATTERN = '^[A-Za-z0-9._~-]{1,128}$'
const cartId = new RegExp(CART_ID_PATTERN)

/** The text as a cart id, or `undefined` when it is not one. */
export function parseCartId(text: string): CartId | undefined {
  return cartId.test(text) ? (text as CartId) : undefined
}

/** The time as ISO 8601 in UTC with milliseconds, as answers and events carry it. */
export function isoTime(time: EpochMs): string {
  return new Date(time).toISOString()
}
