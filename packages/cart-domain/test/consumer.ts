import type { CartEvent, CartId, EventLine, LineKey } from '../src/index.ts'

interface Followed {
  readonly incarnation: string
  version: number
  owner: string | undefined
  lines: Map<string, EventLine>
}

/** What a consumer who knows nothing but the events believes of the carts. */
export class Consumer {
  private readonly carts = new Map<CartId, Followed>()

  /** Takes one event in; events of a cart have to come in order. */
  hear(event: CartEvent): void {
    const known = this.carts.get(event.cartId)
    const cart =
      known?.incarnation === event.incarnation
        ? known
        : {
            incarnation: event.incarnation,
            version: 0,
            owner: undefined,
            lines: new Map<string, EventLine>(),
          }
    cart.version = event.version
    cart.owner = event.owner
    follow(cart.lines, event)
    this.carts.set(event.cartId, cart)
  }

  /** The cart as the events tell it. */
  belief(cartId: CartId): { version: number; owner: string | undefined; lines: EventLine[] } | undefined {
    const cart = this.carts.get(cartId)
    if (cart === undefined) return undefined
    return { version: cart.version, owner: cart.owner, lines: [...cart.lines.values()] }
  }
}

function follow(lines: Map<string, EventLine>, event: CartEvent): void {
  switch (event.type) {
    case 'line-added':
    case 'line-quantity-set':
      lines.set(nameOf(event.data.line), event.data.line)
      break
    case 'line-removed':
      lines.delete(nameOf(event.data.line))
      break
    case 'cart-merged':
      lines.clear()
      for (const line of event.data.lines) lines.set(nameOf(line), line)
      break
    case 'cart-cleared':
    case 'cart-merged-away':
    case 'checkout-started':
      lines.clear()
      break
    case 'cart-claimed':
      break
  }
}

function nameOf({ productId, variant }: LineKey): string {
  return JSON.stringify([productId, variant])
}
