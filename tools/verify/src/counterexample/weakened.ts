import { type CartInput, type CartOutput, cartSpecification, type Lines } from '../cart-specification.ts'
import type { Operation, Specification } from '../linearizability.ts'

/** What clients ask, and what stands for it in a history that has been cut down to one cart, or to its end. */
export type ShownInput =
  | CartInput
  /** The cart was as its answer shows after an add; what came before is not told. */
  | { readonly does: 'found'; readonly cart: string }
  /** A merge from a cart that is not told of: it brings any lines, or none. */
  | { readonly does: 'receive'; readonly cart: string; readonly source: string }
  /** A merge into a cart that is not told of; its answer shows the other cart. */
  | { readonly does: 'give'; readonly cart: string; readonly target: string }

export type ShownOperation = Operation<ShownInput, CartOutput>

/** A cart of which not everything may be known. */
export interface ShownCart {
  readonly version: number
  /**
   * - `some`: a merge whose answer was lost has brought something; an answer will show what.
   * - `anything`: neither that nor the version is known; whatever is answered from here on, it fits.
   */
  readonly lines: Lines | 'some' | 'anything'
  readonly orderId?: string
}

export type ShownCarts = Readonly<Record<string, ShownCart>>

const UNKNOWN: ShownCart = { version: 0, lines: {} }
const ANYTHING: ShownCart = { version: 0, lines: 'anything' }

/**
 * The carts' rules, but for what is not told: where that leaves several things possible, all of them are allowed. What
 * this cannot explain, the real rules cannot explain either.
 */
export const weakenedSpecification: Specification<ShownCarts, ShownInput, CartOutput> = {
  initial: {},
  step: (carts, operation) => {
    const { input } = operation
    if (input.does === 'merge') return merge(carts, { ...operation, input })
    const before = carts[input.cart] ?? UNKNOWN
    const after = stepOf(before, operation)
    return after === undefined || after === before ? after && carts : { ...carts, [input.cart]: after }
  },
  isTooLate: (carts, { input, output }) =>
    input.does !== 'give' &&
    output?.kind === 'cart' &&
    (carts[input.cart] ?? UNKNOWN).version > output.version,
  textOf: (carts) =>
    JSON.stringify(
      Object.keys(carts)
        .sort()
        .map((id) => {
          const { version, lines, orderId } = carts[id] as ShownCart
          const texts =
            typeof lines === 'string' ? lines : Object.entries(lines).sort(([a], [b]) => (a < b ? -1 : 1))
          return [id, version, orderId, texts]
        }),
    ),
}

function stepOf(cart: ShownCart, operation: ShownOperation): ShownCart | undefined {
  const { input, output } = operation
  if (cart.lines === 'anything') return cart
  if (input.does === 'found') {
    if (output?.kind !== 'cart' || cart.version > output.version) return undefined
    return { version: output.version, lines: output.lines }
  }
  return cart.lines === 'some' ? guess(cart, operation) : step(cart, cart.lines, operation)
}

/** A step of a cart that is known. */
function step(cart: ShownCart, lines: Lines, { input, ...rest }: ShownOperation): ShownCart | undefined {
  const { version } = cart
  const { output } = rest
  switch (input.does) {
    case 'found':
      return undefined
    case 'receive': {
      if (output === undefined) return { version: version + 1, lines: 'some' }
      if (output.kind !== 'cart') return undefined
      const isSame = contains(output.lines, lines) && contains(lines, output.lines)
      if (output.version === version) return isSame ? cart : undefined
      if (output.version !== version + 1 || isSame || !contains(output.lines, lines)) return undefined
      return { version: output.version, lines: output.lines }
    }
    case 'give':
      return Object.keys(lines).length === 0 ? cart : { version: version + 1, lines: {} }
    default: {
      const before = { ...cart, lines }
      const carts = cartSpecification.step({ [input.cart]: before }, { input, ...rest })
      const after = carts?.[input.cart]
      return after === before ? cart : after
    }
  }
}

/** A step of a cart that has lines, nobody knows which. The change that brought them has ended any order. */
function guess(cart: ShownCart, { input, output }: ShownOperation): ShownCart | undefined {
  const { version } = cart
  const emptied = { version: version + 1, lines: {} }
  if (input.does === 'give') return emptied
  if (output === undefined) {
    switch (input.does) {
      case 'read':
        return cart
      case 'clear':
        return emptied
      case 'checkout':
        return { ...emptied, orderId: '' }
      case 'set':
        // Taking a line out may have taken out the last one.
        return input.quantity === 0 ? ANYTHING : { version: version + 1, lines: 'some' }
      default:
        return { version: version + 1, lines: 'some' }
    }
  }
  switch (output.kind) {
    case 'refused':
      return output.code === 'line-not-found' ? cart : undefined
    case 'order':
      return output.isNew ? { ...emptied, orderId: output.orderId } : undefined
    case 'cart': {
      const made = output.version - version
      const fits = input.does === 'read' ? made === 0 : made === 1 || (made === 0 && input.does !== 'add')
      return fits ? { version: output.version, lines: output.lines } : undefined
    }
  }
}

/** Both carts are told of, so both are known: a merge from elsewhere is the only thing that leaves one unknown. */
function merge(
  carts: ShownCarts,
  operation: Operation<Extract<CartInput, { does: 'merge' }>, CartOutput>,
): ShownCarts | undefined {
  return cartSpecification.step(carts as Readonly<Record<string, ShownCart & { lines: Lines }>>, operation)
}

/** Whether there is at least as much of each line. */
function contains(more: Lines, less: Lines): boolean {
  return Object.entries(less).every(([line, quantity]) => (more[line] ?? 0) >= quantity)
}
