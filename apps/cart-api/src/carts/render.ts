import { hash } from 'node:crypto'
import {
  type Cart,
  type CartState,
  isKnown,
  isoTime,
  itemCount,
  type Line,
  linesTotal,
  money,
  type Order,
} from '@cartwright/cart-domain'
import { type Catalog, offerOf } from '../catalog/catalog.ts'
import type { CartBody, LineBody, LineWarning, OrderBody } from './bodies.ts'

/** A body as it goes out, with the tag of the state that it shows. */
export interface Rendered {
  /** JSON. */
  readonly text: string
  /** A strong entity tag, quoted (RFC 9110 §8.8.3). */
  readonly etag: string
}

/** What a cart looked like when it was last rendered, and what the catalog knew of its products then. */
interface Seen {
  readonly products: readonly Known[]
  readonly rendered: Rendered
}
type Known = ReturnType<Catalog['known']>

/** A cart object never changes, nor does a product: as long as the products are the same objects, so is the text. */
const seen = new WeakMap<Cart, Seen>()

/** The cart as answers show it. Names and warnings are what the catalog knows now; this never waits for it. */
export function renderCart(cart: CartState, catalog: Catalog): Rendered {
  if (!isKnown(cart)) return tagged(cart.id, '', JSON.stringify(unknownBody(cart, catalog)))
  const products = cart.lines.map((line) => catalog.known(line.productId))
  const last = seen.get(cart)
  if (last?.products.every((product, index) => product === products[index])) return last.rendered
  const rendered = tagged(cart.id, cart.incarnation, JSON.stringify(cartBody(cart, products)))
  seen.set(cart, { products, rendered })
  return rendered
}

/** The order as answers show it; it never changes. */
export function renderOrder(order: Order): Rendered {
  const { currency } = order
  const body: OrderBody = {
    orderId: order.orderId,
    cartId: order.cartId,
    ...(order.owner === undefined ? {} : { owner: order.owner }),
    lines: order.lines.map((line) => ({
      productId: line.productId,
      ...(line.variant === undefined ? {} : { variant: line.variant }),
      ...(line.name === undefined ? {} : { name: line.name }),
      quantity: line.quantity,
      unitPrice: money(line.unitPrice, currency),
      lineTotal: money(line.unitPrice * line.quantity, currency),
    })),
    itemCount: itemCount(order.lines),
    total: money(linesTotal(order.lines), currency),
    createdAt: isoTime(order.createdAt),
  }
  return tagged(order.cartId, order.orderId, JSON.stringify(body))
}

/**
 * Two carts never share a tag, nor do two lives of one cart id, nor two states that would be shown differently:
 * everything that tells them apart is in the digest. 128 bits of SHA-256.
 */
function tagged(id: string, life: string, text: string): Rendered {
  return { text, etag: `"${hash('sha256', `${id}\n${life}\n${text}`, 'base64url').slice(0, 22)}"` }
}

function unknownBody({ id }: CartState, catalog: Catalog): CartBody {
  return {
    id,
    version: 0,
    currency: catalog.defaultCurrency,
    lines: [],
    itemCount: 0,
    total: money(0, catalog.defaultCurrency),
    createdAt: null,
    updatedAt: null,
    expiresAt: null,
  }
}

function cartBody(cart: Cart, products: readonly Known[]): CartBody {
  const { currency } = cart
  return {
    id: cart.id,
    version: cart.version,
    ...(cart.owner === undefined ? {} : { owner: cart.owner }),
    currency,
    lines: cart.lines.map((line, index) => lineBody(line, currency, products[index])),
    itemCount: itemCount(cart.lines),
    total: money(linesTotal(cart.lines), currency),
    createdAt: isoTime(cart.createdAt),
    updatedAt: isoTime(cart.updatedAt),
    expiresAt: isoTime(cart.expiresAt),
  }
}

function lineBody(line: Line, currency: string, product: Known): LineBody {
  const { name, warnings } = currentOffer(line, currency, product)
  return {
    productId: line.productId,
    ...(line.variant === undefined ? {} : { variant: line.variant }),
    ...(name === undefined ? {} : { name }),
    quantity: line.quantity,
    unitPrice: money(line.unitPrice, currency),
    lineTotal: money(line.unitPrice * line.quantity, currency),
    addedAt: isoTime(line.addedAt),
    warnings,
  }
}

const NO_WARNINGS: readonly LineWarning[] = []

function currentOffer(
  line: Line,
  currency: string,
  product: Known,
): { name?: string | undefined; warnings: readonly LineWarning[] } {
  if (product === undefined) {
    return { warnings: [{ code: 'price-unknown', message: 'the current price is not known at the moment' }] }
  }
  const offer = offerOf(product === 'gone' ? undefined : product, line.variant)
  if (offer.kind !== 'offered') {
    return { warnings: [{ code: 'product-unavailable', message: 'the product is no longer available' }] }
  }
  const { unitPrice, name } = offer
  if (unitPrice.amount === line.unitPrice && unitPrice.currency === currency) {
    return { name, warnings: NO_WARNINGS }
  }
  return {
    name,
    warnings: [
      {
        code: 'price-changed',
        message: 'the price has changed since the line was added',
        currentPrice: unitPrice,
      },
    ],
  }
}
