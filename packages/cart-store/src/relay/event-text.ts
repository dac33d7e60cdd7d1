import type { CartEvent } from '@cartwright/cart-domain'

const texts = new WeakMap<CartEvent, string>()

/** The event as JSON. Written once: it is measured before it is sent, and sent again where it was refused. */
export function textOf(event: CartEvent): string {
  let text = texts.get(event)
  if (text === undefined) {
    text = JSON.stringify(event)
    texts.set(event, text)
  }
  return text
}
