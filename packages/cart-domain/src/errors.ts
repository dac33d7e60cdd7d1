import type { LineKey } from './cart.ts'
import type { VariantId } from './ids.ts'
import type { Currency, Money } from './money.ts'

/** Why a command was refused: a closed list. `code` is the code of the HTTP answer too. */
export type CartError =
  | { readonly code: 'line-not-found'; readonly line: LineKey }
  | { readonly code: 'unknown-product'; readonly line: LineKey }
  | { readonly code: 'unknown-variant'; readonly line: LineKey; readonly variants: readonly VariantId[] }
  | {
      readonly code: 'quantity-limit-exceeded'
      readonly line: LineKey
      readonly limit: number
      /** The quantity that the line would have had. */
      readonly asked: number
    }
  | {
      readonly code: 'line-limit-exceeded'
      readonly limit: number
      /** The lines that the cart would have had. */
      readonly asked: number
    }
  | {
      readonly code: 'currency-mismatch'
      readonly cartCurrency: Currency
      readonly otherCurrency: Currency
    }
  | { readonly code: 'merge-into-itself' }
  | { readonly code: 'cart-empty' }
  | { readonly code: 'product-unavailable'; readonly lines: readonly LineKey[] }
  | { readonly code: 'total-changed'; readonly currentTotal: Money }
  /** The total would leave the range of exact integers. */
  | { readonly code: 'cart-too-large' }
