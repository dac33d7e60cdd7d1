import {
  cart,
  catalog,
  changed,
  context,
  DAY,
  eur,
  HOUR,
  id,
  line,
  MUG,
  NOW,
  SHIRT_S,
  SUSHI,
  TEA,
} from '../test/builders.ts'
import { unknownCart } from './cart.ts'
import { decide } from './decide.ts'
import type { OrderId } from './ids.ts'
import { money } from './money.ts'

const LATER = NOW + HOUR
const CHECKOUT = { type: 'checkout' } as const

describe('a checkout', () => {
  test('snapshots the lines at current prices, empties the cart and tells it, all in one decision', () => {
    const before = cart([line(TEA, 2, { unitPrice: 200 }), line(SHIRT_S, 1, { unitPrice: 1500 })])

    const decision = changed(decide(before, CHECKOUT, context()))

    expect(decision.order).toStrictEqual({
      orderId: 'order-1',
      cartId: 'basket',
      currency: 'EUR',
      lines: [
        { ...TEA, quantity: 2, unitPrice: 250, name: 'the tea' },
        { ...SHIRT_S, quantity: 1, unitPrice: 1500, name: 'the shirt' },
      ],
      createdAt: LATER,
    })
    expect(decision.cart).toStrictEqual({
      ...before,
      lines: [],
      version: 4,
      updatedAt: LATER,
      expiresAt: LATER + DAY,
      checkedOut: { orderId: 'order-1', total: eur(2000) },
    })
    expect(decision.events).toStrictEqual([
      {
        id: 'life.4.0',
        schemaVersion: 1,
        cartId: 'basket',
        incarnation: 'life',
        version: 4,
        index: 0,
        occurredAt: '2026-01-15T13:00:00.000Z',
        type: 'checkout-started',
        data: {
          orderId: 'order-1',
          lines: [
            { ...TEA, quantity: 2, unitPrice: eur(250), lineTotal: eur(500), name: 'the tea' },
            { ...SHIRT_S, quantity: 1, unitPrice: eur(1500), lineTotal: eur(1500), name: 'the shirt' },
          ],
          itemCount: 3,
          total: eur(2000),
        },
      },
    ])
  })

  test('of an empty or unknown cart is refused', () => {
    const refused = { kind: 'refused', error: { code: 'cart-empty' } }

    expect(decide(cart([]), CHECKOUT, context())).toStrictEqual(refused)
    expect(decide(unknownCart(id('basket')), CHECKOUT, context())).toStrictEqual(refused)
  })

  test('with products that are gone is refused and names all their lines', () => {
    const offer = catalog(
      new Map([
        [TEA, 'gone'],
        [SHIRT_S, 'gone'],
      ]),
    )
    const before = cart([line(TEA, 1), line(MUG, 1), line(SHIRT_S, 1)])

    expect(decide(before, CHECKOUT, context({ offer }))).toStrictEqual({
      kind: 'refused',
      error: { code: 'product-unavailable', lines: [TEA, SHIRT_S] },
    })
  })

  test('with a product that is sold in another currency now is refused', () => {
    const offer = catalog(new Map([[MUG, money(5, 'USD')]]))

    expect(decide(cart([line(TEA, 1), line(MUG, 1)]), CHECKOUT, context({ offer }))).toStrictEqual({
      kind: 'refused',
      error: { code: 'currency-mismatch', cartCurrency: 'EUR', otherCurrency: 'USD' },
    })
  })

  test('whose total leaves the exact integers at current prices is refused', () => {
    const offer = catalog(new Map([[MUG, eur(Number.MAX_SAFE_INTEGER)]]))

    expect(decide(cart([line(TEA, 1), line(MUG, 1)]), CHECKOUT, context({ offer }))).toStrictEqual({
      kind: 'refused',
      error: { code: 'cart-too-large' },
    })
  })

  test('compares the expected total with the total after re-pricing', () => {
    const before = cart([line(TEA, 2, { unitPrice: 200 })])
    const checkout = (expectedTotal: ReturnType<typeof money>) =>
      decide(before, { ...CHECKOUT, expectedTotal }, context())
    const refused = { kind: 'refused', error: { code: 'total-changed', currentTotal: eur(500) } }

    expect(checkout(eur(500)).kind).toBe('changed')
    expect(checkout(eur(400))).toStrictEqual(refused)
    expect(checkout(money(500, 'USD'))).toStrictEqual(refused)
  })

  test('of a product without a name leaves the name out', () => {
    const offer = () => ({ kind: 'offered', unitPrice: eur(1) }) as const

    const decision = changed(decide(cart([line(TEA, 1)]), CHECKOUT, context({ offer })))

    expect(decision.order?.lines).toStrictEqual([{ ...TEA, quantity: 1, unitPrice: 1 }])
  })

  test('by the owner makes an order of theirs; a guest who signs in claims cart and order', () => {
    for (const before of [cart([line(TEA, 1)], { owner: id('ann') }), cart([line(TEA, 1)])]) {
      const decision = changed(decide(before, CHECKOUT, context({ caller: id('ann') })))

      expect(decision.cart.owner).toBe('ann')
      expect(decision.order?.owner).toBe('ann')
    }
  })
})

describe('a repeated checkout', () => {
  const checkedOut = { orderId: id<OrderId>('order-0'), total: eur(500) }
  const empty = cart([], { checkedOut })

  test('answers with the same order, whatever the prices are now', () => {
    const offer = catalog(new Map([[TEA, 'gone']]))

    const decision = decide(empty, CHECKOUT, context({ offer, caller: id('ann') }))

    expect(decision).toStrictEqual({ kind: 'already-checked-out', orderId: 'order-0' })
  })

  test('compares the expected total with that of the order', () => {
    const repeat = (amount: number) => decide(empty, { ...CHECKOUT, expectedTotal: eur(amount) }, context())

    expect(repeat(500)).toStrictEqual({ kind: 'already-checked-out', orderId: 'order-0' })
    expect(repeat(501)).toStrictEqual({
      kind: 'refused',
      error: { code: 'total-changed', currentTotal: eur(500) },
    })
  })

  test('after commands that changed nothing is still a repeat', () => {
    expect(decide(empty, { type: 'clear' }, context())).toStrictEqual({ kind: 'unchanged' })
  })

  test('after a change is a checkout of its own', () => {
    const { cart: filled } = changed(decide(empty, { type: 'add', ...SUSHI, quantity: 1 }, context()))
    const { cart: emptied } = changed(decide(filled, { type: 'clear' }, context()))

    expect(changed(decide(filled, CHECKOUT, context())).order).toMatchObject({
      orderId: 'order-1',
      currency: 'JPY',
      lines: [SUSHI],
    })
    expect(decide(emptied, CHECKOUT, context())).toMatchObject({ error: { code: 'cart-empty' } })
  })
})
