import {
  type Cart,
  type CartState,
  isKnown,
  itemCount,
  type Line,
  type LineKey,
  linesTotal,
  sameLine,
} from './cart.ts'
import type { Command, Context, LineCommand, Merge, StartCheckout } from './commands.ts'
import type { CartError } from './errors.ts'
import { type CartEvent, EVENT_SCHEMA_VERSION, type EventBody, type EventLine } from './events.ts'
import { isoTime, type OrderId } from './ids.ts'
import { lineKey, type MergeReport, mergeLines } from './merge.ts'
import { type Currency, money, sameMoney } from './money.ts'
import type { Order, OrderLine } from './order.ts'

/** The cart (and for a merge the source) as it is to be, with everything that goes into the same commit. */
export interface Changed {
  readonly kind: 'changed'
  readonly cart: Cart
  /** The emptied source of a merge. */
  readonly source?: Cart
  readonly order?: Order
  readonly merge?: MergeReport
  /** In the order in which they happened; never empty. */
  readonly events: readonly CartEvent[]
}

/** The command asks for what is already so: no version, no event, nothing to write. */
export interface Unchanged {
  readonly kind: 'unchanged'
  readonly merge?: MergeReport
}

/** A repeated checkout: the cart has not changed since this order was made of it. */
export interface AlreadyCheckedOut {
  readonly kind: 'already-checked-out'
  readonly orderId: OrderId
}

/** The command breaks a rule; nothing is to be written. */
export interface Refused {
  readonly kind: 'refused'
  readonly error: CartError
  /** The place of the offending command in a batch, from 0. */
  readonly index?: number
}

export type Decision = Changed | Unchanged | AlreadyCheckedOut | Refused

/**
 * What a command makes of a cart. Pure: the same arguments always give the same decision. Ownership is judged
 * before, by {@link mayUse}; here it is only taken (a user's first change claims a guest's cart).
 */
export function decide(cart: CartState, command: Command, context: Context): Decision {
  switch (command.type) {
    case 'merge':
      return decideMerge(cart, command, context)
    case 'checkout':
      return decideCheckout(cart, command, context)
    case 'batch':
      return decideLines(cart, command.commands, context)
    default: {
      const decision = decideLines(cart, [command], context)
      return decision.kind === 'refused' ? refuse(decision.error) : decision
    }
  }
}

function decideLines(cart: CartState, commands: readonly LineCommand[], context: Context): Decision {
  const draft: Draft = {
    lines: isKnown(cart) ? [...cart.lines] : [],
    currency: isKnown(cart) ? cart.currency : undefined,
    events: [],
  }
  for (const [index, command] of commands.entries()) {
    const error = applyLineCommand(draft, command, context)
    if (error !== undefined) return { kind: 'refused', error, index }
  }
  if (sameLines(isKnown(cart) ? cart.lines : [], draft.lines)) return { kind: 'unchanged' }
  return change(cart, draft.lines, draft.currency, draft.events, context)
}

/** Whether a batch led back to where it began: when a line was changed does not tell it from what it was. */
function sameLines(before: readonly Line[], after: readonly Line[]): boolean {
  return (
    before.length === after.length &&
    before.every((line, index) => {
      const now = after[index]
      return (
        now !== undefined &&
        (line === now ||
          (sameLine(line, now) &&
            line.quantity === now.quantity &&
            line.unitPrice === now.unitPrice &&
            line.addedAt === now.addedAt))
      )
    })
  )
}

/** Lines under change; lives inside one decision. */
interface Draft {
  lines: Line[]
  currency: Currency | undefined
  readonly events: EventBody[]
}

function applyLineCommand(draft: Draft, command: LineCommand, context: Context): CartError | undefined {
  if (command.type === 'clear') {
    if (draft.lines.length === 0) return undefined
    draft.events.push({ type: 'cart-cleared', data: { lines: draft.lines.map(eventLine(draft.currency)) } })
    draft.lines = []
    return undefined
  }
  const at = draft.lines.findIndex((line) => sameLine(line, command))
  const present = draft.lines[at]
  if (command.type === 'add') return addLine(draft, at, command, command.quantity, context)
  if (present === undefined) return { code: 'line-not-found', line: lineKey(command) }

  const quantity = command.type === 'remove' ? 0 : command.quantity
  if (quantity === present.quantity) return undefined
  if (quantity === 0) {
    draft.lines.splice(at, 1)
    draft.events.push({ type: 'line-removed', data: { line: eventLine(draft.currency)(present) } })
    return undefined
  }
  const limit = context.limits.maxLineQuantity
  if (quantity > limit) {
    return { code: 'quantity-limit-exceeded', line: lineKey(command), limit, asked: quantity }
  }
  const line: Line = { ...present, quantity, changedAt: context.now }
  draft.lines[at] = line
  draft.events.push({
    type: 'line-quantity-set',
    data: { line: eventLine(draft.currency)(line), previousQuantity: present.quantity },
  })
  return undefined
}

function addLine(
  draft: Draft,
  at: number,
  key: LineKey,
  added: number,
  context: Context,
): CartError | undefined {
  const { maxLines, maxLineQuantity } = context.limits
  const offer = context.offer(key.productId, key.variant)
  if (offer.kind === 'unknown-product') return { code: 'unknown-product', line: lineKey(key) }
  if (offer.kind === 'unknown-variant') {
    return { code: 'unknown-variant', line: lineKey(key), variants: offer.variants }
  }
  const { amount: unitPrice, currency } = offer.unitPrice
  if (draft.lines.length === 0) draft.currency = currency
  else if (draft.currency !== currency) return currencyMismatch(draft.currency, currency)

  const present = draft.lines[at]
  const quantity = (present?.quantity ?? 0) + added
  if (quantity > maxLineQuantity) {
    return { code: 'quantity-limit-exceeded', line: lineKey(key), limit: maxLineQuantity, asked: quantity }
  }
  const now = context.now
  let line: Line
  if (present === undefined) {
    if (draft.lines.length >= maxLines) {
      return { code: 'line-limit-exceeded', limit: maxLines, asked: draft.lines.length + 1 }
    }
    line = { ...lineKey(key), quantity, unitPrice, addedAt: now, changedAt: now }
    draft.lines.push(line)
  } else {
    line = { ...present, quantity, unitPrice, changedAt: now }
    draft.lines[at] = line
  }
  draft.events.push({ type: 'line-added', data: { line: eventLine(currency)(line), added } })
  return undefined
}

function decideMerge(cart: CartState, { source, strategy }: Merge, context: Context): Decision {
  if (source.id === cart.id) return refuse({ code: 'merge-into-itself' })
  if (!isKnown(source) || source.lines.length === 0) {
    return { kind: 'unchanged', merge: { strategy, capped: [], leftOut: [] } }
  }
  const target = isKnown(cart) ? cart : undefined
  if (target !== undefined && target.lines.length > 0 && target.currency !== source.currency) {
    return refuse(currencyMismatch(target.currency, source.currency))
  }
  const { lines, report } = mergeLines(
    target?.lines ?? [],
    source.lines,
    strategy,
    context.limits,
    context.now,
  )
  const decision = change(
    cart,
    lines,
    source.currency,
    [
      {
        type: 'cart-merged',
        data: {
          sourceCartId: source.id,
          strategy,
          lines: lines.map(eventLine(source.currency)),
          capped: report.capped,
          leftOut: report.leftOut,
        },
      },
    ],
    context,
  )
  if (decision.kind === 'refused') return decision
  const emptied = nextVersion(source, [], source.currency, source.owner, context)
  const away = stamp(emptied, [{ type: 'cart-merged-away', data: { targetCartId: cart.id } }])
  return { ...decision, source: emptied, merge: report, events: [...decision.events, ...away] }
}

function decideCheckout(cart: CartState, { expectedTotal }: StartCheckout, context: Context): Decision {
  if (!isKnown(cart)) return refuse({ code: 'cart-empty' })
  if (cart.checkedOut !== undefined) {
    const { orderId, total } = cart.checkedOut
    if (expectedTotal !== undefined && !sameMoney(expectedTotal, total)) {
      return refuse({ code: 'total-changed', currentTotal: total })
    }
    return { kind: 'already-checked-out', orderId }
  }
  if (cart.lines.length === 0) return refuse({ code: 'cart-empty' })

  const { currency } = cart
  const lines: OrderLine[] = []
  const gone: LineKey[] = []
  for (const line of cart.lines) {
    const offer = context.offer(line.productId, line.variant)
    if (offer.kind !== 'offered') {
      gone.push(lineKey(line))
      continue
    }
    if (offer.unitPrice.currency !== currency) {
      return refuse(currencyMismatch(currency, offer.unitPrice.currency))
    }
    lines.push({
      ...lineKey(line),
      quantity: line.quantity,
      unitPrice: offer.unitPrice.amount,
      ...(offer.name === undefined ? {} : { name: offer.name }),
    })
  }
  if (gone.length > 0) return refuse({ code: 'product-unavailable', lines: gone })
  const amount = linesTotal(lines)
  if (!Number.isSafeInteger(amount)) return refuse({ code: 'cart-too-large' })
  const total = money(amount, currency)
  if (expectedTotal !== undefined && !sameMoney(expectedTotal, total)) {
    return refuse({ code: 'total-changed', currentTotal: total })
  }

  const { orderId } = context
  const checkout: EventBody = {
    type: 'checkout-started',
    data: {
      orderId,
      lines: lines.map((line) => ({
        ...line,
        unitPrice: money(line.unitPrice, currency),
        lineTotal: money(line.unitPrice * line.quantity, currency),
      })),
      itemCount: itemCount(lines),
      total,
    },
  }
  const decision = change(cart, [], currency, [checkout], context)
  if (decision.kind === 'refused') return decision
  const emptied: Cart = { ...decision.cart, checkedOut: { orderId, total } }
  const order: Order = {
    orderId,
    cartId: cart.id,
    ...(emptied.owner === undefined ? {} : { owner: emptied.owner }),
    currency,
    lines,
    createdAt: context.now,
  }
  return { ...decision, cart: emptied, order }
}

/** The cart's next version with these lines, claimed by the caller where it was a guest's, and its events. */
function change(
  cart: CartState,
  lines: readonly Line[],
  currency: Currency | undefined,
  bodies: readonly EventBody[],
  context: Context,
): Changed | Refused {
  if (!Number.isSafeInteger(linesTotal(lines))) return refuse({ code: 'cart-too-large' })
  const held = isKnown(cart) ? cart.owner : undefined
  const owner = held ?? context.caller
  const next = nextVersion(cart, lines, must(currency), owner, context)
  const claimed: EventBody[] =
    owner !== undefined && held === undefined ? [{ type: 'cart-claimed', data: { owner } }] : []
  return { kind: 'changed', cart: next, events: stamp(next, [...claimed, ...bodies]) }
}

function nextVersion(
  cart: CartState,
  lines: readonly Line[],
  currency: Currency,
  owner: Cart['owner'],
  context: Context,
): Cart {
  const { now, lifetimes } = context
  const seconds = owner === undefined ? lifetimes.guestSeconds : lifetimes.userSeconds
  return {
    id: cart.id,
    incarnation: isKnown(cart) ? cart.incarnation : context.incarnation,
    version: cart.version + 1,
    ...(owner === undefined ? {} : { owner }),
    currency,
    lines,
    createdAt: isKnown(cart) ? cart.createdAt : now,
    updatedAt: now,
    expiresAt: now + seconds * 1000,
  }
}

function stamp(cart: Cart, bodies: readonly EventBody[]): CartEvent[] {
  return bodies.map((body, index) => ({
    id: `${cart.incarnation}.${cart.version}.${index}`,
    ...body,
    schemaVersion: EVENT_SCHEMA_VERSION,
    cartId: cart.id,
    incarnation: cart.incarnation,
    version: cart.version,
    index,
    ...(cart.owner === undefined ? {} : { owner: cart.owner }),
    occurredAt: isoTime(cart.updatedAt),
  }))
}

function eventLine(currency: Currency | undefined): (line: Line) => EventLine {
  return (line) => ({
    ...lineKey(line),
    quantity: line.quantity,
    unitPrice: money(line.unitPrice, must(currency)),
  })
}

function refuse(error: CartError): Refused {
  return { kind: 'refused', error }
}

function currencyMismatch(cartCurrency: Currency | undefined, otherCurrency: Currency): CartError {
  return { code: 'currency-mismatch', cartCurrency: must(cartCurrency), otherCurrency }
}

/** A cart with lines has a currency: the draft takes it with the first line. */
function must(currency: Currency | undefined): Currency {
  if (currency === undefined) throw new Error('a cart with lines has no currency')
  return currency
}
