import type { ModelCatalog } from './model-catalog.ts'
import type { LineName, ModelLine, Money, Report } from './model-lines.ts'
import { type ModelCart, type ModelOrder, totalOf } from './model-shop.ts'

/** The cart as the OpenAPI document wants it shown. What names and warnings say in words is free; that they are there is not. */
export function shownCart(
  id: string,
  cart: ModelCart | undefined,
  catalog: ModelCatalog,
  merge?: Report | undefined,
): object {
  const currency = cart?.currency ?? 'EUR'
  const lines = [...(cart?.lines.values() ?? [])]
  return {
    id,
    version: cart?.version ?? 0,
    ...(cart?.owner === undefined ? {} : { owner: cart.owner }),
    currency,
    lines: lines.map((line) => shownLine(line, currency, catalog)),
    ...sums(lines, currency),
    createdAt: time(cart?.createdAt),
    updatedAt: time(cart?.updatedAt),
    expiresAt: time(cart?.expiresAt),
    ...(merge === undefined ? {} : { merge }),
  }
}

export function shownOrder(order: ModelOrder): object {
  const { orderId, cartId, owner, currency, lines, createdAt } = order
  return {
    orderId,
    cartId,
    ...(owner === undefined ? {} : { owner }),
    lines: lines.map((line) => ({ ...pricedLine(line, currency), name: true })),
    itemCount: sums(lines, currency).itemCount,
    total: totalOf(order),
    createdAt: time(createdAt),
  }
}

/** An answer's body with the words taken out. */
export function withoutWords(body: Record<string, unknown>): object {
  if (!Array.isArray(body['lines'])) return body
  return { ...body, lines: body['lines'].map(lineWithoutWords) }
}

function lineWithoutWords(line: Record<string, unknown>): object {
  const { name, warnings, ...rest } = line
  return {
    ...rest,
    ...(name === undefined ? {} : { name: typeof name === 'string' }),
    ...(Array.isArray(warnings) ? { warnings: warnings.map(warningWithoutWords) } : {}),
  }
}

function warningWithoutWords({ message, ...rest }: Record<string, unknown>): object {
  return { ...rest, message: typeof message === 'string' }
}

function shownLine(line: ModelLine, currency: string, catalog: ModelCatalog): object {
  const offer = catalog.offer(line.name)
  const shown = { ...pricedLine(line, currency), addedAt: time(line.addedAt) }
  if ('code' in offer) return { ...shown, warnings: [{ code: 'product-unavailable', message: true }] }
  const same = offer.amount === line.unitPrice && offer.currency === currency
  const warnings = same ? [] : [{ code: 'price-changed', currentPrice: offer, message: true }]
  return { ...shown, name: true, warnings }
}

interface Priced {
  readonly name: LineName
  readonly quantity: number
  readonly unitPrice: number
}

function pricedLine({ name, quantity, unitPrice }: Priced, currency: string) {
  return {
    ...name,
    quantity,
    unitPrice: { amount: unitPrice, currency },
    lineTotal: { amount: quantity * unitPrice, currency },
  }
}

function sums(lines: readonly Priced[], currency: string): { itemCount: number; total: Money } {
  let itemCount = 0
  let amount = 0
  for (const { quantity, unitPrice } of lines) {
    itemCount += quantity
    amount += quantity * unitPrice
  }
  return { itemCount, total: { amount, currency } }
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}
