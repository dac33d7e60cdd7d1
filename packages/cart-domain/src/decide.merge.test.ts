import {
  cart,
  changed,
  context,
  DAY,
  HOUR,
  id,
  line,
  MUG,
  NOW,
  SHIRT_M,
  SHIRT_S,
  TEA,
} from '../test/builders.ts'
import { type Cart, type Line, unknownCart } from './cart.ts'
import { MERGE_STRATEGIES, type Merge, type MergeStrategy } from './commands.ts'
import { decide } from './decide.ts'
import type { OrderId } from './ids.ts'

const LATER = NOW + HOUR

describe('a merge', () => {
  test('moves the lines and empties the source in the same decision', () => {
    const target = cart([line(MUG, 1)])
    const guest = source([line(TEA, 2), line(SHIRT_S, 1)])

    const decision = changed(decide(target, merge(guest), context()))

    expect(decision.cart).toMatchObject({
      id: 'basket',
      version: 4,
      updatedAt: LATER,
      expiresAt: LATER + DAY,
    })
    expect(decision.cart.lines).toStrictEqual([line(MUG, 1), line(TEA, 2), line(SHIRT_S, 1)])
    expect(decision.source).toStrictEqual({
      ...guest,
      lines: [],
      version: 8,
      updatedAt: LATER,
      expiresAt: LATER + DAY,
    })
    expect(decision.merge).toStrictEqual({ strategy: 'sum', capped: [], leftOut: [] })
  })

  test('into an unknown cart creates it', () => {
    const guest = source([line(TEA, 2)])

    const decision = changed(decide(unknownCart(id('basket')), merge(guest), context()))

    expect(decision.cart).toMatchObject({
      incarnation: 'new-life',
      version: 1,
      createdAt: LATER,
      currency: 'EUR',
    })
    expect(decision.cart.lines).toStrictEqual(guest.lines)
  })

  test.each(MERGE_STRATEGIES)('with %s from an empty or unknown source changes nothing', (strategy) => {
    const nothing = { kind: 'unchanged', merge: { strategy, capped: [], leftOut: [] } }

    for (const empty of [source([]), source([], { currency: 'JPY' }), unknownCart(id('guest'))]) {
      const decision = decide(cart([line(TEA, 1)]), merge(empty, strategy), context({ caller: id('ann') }))

      expect(decision).toStrictEqual(nothing)
    }
  })

  test('of a cart with itself is refused, known or not', () => {
    const refused = { kind: 'refused', error: { code: 'merge-into-itself' } }

    for (const itself of [cart([line(TEA, 1)]), cart([]), unknownCart(id('basket'))]) {
      expect(decide(itself, merge(itself), context())).toStrictEqual(refused)
    }
  })

  test('with a cart of another currency is refused', () => {
    const yen = source([line(TEA, 1)], { currency: 'JPY' })

    expect(decide(cart([line(MUG, 1)]), merge(yen), context())).toStrictEqual({
      kind: 'refused',
      error: { code: 'currency-mismatch', cartCurrency: 'EUR', otherCurrency: 'JPY' },
    })
  })

  test('into a cart without lines takes the currency of the source', () => {
    const yen = source([line(TEA, 1)], { currency: 'JPY' })

    expect(changed(decide(cart([]), merge(yen), context())).cart.currency).toBe('JPY')
  })

  test('whose total leaves the exact integers is refused', () => {
    const precious = source([line(TEA, 1, { unitPrice: Number.MAX_SAFE_INTEGER })])

    expect(decide(cart([line(MUG, 1)]), merge(precious), context())).toStrictEqual({
      kind: 'refused',
      error: { code: 'cart-too-large' },
    })
  })

  test('of which nothing fits still empties the source, and says what was left out', () => {
    const limits = { maxLines: 1, maxLineQuantity: 99 }

    const decision = changed(decide(cart([line(MUG, 1)]), merge(source([line(TEA, 3)])), context({ limits })))

    expect(decision.cart.lines).toStrictEqual([line(MUG, 1)])
    expect(decision.source?.lines).toEqual([])
    expect(decision.merge?.leftOut).toStrictEqual([{ ...TEA, quantity: 3 }])
  })

  test('forgets the checkout that either cart was last used for', () => {
    const checkedOut = { orderId: id<OrderId>('order-0'), total: { amount: 250, currency: 'EUR' } }

    const decision = changed(decide(cart([], { checkedOut }), merge(source([line(TEA, 1)])), context()))

    expect(decision.cart).not.toHaveProperty('checkedOut')
  })

  test('tells the target of all its lines and the source that they went', () => {
    const decision = changed(
      decide(cart([line(MUG, 1)]), merge(source([line(TEA, 98), line(MUG, 99)])), context()),
    )

    expect(decision.events).toMatchObject([
      {
        id: 'life.4.0',
        cartId: 'basket',
        type: 'cart-merged',
        data: {
          sourceCartId: 'guest',
          strategy: 'sum',
          lines: [
            { ...MUG, quantity: 99, unitPrice: { amount: 250, currency: 'EUR' } },
            { ...TEA, quantity: 98, unitPrice: { amount: 250, currency: 'EUR' } },
          ],
          capped: [{ ...MUG, asked: 100, kept: 99 }],
          leftOut: [],
        },
      },
      { id: 'guest-life.8.0', cartId: 'guest', type: 'cart-merged-away', data: { targetCartId: 'basket' } },
    ])
  })

  test('of two variants of a product keeps both', () => {
    const decision = changed(decide(cart([line(SHIRT_S, 1)]), merge(source([line(SHIRT_M, 1)])), context()))

    expect(decision.cart.lines).toMatchObject([SHIRT_S, SHIRT_M])
  })
})

function source(lines: readonly Line[], changes: Partial<Cart> = {}): Cart {
  return cart(lines, { id: id('guest'), incarnation: id('guest-life'), version: 7, ...changes })
}

function merge(from: Merge['source'], strategy: MergeStrategy = 'sum'): Merge {
  return { type: 'merge', source: from, strategy }
}
