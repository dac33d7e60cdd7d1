import {
  type Cart,
  type Changed,
  type Context,
  type Decision,
  type Line,
  type LineKey,
  type Money,
  money,
  type Offer,
} from '../src/index.ts'

/** Noon of an ordinary day; every example happens around it. */
export const NOW = Date.UTC(2026, 0, 15, 12)
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** A literal as an id. The brand exists for the compiler only, so a cast is all there is to making one. */
export function id<Id extends string>(text: string): Id {
  return text as Id
}

export function key(productId: string, variant?: string): LineKey {
  return variant === undefined
    ? { productId: id(productId) }
    : { productId: id(productId), variant: id(variant) }
}

export const TEA = key('tea')
export const MUG = key('mug')
export const SHIRT_S = key('shirt', 's')
export const SHIRT_M = key('shirt', 'm')
/** Sold in yen; everything else is sold in euros. */
export const SUSHI = key('sushi')

export function eur(amount: number): Money {
  return money(amount, 'EUR')
}

/** What the catalog asks for each line key, or that the product is gone. */
export type Prices = ReadonlyMap<LineKey, Money | 'gone'>

const PRICES: Prices = new Map<LineKey, Money>([
  [TEA, eur(250)],
  [MUG, eur(900)],
  [SHIRT_S, eur(1500)],
  [SHIRT_M, eur(1500)],
  [SUSHI, money(1200, 'JPY')],
])

/** A catalog of tea, mugs, sushi, and shirts in two sizes, with some prices changed. */
export function catalog(changes: Prices = new Map()): Context['offer'] {
  const prices = new Map<string, Money | 'gone'>()
  for (const [line, price] of [...PRICES, ...changes])
    prices.set(`${line.productId}/${line.variant ?? ''}`, price)
  return (productId, variant): Offer => {
    const price = prices.get(`${productId}/${variant ?? ''}`)
    if (price === 'gone') return { kind: 'unknown-product' }
    if (price !== undefined) return { kind: 'offered', unitPrice: price, name: `the ${productId}` }
    if (productId === 'shirt') return { kind: 'unknown-variant', variants: [id('s'), id('m')] }
    if (prices.has(`${productId}/`)) return { kind: 'unknown-variant', variants: [] }
    return { kind: 'unknown-product' }
  }
}

/** The limits and lifetimes that the design names as defaults, an hour after {@link NOW}. */
export function context(changes: Partial<Context> = {}): Context {
  return {
    now: NOW + HOUR,
    limits: { maxLines: 200, maxLineQuantity: 99 },
    lifetimes: { guestSeconds: 86_400, userSeconds: 604_800 },
    incarnation: id('new-life'),
    orderId: id('order-1'),
    offer: catalog(),
    ...changes,
  }
}

/** A line added at {@link NOW}. */
export function line(of: LineKey, quantity: number, changes: Partial<Line> = {}): Line {
  return { ...of, quantity, unitPrice: 250, addedAt: NOW, changedAt: NOW, ...changes }
}

/** A guest's cart at version 3, last changed at {@link NOW}. */
export function cart(lines: readonly Line[], changes: Partial<Cart> = {}): Cart {
  return {
    id: id('basket'),
    incarnation: id('life'),
    version: 3,
    currency: 'EUR',
    lines,
    createdAt: NOW - DAY,
    updatedAt: NOW,
    expiresAt: NOW + DAY,
    ...changes,
  }
}

/** The decision, where nothing but a change is expected. */
export function changed(decision: Decision): Changed {
  if (decision.kind !== 'changed') {
    throw new Error(`the decision is ${JSON.stringify(decision)}, wanted a change`)
  }
  return decision
}

/** The value, frozen to its last leaf: whoever changes it throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}
