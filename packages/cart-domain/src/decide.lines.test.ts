import {
  cart,
  catalog,
  changed,
  context,
  eur,
  HOUR,
  key,
  line,
  MUG,
  NOW,
  SHIRT_M,
  SHIRT_S,
  SUSHI,
  TEA,
} from '../test/builders.ts'
import { unknownCart } from './cart.ts'
import { decide } from './decide.ts'

const LATER = NOW + HOUR
const UNCHANGED = { kind: 'unchanged' }

describe('adding', () => {
  test('the first line creates the cart, priced by the catalog', () => {
    const unknown = unknownCart(cart([]).id)

    const { cart: created } = changed(decide(unknown, { type: 'add', ...TEA, quantity: 2 }, context()))

    expect(created).toStrictEqual({
      id: 'basket',
      incarnation: 'new-life',
      version: 1,
      currency: 'EUR',
      lines: [{ productId: 'tea', quantity: 2, unitPrice: 250, addedAt: LATER, changedAt: LATER }],
      createdAt: LATER,
      updatedAt: LATER,
      expiresAt: LATER + 24 * HOUR,
    })
  })

  test('more of a line increments it and takes the current price for the whole line', () => {
    const before = cart([line(MUG, 1), line(TEA, 2, { unitPrice: 200 })])

    const { cart: after } = changed(decide(before, { type: 'add', ...TEA, quantity: 3 }, context()))

    expect(after.lines).toStrictEqual([
      line(MUG, 1),
      line(TEA, 5, { unitPrice: 250, addedAt: NOW, changedAt: LATER }),
    ])
    expect(after).toMatchObject({
      version: 4,
      incarnation: 'life',
      createdAt: before.createdAt,
      updatedAt: LATER,
    })
  })

  test('another variant is a line of its own, at the end', () => {
    const before = cart([line(SHIRT_S, 1, { unitPrice: 1500 })])

    const { cart: after } = changed(decide(before, { type: 'add', ...SHIRT_M, quantity: 1 }, context()))

    expect(after.lines).toMatchObject([SHIRT_S, SHIRT_M])
    expect(after.lines[0]).toStrictEqual(before.lines[0])
  })

  test('a line may reach its limit but not pass it', () => {
    const before = cart([line(TEA, 90)])

    const full = decide(before, { type: 'add', ...TEA, quantity: 9 }, context())
    const over = decide(before, { type: 'add', ...TEA, quantity: 10 }, context())

    expect(changed(full).cart.lines).toMatchObject([{ quantity: 99 }])
    expect(over).toStrictEqual({
      kind: 'refused',
      error: { code: 'quantity-limit-exceeded', line: TEA, limit: 99, asked: 100 },
    })
  })

  test('a cart may reach its limit of lines but not pass it, and its lines may still grow', () => {
    const limits = { maxLines: 2, maxLineQuantity: 99 }
    const full = cart([line(TEA, 1), line(MUG, 1)])

    const another = decide(full, { type: 'add', ...SHIRT_S, quantity: 1 }, context({ limits }))
    const more = decide(full, { type: 'add', ...MUG, quantity: 1 }, context({ limits }))

    expect(another).toStrictEqual({
      kind: 'refused',
      error: { code: 'line-limit-exceeded', limit: 2, asked: 3 },
    })
    expect(changed(more).cart.lines).toMatchObject([TEA, { quantity: 2 }])
  })

  test.each([
    [
      'a product that the catalog does not know',
      key('ghost'),
      { code: 'unknown-product', line: key('ghost') },
    ],
    [
      'a missing variant',
      key('shirt'),
      { code: 'unknown-variant', line: key('shirt'), variants: ['s', 'm'] },
    ],
    ['a variant that there is not', key('shirt', 'xl'), { code: 'unknown-variant', variants: ['s', 'm'] }],
    ['a superfluous variant', key('tea', 's'), { code: 'unknown-variant', variants: [] }],
  ])('%s is refused', (_, wanted, error) => {
    const decision = decide(cart([]), { type: 'add', ...wanted, quantity: 1 }, context())

    expect(decision).toMatchObject({ kind: 'refused', error })
  })

  test('a product in another currency than the lines is refused', () => {
    const decision = decide(cart([line(TEA, 1)]), { type: 'add', ...SUSHI, quantity: 1 }, context())

    expect(decision).toStrictEqual({
      kind: 'refused',
      error: { code: 'currency-mismatch', cartCurrency: 'EUR', otherCurrency: 'JPY' },
    })
  })

  test('a cart without lines takes the currency of the first that comes in', () => {
    const { cart: after } = changed(decide(cart([]), { type: 'add', ...SUSHI, quantity: 1 }, context()))

    expect(after).toMatchObject({ currency: 'JPY', lines: [{ unitPrice: 1200 }] })
  })

  test('a product named __proto__ is a product like any other', () => {
    const proto = key('__proto__', 'constructor')
    const offer = catalog(new Map([[proto, eur(1)]]))

    const { cart: after } = changed(
      decide(cart([]), { type: 'add', ...proto, quantity: 1 }, context({ offer })),
    )

    expect(after.lines).toMatchObject([{ productId: '__proto__', variant: 'constructor', quantity: 1 }])
  })

  test('a total beyond the exact integers is refused, one at their edge is not', () => {
    const offer = catalog(new Map([[MUG, eur(Number.MAX_SAFE_INTEGER - 250)]]))

    const edge = decide(cart([line(TEA, 1)]), { type: 'add', ...MUG, quantity: 1 }, context({ offer }))
    const over = decide(cart([line(TEA, 2)]), { type: 'add', ...MUG, quantity: 1 }, context({ offer }))

    expect(edge.kind).toBe('changed')
    expect(over).toStrictEqual({ kind: 'refused', error: { code: 'cart-too-large' } })
  })
})

describe('setting a quantity', () => {
  test('keeps the price that was seen, whatever the catalog asks now', () => {
    const before = cart([line(TEA, 2, { unitPrice: 200 }), line(MUG, 1)])

    const { cart: after } = changed(decide(before, { type: 'set', ...TEA, quantity: 7 }, context()))

    expect(after.lines).toStrictEqual([line(TEA, 7, { unitPrice: 200, changedAt: LATER }), line(MUG, 1)])
  })

  test('works on a line whose product is gone from the catalog', () => {
    const offer = catalog(new Map([[TEA, 'gone']]))

    const { cart: after } = changed(
      decide(cart([line(TEA, 2)]), { type: 'set', ...TEA, quantity: 1 }, context({ offer })),
    )

    expect(after.lines).toMatchObject([{ quantity: 1 }])
  })

  test('to 0 removes the line', () => {
    const before = cart([line(TEA, 2), line(MUG, 1)])

    const { cart: after } = changed(decide(before, { type: 'set', ...TEA, quantity: 0 }, context()))

    expect(after.lines).toStrictEqual([line(MUG, 1)])
  })

  test('to what it is changes nothing', () => {
    expect(decide(cart([line(TEA, 2)]), { type: 'set', ...TEA, quantity: 2 }, context())).toStrictEqual(
      UNCHANGED,
    )
  })

  test.each([1, 0])('of a line that is not there to %d is refused', (quantity) => {
    const refused = { kind: 'refused', error: { code: 'line-not-found', line: SHIRT_M } }

    for (const state of [cart([line(SHIRT_S, 1)]), unknownCart(cart([]).id)]) {
      expect(decide(state, { type: 'set', ...SHIRT_M, quantity }, context())).toStrictEqual(refused)
    }
  })

  test('may reach the limit but not pass it', () => {
    const full = decide(cart([line(TEA, 2)]), { type: 'set', ...TEA, quantity: 99 }, context())
    const over = decide(cart([line(TEA, 2)]), { type: 'set', ...TEA, quantity: 100 }, context())

    expect(changed(full).cart.lines).toMatchObject([{ quantity: 99 }])
    expect(over).toStrictEqual({
      kind: 'refused',
      error: { code: 'quantity-limit-exceeded', line: TEA, limit: 99, asked: 100 },
    })
  })

  test('to a total beyond the exact integers is refused', () => {
    const before = cart([line(TEA, 1, { unitPrice: Number.MAX_SAFE_INTEGER })])

    const decision = decide(before, { type: 'set', ...TEA, quantity: 2 }, context())

    expect(decision).toStrictEqual({ kind: 'refused', error: { code: 'cart-too-large' } })
  })
})

describe('removing', () => {
  test('takes exactly that line out', () => {
    const before = cart([line(SHIRT_S, 1), line(SHIRT_M, 2), line(TEA, 3)])

    const { cart: after } = changed(decide(before, { type: 'remove', ...SHIRT_M }, context()))

    expect(after.lines).toStrictEqual([line(SHIRT_S, 1), line(TEA, 3)])
    expect(after.version).toBe(4)
  })

  test('a line that is not there is refused', () => {
    const decision = decide(cart([line(TEA, 1)]), { type: 'remove', ...MUG }, context())

    expect(decision).toStrictEqual({ kind: 'refused', error: { code: 'line-not-found', line: MUG } })
  })
})

describe('clearing', () => {
  test('takes all lines out and keeps the cart', () => {
    const { cart: after } = changed(decide(cart([line(TEA, 1), line(MUG, 2)]), { type: 'clear' }, context()))

    expect(after).toMatchObject({ lines: [], version: 4, incarnation: 'life', currency: 'EUR' })
  })

  test('an empty or unknown cart changes nothing', () => {
    expect(decide(cart([]), { type: 'clear' }, context())).toStrictEqual(UNCHANGED)
    expect(decide(unknownCart(cart([]).id), { type: 'clear' }, context())).toStrictEqual(UNCHANGED)
  })
})
