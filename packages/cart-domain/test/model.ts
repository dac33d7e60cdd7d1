import type {
  Cart,
  CartError,
  CartId,
  CartState,
  Command,
  Context,
  Line,
  LineCommand,
  LineKey,
  Merge,
  MergeReport,
  Money,
  Order,
  OrderId,
  StartCheckout,
  UserId,
} from '../src/index.ts'
import { id } from './builders.ts'

/** What the design wants of a command. Where several refusals are true, the domain may name any of them. */
export type Verdict =
  | { readonly kind: 'changed'; readonly merge?: MergeReport; readonly order?: Order }
  | { readonly kind: 'unchanged'; readonly merge?: MergeReport }
  | { readonly kind: 'already-checked-out'; readonly orderId: OrderId }
  | { readonly kind: 'refused'; readonly errors: readonly CartError[]; readonly index?: number }

interface ModelLine {
  readonly key: LineKey
  quantity: number
  price: number
  added: number
  changed: number
}

type ModelLines = Map<string, ModelLine>

interface ModelCart {
  readonly incarnation: string
  readonly created: number
  version: number
  owner: UserId | undefined
  currency: string
  lines: ModelLines
  changed: number
  expires: number
  order: { orderId: OrderId; total: Money } | undefined
}

/** Lines that a command works on before it is known whether all of it holds. */
interface Basket {
  lines: ModelLines
  currency: string
}

/** The rules of the design in their simplest form: maps that change in place, no events, one cart after the other. */
export class ModelShop {
  private readonly carts = new Map<CartId, ModelCart>()

  /** The cart as the domain would tell it. */
  cart(cartId: CartId, now: number): CartState {
    const cart = this.alive(cartId, now)
    if (cart === undefined) return { id: cartId, version: 0 }
    const told: Cart = {
      id: cartId,
      incarnation: id(cart.incarnation),
      version: cart.version,
      currency: cart.currency,
      lines: [...cart.lines.values()].map(toldLine),
      createdAt: cart.created,
      updatedAt: cart.changed,
      expiresAt: cart.expires,
      ...(cart.owner === undefined ? {} : { owner: cart.owner }),
      ...(cart.order === undefined ? {} : { checkedOut: cart.order }),
    }
    return told
  }

  mayUse(cartId: CartId, caller: UserId | undefined, now: number): boolean {
    const owner = this.alive(cartId, now)?.owner
    return owner === undefined || owner === caller
  }

  /** What a checkout would have to cost just now; `undefined` where there is no telling. */
  expectedTotal(cartId: CartId, { now, offer }: Context): Money | undefined {
    const cart = this.alive(cartId, now)
    if (cart?.order !== undefined) return cart.order.total
    let amount = 0
    for (const { key, quantity } of cart?.lines.values() ?? []) {
      const found = offer(key.productId, key.variant)
      if (found.kind === 'offered') amount += found.unitPrice.amount * quantity
    }
    return Number.isSafeInteger(amount) && cart ? { amount, currency: cart.currency } : undefined
  }

  perform(cartId: CartId, command: Command, context: Context): Verdict {
    switch (command.type) {
      case 'merge':
        return this.merge(cartId, command, context)
      case 'checkout':
        return this.checkout(cartId, command, context)
      case 'batch':
        return this.change(cartId, command.commands, context)
      default: {
        const verdict = this.change(cartId, [command], context)
        return verdict.kind === 'refused' ? { kind: 'refused', errors: verdict.errors } : verdict
      }
    }
  }

  private alive(cartId: CartId, now: number): ModelCart | undefined {
    const cart = this.carts.get(cartId)
    return cart !== undefined && now < cart.expires ? cart : undefined
  }

  private change(cartId: CartId, commands: readonly LineCommand[], context: Context): Verdict {
    const cart = this.alive(cartId, context.now)
    const basket: Basket = { lines: copied(cart?.lines), currency: cart?.currency ?? '' }
    for (const [index, command] of commands.entries()) {
      const errors = obey(basket, command, context)
      if (errors.length > 0) return { kind: 'refused', errors, index }
    }
    if (snapshot(basket.lines) === snapshot(cart?.lines)) return { kind: 'unchanged' }
    if (tooLarge(basket.lines)) return { kind: 'refused', errors: [{ code: 'cart-too-large' }] }
    this.commit(cartId, basket, context)
    return { kind: 'changed' }
  }

  private merge(cartId: CartId, { source, strategy }: Merge, context: Context): Verdict {
    const errors: CartError[] = []
    if (source.id === cartId) errors.push({ code: 'merge-into-itself' })
    const from = this.alive(source.id, context.now)
    const to = this.alive(cartId, context.now)
    const merge = { strategy, capped: [], leftOut: [] }
    if (errors.length === 0 && (from === undefined || from.lines.size === 0))
      return { kind: 'unchanged', merge }
    if (from !== undefined && to !== undefined && to.lines.size > 0 && from.currency !== to.currency) {
      errors.push({ code: 'currency-mismatch', cartCurrency: to.currency, otherCurrency: from.currency })
    }
    if (errors.length > 0 || from === undefined) return { kind: 'refused', errors }

    const basket: Basket = { lines: copied(to?.lines), currency: from.currency }
    const report = pour(basket.lines, from.lines, strategy, context)
    if (tooLarge(basket.lines)) return { kind: 'refused', errors: [{ code: 'cart-too-large' }] }
    this.commit(cartId, basket, context)
    this.commit(source.id, { ...basket, lines: new Map() }, { ...context, caller: undefined })
    return { kind: 'changed', merge: report }
  }

  private checkout(cartId: CartId, { expectedTotal }: StartCheckout, context: Context): Verdict {
    const cart = this.alive(cartId, context.now)
    if (cart?.order !== undefined) {
      if (expectedTotal !== undefined && differ(expectedTotal, cart.order.total)) {
        return { kind: 'refused', errors: [{ code: 'total-changed', currentTotal: cart.order.total }] }
      }
      return { kind: 'already-checked-out', orderId: cart.order.orderId }
    }
    if (cart === undefined || cart.lines.size === 0)
      return { kind: 'refused', errors: [{ code: 'cart-empty' }] }

    const { currency } = cart
    const errors: CartError[] = []
    const gone: LineKey[] = []
    const lines: { -readonly [Field in keyof Order['lines'][number]]: Order['lines'][number][Field] }[] = []
    let sum = 0n
    for (const { key, quantity } of cart.lines.values()) {
      const offer = context.offer(key.productId, key.variant)
      if (offer.kind !== 'offered') gone.push(key)
      else if (offer.unitPrice.currency !== currency) {
        errors.push({
          code: 'currency-mismatch',
          cartCurrency: currency,
          otherCurrency: offer.unitPrice.currency,
        })
      } else {
        sum += BigInt(offer.unitPrice.amount) * BigInt(quantity)
        const ordered: (typeof lines)[number] = { ...key, quantity, unitPrice: offer.unitPrice.amount }
        if (offer.name !== undefined) ordered.name = offer.name
        lines.push(ordered)
      }
    }
    if (gone.length > 0) errors.push({ code: 'product-unavailable', lines: gone })
    if (errors.length > 0) return { kind: 'refused', errors }
    if (sum > BigInt(Number.MAX_SAFE_INTEGER))
      return { kind: 'refused', errors: [{ code: 'cart-too-large' }] }
    const total = { amount: Number(sum), currency }
    if (expectedTotal !== undefined && differ(expectedTotal, total)) {
      return { kind: 'refused', errors: [{ code: 'total-changed', currentTotal: total }] }
    }

    const { orderId, now } = context
    const emptied = this.commit(cartId, { lines: new Map(), currency }, context)
    emptied.order = { orderId, total }
    const owner = emptied.owner === undefined ? {} : { owner: emptied.owner }
    return { kind: 'changed', order: { orderId, cartId, ...owner, currency, lines, createdAt: now } }
  }

  private commit(
    cartId: CartId,
    basket: Basket,
    context: Omit<Context, 'caller'> & { caller?: UserId | undefined },
  ) {
    const { now, lifetimes, incarnation } = context
    const cart = this.alive(cartId, now) ?? {
      incarnation,
      created: now,
      version: 0,
      owner: undefined,
      currency: '',
      lines: new Map(),
      changed: now,
      expires: now,
      order: undefined,
    }
    cart.version += 1
    cart.owner ??= context.caller
    cart.currency = basket.currency
    cart.lines = basket.lines
    cart.changed = now
    cart.expires = now + 1000 * (cart.owner === undefined ? lifetimes.guestSeconds : lifetimes.userSeconds)
    cart.order = undefined
    this.carts.set(cartId, cart)
    return cart
  }
}

/** Does what the command says, or tells every reason why not. */
function obey(basket: Basket, command: LineCommand, { now, limits, offer }: Context): CartError[] {
  if (command.type === 'clear') {
    basket.lines = new Map()
    return []
  }
  const name = nameOf(command)
  const key = keyOf(command)
  const present = basket.lines.get(name)
  const errors: CartError[] = []
  const quantity =
    command.type === 'add'
      ? (present?.quantity ?? 0) + command.quantity
      : command.type === 'set'
        ? command.quantity
        : 0

  if (command.type !== 'add') {
    if (present === undefined) return [{ code: 'line-not-found', line: key }]
    if (quantity === present.quantity) return []
  }
  if (quantity > limits.maxLineQuantity) {
    errors.push({
      code: 'quantity-limit-exceeded',
      line: key,
      limit: limits.maxLineQuantity,
      asked: quantity,
    })
  }
  if (command.type === 'add') {
    const found = offer(key.productId, key.variant)
    if (found.kind === 'unknown-product') return [{ code: 'unknown-product', line: key }]
    if (found.kind === 'unknown-variant') {
      return [{ code: 'unknown-variant', line: key, variants: found.variants }]
    }
    const { amount, currency } = found.unitPrice
    if (basket.lines.size > 0 && basket.currency !== currency) {
      errors.push({ code: 'currency-mismatch', cartCurrency: basket.currency, otherCurrency: currency })
    }
    if (present === undefined && basket.lines.size + 1 > limits.maxLines) {
      errors.push({ code: 'line-limit-exceeded', limit: limits.maxLines, asked: basket.lines.size + 1 })
    }
    if (errors.length > 0) return errors
    basket.currency = currency
    basket.lines.set(name, { key, added: present?.added ?? now, quantity, price: amount, changed: now })
  } else {
    if (errors.length > 0 || present === undefined) return errors
    if (quantity === 0) basket.lines.delete(name)
    else Object.assign(present, { quantity, changed: now })
  }
  return []
}

/** Pours the source's lines into the target's, and reports what did not fit. */
function pour(
  target: ModelLines,
  source: ModelLines,
  strategy: MergeReport['strategy'],
  { limits, now }: Context,
): MergeReport {
  const capped: MergeReport['capped'][number][] = []
  const leftOut: MergeReport['leftOut'][number][] = []
  for (const [name, theirs] of source) {
    const ours = target.get(name)
    if (ours === undefined && target.size >= limits.maxLines) {
      leftOut.push({ ...theirs.key, quantity: theirs.quantity })
      continue
    }
    const theirsIsNewer = ours === undefined || theirs.changed > ours.changed
    if (ours !== undefined && strategy === 'keep-target') continue
    if (ours !== undefined && strategy === 'last-write-wins' && !theirsIsNewer) continue

    let asked = theirs.quantity
    if (ours !== undefined && strategy === 'sum') asked += ours.quantity
    if (ours !== undefined && strategy === 'max') asked = Math.max(asked, ours.quantity)
    let kept = Math.min(asked, limits.maxLineQuantity)
    // A limit that was lowered meanwhile takes nothing away from what the target already has.
    if (ours !== undefined && strategy !== 'last-write-wins') kept = Math.max(kept, ours.quantity)
    if (kept < asked) capped.push({ ...theirs.key, asked, kept })

    const whole = ours === undefined || strategy === 'last-write-wins'
    const before = whole ? theirs : ours
    if (!whole && kept === before.quantity) continue
    target.set(name, {
      key: theirs.key,
      quantity: kept,
      price: theirsIsNewer ? theirs.price : before.price,
      added: ours?.added ?? theirs.added,
      changed: kept === before.quantity ? before.changed : now,
    })
  }
  return { strategy, capped, leftOut }
}

function tooLarge(lines: ModelLines): boolean {
  let sum = 0n
  for (const { quantity, price } of lines.values()) sum += BigInt(quantity) * BigInt(price)
  return sum > BigInt(Number.MAX_SAFE_INTEGER)
}

function copied(lines: ModelLines = new Map()): ModelLines {
  return new Map([...lines].map(([name, line]) => [name, { ...line }]))
}

function toldLine({ key, quantity, price, added, changed }: ModelLine): Line {
  return { ...key, quantity, unitPrice: price, addedAt: added, changedAt: changed }
}

function nameOf({ productId, variant }: LineKey): string {
  return JSON.stringify([productId, variant])
}

function keyOf({ productId, variant }: LineKey): LineKey {
  return variant === undefined ? { productId } : { productId, variant }
}

function differ(a: Money, b: Money): boolean {
  return a.amount !== b.amount || a.currency !== b.currency
}

/** Everything that makes two baskets different, as text. */
function snapshot(lines: ModelCart['lines'] | undefined): string {
  return JSON.stringify(
    [...(lines ?? [])].map(([name, { quantity, price, added }]) => [name, quantity, price, added]),
  )
}
