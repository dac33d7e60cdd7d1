import type { ProductId, VariantId } from '@cartwright/cart-domain'
import { type Catalog, CatalogUnavailable, type Product, type Variant } from '../src/catalog/catalog.ts'

/** A product for tests, in euros unless the currency is given. `variants` maps each variant to its own price, if any. */
export function product(
  id: string,
  amount: number,
  options: {
    readonly variants?: Readonly<Record<string, number | undefined>>
    readonly currency?: string
  } = {},
): Product {
  const { variants, currency = 'EUR' } = options
  return {
    // Any text is a product's id.
    productId: id as ProductId,
    name: `The ${id}`,
    price: { amount, currency },
    ...(variants === undefined
      ? {}
      : {
          variants: Object.entries(variants).map(
            ([variant, own]): Variant => ({
              // Any text is a variant.
              variant: variant as VariantId,
              name: variant.toUpperCase(),
              ...(own === undefined ? {} : { price: { amount: own, currency } }),
            }),
          ),
        }),
  }
}

/** A mug at 12 €, a tray at 30 €, a shirt at 25 € in sizes (l: 27 €), and rice that is sold in yen. */
export const PRODUCTS: readonly Product[] = [
  product('mug', 1200),
  product('tray', 3000),
  product('shirt', 2500, { variants: { s: undefined, m: undefined, l: 2700 } }),
  product('rice', 800, { currency: 'JPY' }),
]

/** A catalog in memory: what stands on it is sold, and it can be rearranged or out of reach at any moment. */
export class Shelf implements Catalog {
  readonly defaultCurrency = 'EUR'
  /** Whether the catalog cannot be asked and knows nothing. */
  outOfReach = false
  #products: Map<ProductId, Product>

  constructor(products: readonly Product[] = PRODUCTS) {
    this.#products = byId(products)
  }

  /** Everything else is gone from now on. */
  arrange(products: readonly Product[]): void {
    this.#products = byId(products)
  }

  /** Takes the place of the product with the same id. */
  put(one: Product): void {
    this.#products.set(one.productId, one)
  }

  async lookup(ids: Iterable<ProductId>): Promise<ReadonlyMap<ProductId, Product>> {
    this.#assertInReach()
    const wanted = new Set(ids)
    return new Map([...this.#products].filter(([id]) => wanted.has(id)))
  }

  known(id: ProductId): Product | 'gone' | undefined {
    return this.outOfReach ? undefined : (this.#products.get(id) ?? 'gone')
  }

  async list(): Promise<readonly Product[]> {
    this.#assertInReach()
    return [...this.#products.values()]
  }

  close(): void {}

  #assertInReach(): void {
    if (this.outOfReach) throw new CatalogUnavailable('the shelf is out of reach', { retryAfterSeconds: 7 })
  }
}

function byId(products: readonly Product[]): Map<ProductId, Product> {
  return new Map(products.map((one) => [one.productId, one]))
}
