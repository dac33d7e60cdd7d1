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
import { EVENTS, schemaFileOf } from './event-schemas.ts'

/** The page of all events; the examples are what the domain really makes. */
export function eventsPage(): string {
  const examples = exampleEvents()
  // The keys of a record of all event types are event types.
  const sections = (Object.keys(EVENTS) as EventType[]).map((type) => {
    const example = JSON.stringify(examples.find((event) => event.type === type)?.data, undefined, 2)
    const schema = `[Schema](events/${schemaFileOf(type)})`
    return `## ${type}\n\n${EVENTS[type].about} ${schema}.\n\n\`\`\`json\n${example}\n\`\`\`\n`
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

Every event has a JSON Schema (2020-12), linked below; [one for them all](events/${schemaFileOf('event')}) takes its pick
by \`type\`. They name each other by file: keep the files in one folder. They let fields through that they do not know.

${sections.join('\n')}`
}

const NOW = Date.UTC(2026, 0, 15, 9, 30)

/** A short life of two carts in which everything happens once. */
export function exampleEvents(): CartEvent[] {
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
