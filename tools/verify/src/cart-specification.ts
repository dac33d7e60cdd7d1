import type { Operation, Specification } from './linearizability.ts'

/** A product and its variant, as one text. */
export type LineName = string

/** What clients ask of carts. Quantities and lines are all that is compared: prices have tests of their own. */
export type CartInput =
  | { readonly does: 'read'; readonly cart: string }
  | { readonly does: 'add'; readonly cart: string; readonly line: LineName; readonly quantity: number }
  | { readonly does: 'set'; readonly cart: string; readonly line: LineName; readonly quantity: number }
  | { readonly does: 'clear'; readonly cart: string }
  | { readonly does: 'merge'; readonly cart: string; readonly source: string }
  | { readonly does: 'checkout'; readonly cart: string }

/** What they are told. */
export type CartOutput =
  | { readonly kind: 'cart'; readonly version: number; readonly lines: Lines }
  /** `isNew`: 201, not the repeat of an earlier one. */
  | { readonly kind: 'order'; readonly orderId: string; readonly isNew: boolean; readonly lines: Lines }
  | { readonly kind: 'refused'; readonly code: 'line-not-found' | 'cart-empty' }

/** Quantities by line, without those that are 0. */
export type Lines = Readonly<Record<LineName, number>>

interface ModelCart {
  readonly version: number
  readonly lines: Lines
  /** The order that the last change made; `''` where its answer was lost, so that its id is not known. */
  readonly orderId?: string
}

/** All carts of a history by their ids; those that were never changed are missing. */
export type Carts = Readonly<Record<string, ModelCart>>

const UNKNOWN: ModelCart = { version: 0, lines: {} }

/**
 * Carts that are used by one client after the other. Several at once, because a merge changes two of them in one step:
 * a history that is fine for each cart alone may still show half of a merge.
 */
export const cartSpecification: Specification<Carts, CartInput, CartOutput> = {
  initial: {},
  step,
  isTooLate: (carts, { input, output }) =>
    output?.kind === 'cart' && (carts[input.cart] ?? UNKNOWN).version > output.version,
  textOf: (carts) =>
    JSON.stringify(
      Object.keys(carts)
        .sort()
        .map((id) => {
          const { version, lines, orderId } = carts[id] as ModelCart
          return [id, version, orderId, Object.entries(lines).sort(([a], [b]) => (a < b ? -1 : 1))]
        }),
    ),
}

function step(carts: Carts, { input, output }: Operation<CartInput, CartOutput>): Carts | undefined {
  const cart = carts[input.cart] ?? UNKNOWN
  switch (input.does) {
    case 'read':
      return shows(output, cart) ? carts : undefined
    case 'add': {
      const quantity = (cart.lines[input.line] ?? 0) + input.quantity
      return changed(carts, input.cart, { ...cart.lines, [input.line]: quantity }, output)
    }
    case 'set': {
      const present = cart.lines[input.line]
      if (present === undefined) return refuses(output, 'line-not-found') ? carts : undefined
      if (present === input.quantity) return shows(output, cart) ? carts : undefined
      const { [input.line]: _, ...others } = cart.lines
      const lines = input.quantity === 0 ? others : { ...cart.lines, [input.line]: input.quantity }
      return changed(carts, input.cart, lines, output)
    }
    case 'clear':
      if (isEmpty(cart.lines)) return shows(output, cart) ? carts : undefined
      return changed(carts, input.cart, {}, output)
    case 'merge': {
      const source = carts[input.source] ?? UNKNOWN
      if (isEmpty(source.lines)) return shows(output, cart) ? carts : undefined
      const lines: Record<LineName, number> = { ...cart.lines }
      for (const [line, quantity] of Object.entries(source.lines)) lines[line] = (lines[line] ?? 0) + quantity
      const merged = changed(carts, input.cart, lines, output)
      return merged && { ...merged, [input.source]: { version: source.version + 1, lines: {} } }
    }
    case 'checkout':
      return checkOut(carts, input.cart, output)
  }
}

function changed(carts: Carts, id: string, lines: Lines, output: CartOutput | undefined): Carts | undefined {
  const after: ModelCart = { version: (carts[id] ?? UNKNOWN).version + 1, lines }
  return shows(output, after) ? { ...carts, [id]: after } : undefined
}

function checkOut(carts: Carts, id: string, output: CartOutput | undefined): Carts | undefined {
  const cart = carts[id] ?? UNKNOWN
  if (cart.orderId !== undefined) {
    if (output === undefined) return carts
    if (output.kind !== 'order' || output.isNew) return undefined
    // An order whose own answer was lost is known from its repeat on.
    if (cart.orderId === '') return { ...carts, [id]: { ...cart, orderId: output.orderId } }
    return output.orderId === cart.orderId ? carts : undefined
  }
  if (isEmpty(cart.lines)) return refuses(output, 'cart-empty') ? carts : undefined
  const fits =
    output === undefined || (output.kind === 'order' && output.isNew && sameLines(output.lines, cart.lines))
  const orderId = output?.kind === 'order' ? output.orderId : ''
  return fits ? { ...carts, [id]: { version: cart.version + 1, lines: {}, orderId } } : undefined
}

/** A lost answer may have shown anything. */
function shows(output: CartOutput | undefined, cart: ModelCart): boolean {
  if (output === undefined) return true
  return output.kind === 'cart' && output.version === cart.version && sameLines(output.lines, cart.lines)
}

function refuses(output: CartOutput | undefined, code: string): boolean {
  return output === undefined || (output.kind === 'refused' && output.code === code)
}

function isEmpty(lines: Lines): boolean {
  return Object.keys(lines).length === 0
}

function sameLines(a: Lines, b: Lines): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
