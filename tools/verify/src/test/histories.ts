import fc from 'fast-check'
import { type CartInput, type CartOutput, type Carts, cartSpecification } from '../cart-specification.ts'
import type { Operation } from '../linearizability.ts'

type CartOperation = Operation<CartInput, CartOutput>

/** What clients see of carts that do one thing after the other, some of whose answers are lost. */
export function histories(length = 40, answeredForEachLost = 12, least = 1): fc.Arbitrary<CartOperation[]> {
  const cartId = fc.constantFrom('a', 'b')
  const line = fc.constantFrom('tea', 'mug')
  const quantity = fc.integer({ min: 1, max: 3 })
  const input = fc.oneof(
    { weight: 4, arbitrary: fc.record({ does: fc.constant('add' as const), cart: cartId, line, quantity }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('read' as const), cart: cartId }) },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constant('set' as const),
        cart: cartId,
        line,
        quantity: fc.nat({ max: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { does: 'merge' as const, cart: 'a', source: 'b' },
        { does: 'merge' as const, cart: 'b', source: 'a' },
      ),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('clear' as const), cart: cartId }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('checkout' as const), cart: cartId }) },
  )
  const timed = fc.record({
    input,
    before: fc.nat({ max: 8 }),
    after: fc.nat({ max: 8 }),
    fate: fc.oneof(
      { weight: answeredForEachLost, arbitrary: fc.constant('answered' as const) },
      { weight: 1, arbitrary: fc.constant('lost' as const) },
      { weight: 1, arbitrary: fc.constant('never happened' as const) },
    ),
  })
  return fc
    .array(timed, { minLength: Math.min(length, least), maxLength: length, size: 'max' })
    .map((steps) => {
      let carts: Carts = cartSpecification.initial
      return steps.map(({ input: asked, before, after, fate }, index): CartOperation => {
        const happened = 10 * index
        const sent = happened - before * 3
        if (fate === 'never happened') {
          return { input: asked, output: undefined, sent, answered: Number.POSITIVE_INFINITY }
        }
        const output = answerOf(carts, asked, `order-${index}`)
        carts = cartSpecification.step(carts, { input: asked, output, sent, answered: happened }) ?? carts
        return fate === 'lost'
          ? { input: asked, output: undefined, sent, answered: Number.POSITIVE_INFINITY }
          : { input: asked, output, sent, answered: happened + after * 3 }
      })
    })
}

/** The only answer that fits, found by trying. */
function answerOf(carts: Carts, input: CartInput, orderId: string): CartOutput {
  const happened: CartOperation = { input, output: undefined, sent: 0, answered: 0 }
  const after = cartSpecification.step(carts, happened) ?? carts
  const { version, lines } = after[input.cart] ?? { version: 0, lines: {} }
  const before = carts[input.cart] ?? { version: 0, lines: {} }
  const possible: CartOutput[] = [
    { kind: 'cart', version, lines },
    { kind: 'refused', code: 'line-not-found' },
    { kind: 'refused', code: 'cart-empty' },
    { kind: 'order', orderId, isNew: true, lines: before.lines },
    { kind: 'order', orderId: carts[input.cart]?.orderId ?? '', isNew: false, lines: {} },
  ]
  const fitting = possible.find((output) => {
    const isOrder = output.kind === 'order'
    return isOrder === (input.does === 'checkout' && output.kind === 'order')
      ? cartSpecification.step(carts, { ...happened, output }) !== undefined
      : false
  })
  if (fitting === undefined) throw new Error(`nothing answers ${JSON.stringify(input)}`)
  return fitting
}
