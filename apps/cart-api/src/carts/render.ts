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

/** The cart as answers show it. Names and warnings are what the catalog knows now; this never waits for it. */
export function renderCart(cart: CartState, catalog: Catalog): Rendered {
  const known = isKnown(cart) ? cart : undefined
  const text = JSON.stringify(known === undefined ? unknownBody(cart, catalog) : cartBody(known, catalog))
  return { text, etag: entityTag(cart.id, known?.incarnation ?? '', text) }
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
  const text = JSON.stringify(body)
  return { text, etag: entityTag(order.cartId, order.orderId, text) }
}

/**
 * Two carts never share a tag, nor do two lives of one cart id, nor two states that would be shown differently:
 * everything that tells them apart is in the digest. 128 bits of SHA-256.
 */
function entityTag(id: string, life: string, text: string): string {
  return `"${hash('sha256', `${id}\n${life}\n${text}`, 'base64url').slice(0, 22)}"`
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

function cartBody(cart: Cart, catalog: Catalog): CartBody {
  const { currency } = cart
  return {
    id: cart.id,
    version: cart.version,
    ...(cart.owner === undefined ? {} : { owner: cart.owner }),
    currency,
    lines: cart.lines.map((line) => lineBody(line, currency, catalog)),
    itemCount: itemCount(cart.lines),
    total: money(linesTotal(cart.lines), currency),
    createdAt: isoTime(cart.createdAt),
    updatedAt: isoTime(cart.updatedAt),
    expiresAt: isoTime(cart.expiresAt),
  }
}

function lineBody(line: Line, currency: string, catalog: Catalog): LineBody {
  const { name, warnings } = currentOffer(line, currency, catalog)
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
  catalog: Catalog,
): { name?: string | undefined; warnings: readonly LineWarning[] } {
  const product = catalog.known(line.productId)
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
