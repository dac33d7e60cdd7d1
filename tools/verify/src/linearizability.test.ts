import fc from 'fast-check'
import { type CartInput, type CartOutput, cartSpecification } from './cart-specification.ts'
import { checkLinearizability, type Operation } from './linearizability.ts'
import { histories } from './test/histories.ts'

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
  return checkLinearizability(operations, cartSpecification).kind === 'linearizable'
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
      'a merge that saw its target before another one, and its source after it',
      history(
        [add(1), cart(1, 1), 0, 1],
        [add(3, 'b'), cart(1, 3), 0, 1],
        [{ does: 'merge', cart: 'a', source: 'b' }, cart(2, 4), 2, 9],
        [{ does: 'merge', cart: 'a', source: 'b' }, cart(1, 1), 2, 9],
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
      kind: 'impossible',
      explained: operations.slice(0, 2),
      state: { a: { version: 2, lines: { tea: 3 } } },
      stuck: operations.slice(2),
    })
  })
})

test('a search that is given up knows nothing', () => {
  const wrong = history([add(1), cart(1, 1), 0, 9], [add(2), cart(2, 3), 0, 9], [read(), cart(2, 9), 10, 11])

  expect(checkLinearizability(wrong, cartSpecification, { states: 1 })).toMatchObject({ kind: 'undecided' })
  expect(checkLinearizability(wrong, cartSpecification)).toMatchObject({ kind: 'impossible' })
})

describe('generated histories', () => {
  test('of carts that really did one thing after the other are fine, however their times overlap', () => {
    fc.assert(
      fc.property(histories(), (run) => {
        expect(isFine(run)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('are not, as soon as one answer shows another version than it was', () => {
    fc.assert(
      fc.property(histories(), fc.nat(), (run, nth) => {
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
    const [long] = fc.sample(histories(1_000, 100), { numRuns: 1, seed: 7 })

    expect(isFine(long ?? [])).toBe(true)
  })
})
