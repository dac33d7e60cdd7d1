import type { Product } from '../../src/catalog/catalog.ts'
import { product } from '../shelf.ts'
import type { LineName, Offer } from './model-lines.ts'

interface Ware {
  readonly amount: number
  readonly currency: string
  /** Each with its own price, if any. */
  readonly variants?: Readonly<Record<string, number | undefined>>
}

const AT_FIRST: Readonly<Record<string, Ware>> = {
  mug: { amount: 1200, currency: 'EUR' },
  tray: { amount: 3000, currency: 'EUR' },
  shirt: { amount: 2500, currency: 'EUR', variants: { s: undefined, m: undefined, l: 2700 } },
  rice: { amount: 800, currency: 'JPY' },
}

/** What becomes of a product: another price, in the currency that it had or another, or it is gone. */
export type Repricing =
  | { readonly amount: number }
  | { readonly amount: number; readonly currency: string }
  | 'gone'

/** What the shop sells at the moment. */
export class ModelCatalog {
  readonly #wares = new Map(Object.entries(AT_FIRST))

  /** Changes the product, or brings it back. */
  change(productId: string, to: Repricing): void {
    const ware = this.#wares.get(productId) ?? AT_FIRST[productId]
    if (to === 'gone' || ware === undefined) this.#wares.delete(productId)
    else this.#wares.set(productId, { ...ware, ...to })
  }

  offer({ productId, variant }: LineName): Offer {
    const line = variant === undefined ? { productId } : { productId, variant }
    const ware = this.#wares.get(productId)
    if (ware === undefined) return { status: 422, code: 'unknown-product', line }
    const { amount, currency, variants = {} } = ware
    const names = Object.keys(variants)
    const fits = variant === undefined ? names.length === 0 : names.includes(variant)
    if (!fits) return { status: 422, code: 'unknown-variant', line, variants: names }
    return { amount: (variant === undefined ? undefined : variants[variant]) ?? amount, currency }
  }

  /** The same for the API. */
  products(): Product[] {
    return [...this.#wares].map(([id, { amount, ...options }]) => product(id, amount, options))
  }
}
