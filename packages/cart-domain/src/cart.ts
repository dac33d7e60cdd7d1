import type { CartId, EpochMs, Incarnation, OrderId, ProductId, UserId, VariantId } from './ids.ts'
import type { Currency, Money } from './money.ts'

/** What identifies a line within a cart: the product *and* the variant. */
export interface LineKey {
  readonly productId: ProductId
  readonly variant?: VariantId
}

/** One product, in one variant, in a quantity, at the price that was seen when it was last added. */
export interface Line extends LineKey {
  /** 1 or more. */
  readonly quantity: number
  /** Minor units of the cart's currency for one piece. */
  readonly unitPrice: number
  readonly addedAt: EpochMs
  /** When quantity or price was last changed by a command; decides `last-write-wins`. */
  readonly changedAt: EpochMs
}

/** A cart as it is stored: every field is data, nothing is derived. */
export interface Cart {
  readonly id: CartId
  readonly incarnation: Incarnation
  /** 1 at creation, +1 on every change. */
  readonly version: number
  /** The user whose cart it is; a guest's cart has none. */
  readonly owner?: UserId
  /** The currency of every line; a cart without lines takes that of the first line that comes in. */
  readonly currency: Currency
  readonly lines: readonly Line[]
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  /** From this moment on the cart counts as unknown. */
  readonly expiresAt: EpochMs
  /** The order that the last change made of this cart; gone with the next change. */
  readonly checkedOut?: { readonly orderId: OrderId; readonly total: Money }
}

/** A cart that nobody has changed yet, or that has expired. */
export interface UnknownCart {
  readonly id: CartId
  readonly version: 0
}

/** A cart id with what is known of it. */
export type CartState = Cart | UnknownCart

/** Whether the cart exists (and has not expired). */
export function isKnown(cart: CartState): cart is Cart {
  return cart.version !== 0
}

/** The state of a cart id that nothing is stored under. */
export function unknownCart(id: CartId): UnknownCart {
  return { id, version: 0 }
}

/** Whether both name the same line. */
export function sameLine(a: LineKey, b: LineKey): boolean {
  return a.productId === b.productId && a.variant === b.variant
}

/** The pieces in all lines together. */
export function itemCount(lines: readonly { readonly quantity: number }[]): number {
  let count = 0
  for (const line of lines) count += line.quantity
  return count
}

/** The sum of the lines in minor units. */
export function linesTotal(
  lines: readonly { readonly quantity: number; readonly unitPrice: number }[],
): number {
  let total = 0
  for (const line of lines) total += line.quantity * line.unitPrice
  return total
}

/**
 * Whether the caller may see and change the cart: an unknown cart and a guest's are open to whoever has the
 * id; a claimed one is its owner's alone.
 */
export function mayUse(cart: CartState, caller: UserId | undefined): boolean {
  return !isKnown(cart) || cart.owner === undefined || cart.owner === caller
}
