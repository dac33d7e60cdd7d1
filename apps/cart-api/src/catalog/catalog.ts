import type { Currency, Money, Offer, ProductId, VariantId } from '@cartwright/cart-domain'
import { MAX_NAME_LENGTH } from './schema.ts'

/** A size, a colour…: one way in which a product can be bought. */
export interface Variant {
  /** Unique within its product only. */
  readonly variant: VariantId
  readonly name: string
  /** Absent where the product's price holds. */
  readonly price?: Money
}

/** What the shop sells, as `GET /products` shows it. */
export interface Product {
  readonly productId: ProductId
  readonly name: string
  readonly description?: string
  readonly price: Money
  /** One or more. A product that has variants is bought in one of them. */
  readonly variants?: readonly Variant[]
}

/** What whoever asks the catalog passes along. */
export interface CatalogCall {
  /** The moment by `performance.now()` at which the caller gives up; the catalog has answered or failed by then. */
  readonly deadline: number
  /** The caller's trace (W3C Trace Context), passed on to the product service. */
  readonly traceparent?: string
}

/** Where prices and names come from: never from the client. */
export interface Catalog {
  /**
   * Products for a decision; may ask the product service until the deadline. An id that is missing in the answer
   * certainly does not exist.
   *
   * @throws CatalogUnavailable when one of them cannot be known now.
   */
  lookup(ids: Iterable<ProductId>, call: CatalogCall): Promise<ReadonlyMap<ProductId, Product>>
  /**
   * What is known now, without waiting: the product, `gone` (known not to exist), or `undefined` (not known).
   * Never throws. May start a refresh in the background, so that the next call knows more.
   */
  known(id: ProductId): Product | 'gone' | undefined
  /** @throws CatalogUnavailable when the products cannot be known now. */
  list(call: CatalogCall): Promise<readonly Product[]>
  /** The currency of carts that hold nothing yet. */
  readonly defaultCurrency: Currency
  /** Ends what runs in the background. */
  close(): void
}

/** The catalog cannot say, for now, what was asked; nothing is known to be wrong with the question. */
export class CatalogUnavailable extends Error {
  /** Whole seconds, 1 or more, after which asking again makes sense. */
  readonly retryAfterSeconds: number

  constructor(message: string, options: { retryAfterSeconds: number; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'CatalogUnavailable'
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The catalog cannot be opened: the message is one line that says what is wrong. Start-up stops with it. */
export class CatalogNotOpened extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CatalogNotOpened'
  }
}

/**
 * What the product means for a line in this variant. A product that has variants needs one of them, one that has
 * none needs none (see the guide on products); a variant's own price wins over the product's.
 */
export function offerOf(product: Product | undefined, variant: VariantId | undefined): Offer {
  if (product === undefined) return { kind: 'unknown-product' }
  const variants = product.variants ?? []
  if (variants.length === 0 && variant === undefined) {
    return { kind: 'offered', unitPrice: product.price, name: product.name }
  }
  const chosen = variants.find((one) => one.variant === variant)
  if (chosen === undefined) return { kind: 'unknown-variant', variants: variants.map((one) => one.variant) }
  return {
    kind: 'offered',
    unitPrice: chosen.price ?? product.price,
    name: variantName(product.name, chosen.name),
  }
}

/** `Linen shirt, M`; just the variant's name where it says the product's name already. */
function variantName(product: string, variant: string): string {
  const name = variant.startsWith(product) ? variant : `${product}, ${variant}`
  if (name.length <= MAX_NAME_LENGTH) return name
  const characters = Array.from(name)
  if (characters.length <= MAX_NAME_LENGTH) return name
  return `${characters.slice(0, MAX_NAME_LENGTH - 1).join('')}…`
}
