import type { CartState, LineKey } from './cart.ts'
import type { EpochMs, Incarnation, OrderId, ProductId, UserId, VariantId } from './ids.ts'
import type { Money } from './money.ts'

/** Puts more of a product into the cart; takes the current price for the whole line. */
export interface AddLine extends LineKey {
  readonly type: 'add'
  /** 1 or more. */
  readonly quantity: number
}
/** Sets a line's quantity; 0 removes the line. The price stays as it was seen. */
export interface SetQuantity extends LineKey {
  readonly type: 'set'
  /** 0 or more. */
  readonly quantity: number
}
/** Takes a line out. */
export interface RemoveLine extends LineKey {
  readonly type: 'remove'
}
/** Takes all lines out. */
export interface ClearCart {
  readonly type: 'clear'
}
/** A change of one cart's lines. */
export type LineCommand = AddLine | SetQuantity | RemoveLine | ClearCart

/** Several line commands in one version, all or none. */
export interface Batch {
  readonly type: 'batch'
  readonly commands: readonly LineCommand[]
}

/** How a merge treats a line that both carts have. */
export const MERGE_STRATEGIES = ['sum', 'last-write-wins', 'max', 'keep-target'] as const
/**
 * - `sum`: both quantities together.
 * - `last-write-wins`: the line that was changed last, on either side.
 * - `max`: the larger quantity.
 * - `keep-target`: the target's line as it is.
 */
export type MergeStrategy = (typeof MERGE_STRATEGIES)[number]

/** Moves the source's lines into the cart; the source ends empty. */
export interface Merge {
  readonly type: 'merge'
  readonly source: CartState
  readonly strategy: MergeStrategy
}

/** Turns the lines into an order and empties the cart. */
export interface StartCheckout {
  readonly type: 'checkout'
  /** Refuse unless the order's total is exactly this. */
  readonly expectedTotal?: Money
}

/** Everything that can be asked of a cart. */
export type Command = LineCommand | Batch | Merge | StartCheckout

/** What the catalog says of a product in a variant. */
export type Offer =
  | { readonly kind: 'offered'; readonly unitPrice: Money; readonly name?: string }
  | { readonly kind: 'unknown-product' }
  /** The variant is missing, superfluous or not one of those that the product has. */
  | { readonly kind: 'unknown-variant'; readonly variants: readonly VariantId[] }

/** How large a cart may grow. */
export interface Limits {
  /** Lines in a cart. */
  readonly maxLines: number
  /** Pieces of one line. */
  readonly maxLineQuantity: number
}

/** How long a cart lives after its last change, in seconds. */
export interface Lifetimes {
  readonly guestSeconds: number
  readonly userSeconds: number
}

/** All that a decision depends on besides cart and command: time, ids and prices come from outside. */
export interface Context {
  readonly now: EpochMs
  readonly limits: Limits
  readonly lifetimes: Lifetimes
  /** The signed-in user, if any. Their first change claims a guest's cart. */
  readonly caller?: UserId
  /** Taken when the command creates the cart; at least 122 random bits. */
  readonly incarnation: Incarnation
  /** Taken when the command makes an order; at least 122 random bits. */
  readonly orderId: OrderId
  /** The catalog's answer for each product that the command, or at checkout the cart, names. */
  readonly offer: (productId: ProductId, variant: VariantId | undefined) => Offer
}
