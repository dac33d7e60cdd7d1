import type { LineKey } from './cart.ts'
import type { MergeStrategy } from './commands.ts'
import type { CartId, Incarnation, OrderId, UserId } from './ids.ts'
import type { CappedLine, LeftOutLine } from './merge.ts'
import type { Money } from './money.ts'

/** The version of the events' shape; a consumer that sees a higher one than it knows must not guess. */
export const EVENT_SCHEMA_VERSION = 1

/** A line as events tell it. */
export interface EventLine extends LineKey {
  readonly quantity: number
  readonly unitPrice: Money
}

/** What happened, by type. */
export type EventBody =
  | {
      readonly type: 'line-added'
      /** `added` pieces came in; `line` is the line as it is now. */
      readonly data: { readonly line: EventLine; readonly added: number }
    }
  | {
      readonly type: 'line-quantity-set'
      readonly data: { readonly line: EventLine; readonly previousQuantity: number }
    }
  | {
      readonly type: 'line-removed'
      /** The line as it was. */
      readonly data: { readonly line: EventLine }
    }
  | {
      readonly type: 'cart-cleared'
      /** The lines as they were. */
      readonly data: { readonly lines: readonly EventLine[] }
    }
  | { readonly type: 'cart-claimed'; readonly data: { readonly owner: UserId } }
  | {
      readonly type: 'cart-merged'
      readonly data: {
        readonly sourceCartId: CartId
        readonly strategy: MergeStrategy
        /** All lines of the cart after the merge. */
        readonly lines: readonly EventLine[]
        readonly capped: readonly CappedLine[]
        readonly leftOut: readonly LeftOutLine[]
      }
    }
  | {
      /** Told of the source of a merge: its lines went to another cart. */
      readonly type: 'cart-merged-away'
      readonly data: { readonly targetCartId: CartId }
    }
  | {
      readonly type: 'checkout-started'
      readonly data: {
        readonly orderId: OrderId
        readonly lines: readonly (EventLine & { readonly name?: string; readonly lineTotal: Money })[]
        readonly itemCount: number
        readonly total: Money
      }
    }

/** The names of all events. */
export type EventType = EventBody['type']

/**
 * One event. Delivery is at least once and unordered, so every event says who it is (`id`) and where it
 * stands: `(incarnation, version, index)` orders the events of a cart and never repeats.
 */
export type CartEvent = {
  /** `<incarnation>.<version>.<index>`: the same event always has the same id. */
  readonly id: string
  readonly schemaVersion: typeof EVENT_SCHEMA_VERSION
  readonly cartId: CartId
  readonly incarnation: Incarnation
  /** The cart's version after the change that the event tells of. */
  readonly version: number
  /** The event's place among those of the same change of the same cart, from 0. */
  readonly index: number
  /** The cart's owner after the change. */
  readonly owner?: UserId
  /** ISO 8601, UTC. */
  readonly occurredAt: string
} & EventBody
