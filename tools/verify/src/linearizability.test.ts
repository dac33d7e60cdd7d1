import fc from 'fast-check'
import { type CartInput, type CartOutput, type Carts, cartSpecification } from './cart-specification.ts'
import { checkLinearizability, type Operation } from './linearizability.ts'

type CartOperation = Operation<CartInput, CartOutput>

const LOST = undefined
const add = (quantity: number, cart = 'a'): CartInput => ({ does: 'add', cart, line: 'tea', quantity })
const read = (cart = 'a'): CartInput => ({ does: 'read', cart })
const cart = (version: number, tea = 0): CartOutput => ({
  kind: 'cart',
  version,
  lines: tea === 0 ? {} : { tea },
})

/** `[input, output, sent, answered]`. */
function history(...rows: [CartInput, CartOutput | undefined, number, number?][]): CartOperation[] {
  return rows.map(([input, output, sent, answered = Number.POSITIVE_INFINITY]) => {
    return { input, output, sent, answered }
  })
}

function isFine(operations: readonly CartOperation[]): boolean {
  return checkLinearizability(operations, cartSpecification).linearizable
}

describe('what is fine', () => {
  test.each<[string, CartOperation[]]>([
    ['nothing', []],
    ['one after the other', history([add(1), cart(1, 1), 0, 1], [read(), cart(1, 1), 2, 3])],
    [
      'adds at once, answered in another order than sent',
      history([add(1), cart(2, 3), 0, 9], [add(2), cart(1, 2), 1, 8], [read(), cart(2, 3), 10, 11]),
    ],
    [
      'a read during an add that sees it, and one that does not',
      history([add(1), cart(1, 1), 0, 9], [read(), cart(1, 1), 1, 8], [read(), cart(0), 1, 8]),
    ],
    ['an add without answer that happened', history([add(1), LOST, 0], [read(), cart(1, 1), 5, 6])],
    ['an add without answer that did not', history([add(1), LOST, 0], [read(), cart(0), 5, 6])],
    [
      'an add without answer that happened late',
      history([add(1), LOST, 0], [read(), cart(0), 5, 6], [read(), cart(1, 1), 7, 8]),
    ],
    [
      'a checkout whose answer was lost, and its repeat',
      history(
        [add(1), cart(1, 1), 0, 1],
        [{ does: 'checkout', cart: 'a' }, LOST, 2],
        [
          { does: 'checkout', cart: 'a' },
          { kind: 'order', orderId: 'o', isNew: false, lines: { tea: 1 } },
          5,
          6,
        ],
      ),
    ],
  ])('%s', (_, operations) => {
    expect(isFine(operations)).toBe(true)
  })
})

describe('what is not', () => {
  test.each<[string, CartOperation[]]>([
    [
      'a lost update',
      history([add(1), cart(1, 1), 0, 1], [add(2), cart(2, 3), 2, 3], [read(), cart(2, 2), 4, 5]),
    ],
    ['a stale read', history([add(1), cart(1, 1), 0, 1], [read(), cart(0), 2, 3])],
    [
      'a read that goes back',
      history([add(1), LOST, 0], [read(), cart(1, 1), 1, 2], [read(), cart(0), 3, 4]),
    ],
    ['one version given twice', history([add(1), cart(1, 1), 0, 9], [add(2), cart(1, 2), 0, 9])],
    ['an effect before its cause', history([read(), cart(1, 1), 0, 1], [add(1), cart(1, 1), 2, 3])],
    ['an add that counts twice', history([add(1), LOST, 0], [read(), cart(2, 2), 5, 6])],
    [
      'half of a merge',
      history(
        [add(1, 'b'), cart(1, 1), 0, 1],
        [{ does: 'merge', cart: 'a', source: 'b' }, cart(1, 1), 2, 9],
        [read('a'), cart(1, 1), 3, 4],
        [read('b'), cart(1, 1), 5, 6],
      ),
    ],
    [
      'two orders of the same lines',
      history(
        [add(1), cart(1, 1), 0, 1],
        [
          { does: 'checkout', cart: 'a' },
          { kind: 'order', orderId: 'o', isNew: true, lines: { tea: 1 } },
          2,
          9,
        ],
        [
          { does: 'checkout', cart: 'a' },
          { kind: 'order', orderId: 'p', isNew: true, lines: { tea: 1 } },
          2,
          9,
        ],
      ),
    ],
  ])('%s', (_, operations) => {
    expect(isFine(operations)).toBe(false)
  })

  test('is told with what can be explained, and where that ends', () => {
    const operations = history(
      [add(1), cart(1, 1), 0, 1],
      [add(2), cart(2, 3), 2, 3],
      [read(), cart(1, 1), 4, 5],
    )

    expect(checkLinearizability(operations, cartSpecification)).toEqual({
      linearizable: false,
      explained: operations.slice(0, 2),
      state: { a: { version: 2, lines: { tea: 3 } } },
      stuck: operations.slice(2),
    })
  })
})

describe('generated histories', () => {
  test('of carts that really did one thing after the other are fine, however their times overlap', () => {
    fc.assert(
      fc.property(runs(), (run) => {
        expect(isFine(run)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('are not, as soon as one answer shows another version than it was', () => {
    fc.assert(
      fc.property(runs(), fc.nat(), (run, nth) => {
        const shown = run.filter(({ output }) => output?.kind === 'cart')
        const wrong = shown[nth % Math.max(1, shown.length)]
        fc.pre(wrong !== undefined)
        const damaged = run.map((operation) => {
          if (operation !== wrong || operation.output?.kind !== 'cart') return operation
          return { ...operation, output: { ...operation.output, version: operation.output.version + 1000 } }
        })

        expect(isFine(damaged)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('of a thousand operations are judged as well', () => {
    const [long] = fc.sample(runs(1_000, 100), { numRuns: 1, seed: 7 })

    expect(isFine(long ?? [])).toBe(true)
  })
})

/** What clients see of carts that do one thing after the other, some of whose answers are lost. */
function runs(length = 40, answeredForEachLost = 12): fc.Arbitrary<CartOperation[]> {
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
    { weight: 1, arbitrary: fc.constantFrom({ does: 'merge' as const, cart: 'a', source: 'b' }) },
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
  return fc.array(timed, { minLength: Math.min(length, 1), maxLength: length, size: 'max' }).map((steps) => {
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
