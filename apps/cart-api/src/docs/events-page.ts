import {
  type Cart,
  type CartEvent,
  type CartId,
  type CartState,
  type Command,
  decide,
  type EventType,
  type Incarnation,
  money,
  type OrderId,
  type ProductId,
  type UserId,
  unknownCart,
  type VariantId,
} from '@cartwright/cart-domain'

/** What each event tells, and what its `data` holds. */
const EVENTS: Readonly<Record<EventType, string>> = {
  'line-added':
    'A product came into the cart, or more of it. `line` is the line as it is now, `added` how many pieces came in.',
  'line-quantity-set':
    "A line's quantity was set. `line` is the line as it is now; `previousQuantity` as it was.",
  'line-removed': 'A line was taken out, or set to 0. `line` is the line as it was.',
  'cart-cleared': 'All lines were taken out. `lines` are the lines as they were.',
  'cart-claimed': "A user's first change made a guest's cart theirs. Always the first event of its change.",
  'cart-merged':
    'Another cart was merged into this one. `lines` are all lines of this cart afterwards; `capped` and `leftOut` what the limits cut and kept out. The same row holds `cart-merged-away` of the source.',
  'cart-merged-away': 'The lines of this cart went to another one; it is empty now.',
  'checkout-started': 'The cart became an order, which `data` is a copy of, and is empty now.',
}

/** The page of all events; the examples are what the domain really makes. */
export function eventsPage(): string {
  const examples = exampleEvents()
  const sections = Object.entries(EVENTS).map(([type, about]) => {
    const example = JSON.stringify(examples.find((event) => event.type === type)?.data, undefined, 2)
    return `## ${type}\n\n${about}\n\n\`\`\`json\n${example}\n\`\`\`\n`
  })
  return `# Events

Every change of a cart is told by one event or more. They are written in the same commit as the change, as one row of
the outbox, in the order in which they happened; a change that changes nothing tells nothing.

\`\`\`json
${JSON.stringify(examples[0], undefined, 2)}
\`\`\`

| field | what it is |
|---|---|
| \`id\` | \`<incarnation>.<version>.<index>\`: the same event always has the same id. Delivery is at least once: drop what you have seen. |
| \`type\`, \`data\` | what happened: see below |
| \`schemaVersion\` | the version of this shape. Fields may be added under the same version; a consumer that meets a higher one must not guess. |
| \`cartId\` | the cart |
| \`incarnation\` | one life of the cart: a cart that expired and is created anew under the same id gets another one, and starts again at version 1 |
| \`version\`, \`index\` | the cart's version after the change, and the event's place among those of this change. \`(version, index)\` orders the events of an incarnation; delivery does not. |
| \`owner\` | the cart's owner after the change; absent for a guest's cart |
| \`occurredAt\` | ISO 8601, UTC |

Versions have no gaps: whoever has seen every event of an incarnation from version 1 on can rebuild its lines.

${sections.join('\n')}`
}

const NOW = Date.UTC(2026, 0, 15, 9, 30)

/** A short life of two carts in which everything happens once. */
function exampleEvents(): CartEvent[] {
  const tee = { productId: 'tee' as ProductId, variant: 'm' as VariantId }
  const mug = { productId: 'mug' as ProductId }
  const events: CartEvent[] = []
  const apply = (cart: CartState, command: Command, caller?: UserId): Cart => {
    const decision = decide(cart, command, {
      now: NOW,
      limits: { maxLines: 2, maxLineQuantity: 5 },
      lifetimes: { guestSeconds: 86_400, userSeconds: 604_800 },
      ...(caller === undefined ? {} : { caller }),
      incarnation: 'f0e1d2c3-b4a5-4968-8776-655443322110' as Incarnation,
      orderId: '0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3' as OrderId,
      offer: (productId) => ({
        kind: 'offered',
        unitPrice: money(productId === tee.productId ? 1900 : 900, 'EUR'),
        name: productId === tee.productId ? 'T-shirt, M' : 'Mug',
      }),
    })
    if (decision.kind !== 'changed') throw new Error(`the example's ${command.type} changes nothing`)
    events.push(...decision.events)
    return decision.cart
  }
  const other = ['mug', 'cap'].reduce<CartState>(
    (cart, productId) => apply(cart, { type: 'add', productId: productId as ProductId, quantity: 3 }),
    unknownCart('cart-of-before' as CartId),
  )
  events.length = 0 // the life of the other cart is not the example

  let cart: CartState = unknownCart('my-cart' as CartId)
  cart = apply(cart, { type: 'add', ...tee, quantity: 2 })
  cart = apply(cart, { type: 'set', ...tee, quantity: 1 })
  cart = apply(cart, { type: 'add', ...mug, quantity: 1 })
  cart = apply(cart, { type: 'remove', ...mug })
  cart = apply(cart, { type: 'clear' })
  cart = apply(cart, { type: 'add', ...mug, quantity: 4 }, 'user-1' as UserId)
  cart = apply(cart, { type: 'add', ...tee, quantity: 1 })
  cart = apply(cart, { type: 'merge', source: other, strategy: 'sum' })
  apply(cart, { type: 'checkout' })
  return events
}
