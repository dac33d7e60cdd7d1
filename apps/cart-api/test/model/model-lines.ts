/** An amount of minor units. */
export interface Money {
  readonly amount: number
  readonly currency: string
}

/** What names a line. */
export interface LineName {
  readonly productId: string
  readonly variant?: string
}

export interface ModelLine {
  readonly name: LineName
  quantity: number
  /** In the cart's currency. */
  unitPrice: number
  addedAt: number
  changedAt: number
}

/** In the order in which they came in. */
export type ModelLines = Map<string, ModelLine>

/** A refusal as `docs/reference/errors.md` names it, with the members that it promises. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly [member: string]: unknown
}

/** What the catalog says of a line: its price, or why it has none. */
export type Offer = Money | Refusal

export type Action = LineName & {
  readonly type: 'add' | 'set' | 'remove'
  /** Absent where the action is `remove`. */
  readonly quantity?: number
}
export type LineAction = Action | { readonly type: 'clear' }

export type Strategy = 'sum' | 'max' | 'last-write-wins' | 'keep-target'

/** Small, so that they are met often. */
export const LIMITS = { lines: 3, quantity: 6 }

/** Lines that actions work on before it is known whether all of them hold. */
export interface Basket {
  lines: ModelLines
  currency: string
}

/** Does what the action says, or tells every reason why not: nothing promises which of them comes first. */
export function obey(
  basket: Basket,
  action: LineAction,
  offerOf: (name: LineName) => Offer,
  now: number,
): readonly Refusal[] {
  if (action.type === 'clear') {
    basket.lines = new Map()
    return []
  }
  return action.type === 'add' ? add(basket, action, offerOf(nameOf(action)), now) : set(basket, action, now)
}

function add(basket: Basket, action: Action, offer: Offer, now: number): readonly Refusal[] {
  if ('code' in offer) return [offer]
  const name = nameOf(action)
  const present = basket.lines.get(idOf(name))
  const quantity = (present?.quantity ?? 0) + (action.quantity ?? 0)
  const refusals: Refusal[] = []
  if (basket.lines.size > 0 && basket.currency !== offer.currency) {
    refusals.push(currencyMismatch(basket.currency, offer.currency))
  }
  if (quantity > LIMITS.quantity) refusals.push(tooMany(name, quantity))
  if (present === undefined && basket.lines.size === LIMITS.lines) {
    refusals.push({ status: 409, code: 'line-limit-exceeded', limit: LIMITS.lines, asked: LIMITS.lines + 1 })
  }
  if (refusals.length > 0) return refusals

  basket.currency = offer.currency
  const addedAt = present?.addedAt ?? now
  basket.lines.set(idOf(name), { name, quantity, unitPrice: offer.amount, addedAt, changedAt: now })
  return []
}

function set(basket: Basket, action: Action, now: number): readonly Refusal[] {
  const name = nameOf(action)
  const present = basket.lines.get(idOf(name))
  if (present === undefined) return [{ status: 404, code: 'line-not-found', line: name }]
  const quantity = action.quantity ?? 0
  if (quantity === present.quantity) return []
  if (quantity > LIMITS.quantity) return [tooMany(name, quantity)]
  if (quantity === 0) basket.lines.delete(idOf(name))
  else Object.assign(present, { quantity, changedAt: now })
  return []
}

/** What a merge did beyond the lines. */
export interface Report {
  readonly strategy: Strategy
  readonly capped: readonly object[]
  readonly leftOut: readonly object[]
}

/** Pours the source's lines into the target's and tells what did not fit. */
export function pour(target: ModelLines, source: ModelLines, strategy: Strategy, now: number): Report {
  const capped: object[] = []
  const leftOut: object[] = []
  for (const [id, theirs] of source) {
    const ours = target.get(id)
    if (ours === undefined && target.size === LIMITS.lines) {
      leftOut.push({ ...theirs.name, quantity: theirs.quantity })
      continue
    }
    const newer = ours !== undefined && ours.changedAt > theirs.changedAt ? ours : theirs
    const asked = quantityOf(strategy, ours, theirs, newer)
    const kept = Math.min(asked, LIMITS.quantity)
    if (kept < asked) capped.push({ ...theirs.name, asked, kept })

    if (ours === undefined) {
      target.set(id, { ...theirs })
    } else if (strategy === 'last-write-wins') {
      target.set(id, { ...newer, addedAt: ours.addedAt })
    } else if (kept !== ours.quantity) {
      Object.assign(ours, { quantity: kept, unitPrice: newer.unitPrice, changedAt: now })
    }
  }
  return { strategy, capped, leftOut }
}

/** The quantity before the limit, of a line that both carts have or the source alone. */
function quantityOf(
  strategy: Strategy,
  ours: ModelLine | undefined,
  theirs: ModelLine,
  newer: ModelLine,
): number {
  if (ours === undefined) return theirs.quantity
  switch (strategy) {
    case 'sum':
      return ours.quantity + theirs.quantity
    case 'max':
      return Math.max(ours.quantity, theirs.quantity)
    case 'last-write-wins':
      return newer.quantity
    case 'keep-target':
      return ours.quantity
  }
}

export function copied(lines: ModelLines | undefined): ModelLines {
  return new Map([...(lines ?? [])].map(([id, line]) => [id, { ...line }]))
}

/** Only what names the line. */
export function nameOf({ productId, variant }: LineName): LineName {
  return variant === undefined ? { productId } : { productId, variant }
}

export function idOf({ productId, variant }: LineName): string {
  return JSON.stringify([productId, variant])
}

export function currencyMismatch(cartCurrency: string, otherCurrency: string): Refusal {
  return { status: 409, code: 'currency-mismatch', cartCurrency, otherCurrency }
}

function tooMany(line: LineName, asked: number): Refusal {
  return { status: 409, code: 'quantity-limit-exceeded', line, limit: LIMITS.quantity, asked }
}
