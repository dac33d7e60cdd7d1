import type { LineKey } from './cart.ts'
import type { CartId, EpochMs, OrderId, UserId } from './ids.ts'
import type { Currency } from './money.ts'

/** A line as it was ordered. */
export interface OrderLine extends LineKey {
  readonly quantity: number
  /** Minor units of the order's currency for one piece, re-priced at checkout. */
  readonly unitPrice: number
  /** The product's name at checkout, where the catalog knew one. */
  readonly name?: string
}

/** The snapshot that checkout makes of a cart. It never changes and does not expire with the cart. */
export interface Order {
  readonly orderId: OrderId
  readonly cartId: CartId
  readonly owner?: UserId
  readonly currency: Currency
  readonly lines: readonly OrderLine[]
  readonly createdAt: EpochMs
}
