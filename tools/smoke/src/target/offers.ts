import type { Money } from './cart.ts'

/** What can be added to a cart: a product, in one of its variants where it has some. */
export interface Offer {
  readonly productId: string
  readonly variant?: string
  readonly price: Money
}

/** As `GET /products` tells it. */
interface Product {
  readonly productId: string
  readonly price: Money
  readonly variants?: readonly { readonly variant: string; readonly price?: Money }[]
}

/** What a run adds to its carts. */
export interface Offers {
  readonly first: Offer
  /** Another one, of the other kind where the catalog has both; a cart holds one currency. */
  readonly second: Offer | undefined
}

/** @returns `undefined` for an empty catalog */
export function offersOf(products: readonly Product[]): Offers | undefined {
  const offers = products.flatMap(offersOfProduct)
  const first = offers.find(isPlain) ?? offers[0]
  if (first === undefined) return undefined
  const others = offers.filter((offer) => offer !== first && offer.price.currency === first.price.currency)
  return { first, second: others.find((offer) => !isPlain(offer)) ?? others[0] }
}

function offersOfProduct({ productId, price, variants }: Product): Offer[] {
  if (variants === undefined) return [{ productId, price }]
  return variants.map((variant) => ({ productId, variant: variant.variant, price: variant.price ?? price }))
}

function isPlain({ variant }: Offer): boolean {
  return variant === undefined
}
