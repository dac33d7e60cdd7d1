import {
  cart,
  catalog,
  changed,
  context,
  eur,
  key,
  line,
  MUG,
  SHIRT_S,
  SUSHI,
  TEA,
} from '../test/builders.ts'
import { unknownCart } from './cart.ts'
import type { Batch, LineCommand } from './commands.ts'
import { decide } from './decide.ts'

test('several commands make one version, applied in order', () => {
  const before = cart([line(TEA, 1), line(MUG, 1)])

  const decision = changed(
    decide(
      before,
      batch(
        { type: 'remove', ...TEA },
        { type: 'add', ...SHIRT_S, quantity: 1 },
        { type: 'set', ...SHIRT_S, quantity: 4 },
        { type: 'add', ...TEA, quantity: 2 },
      ),
      context(),
    ),
  )

  expect(decision.cart.version).toBe(4)
  expect(decision.cart.lines).toMatchObject([MUG, { ...SHIRT_S, quantity: 4 }, { ...TEA, quantity: 2 }])
  expect(decision.events.map(({ type, version, index }) => ({ type, version, index }))).toEqual([
    { type: 'line-removed', version: 4, index: 0 },
    { type: 'line-added', version: 4, index: 1 },
    { type: 'line-quantity-set', version: 4, index: 2 },
    { type: 'line-added', version: 4, index: 3 },
  ])
})

test.each<[string, LineCommand, string]>([
  ['an unknown product', { type: 'add', ...key('ghost'), quantity: 1 }, 'unknown-product'],
  ['an unknown variant', { type: 'add', ...key('shirt'), quantity: 1 }, 'unknown-variant'],
  ['too many pieces', { type: 'add', ...TEA, quantity: 99 }, 'quantity-limit-exceeded'],
  ['another currency', { type: 'add', ...SUSHI, quantity: 1 }, 'currency-mismatch'],
  ['a line that is not there', { type: 'remove', ...SHIRT_S }, 'line-not-found'],
])('%s refuses the whole batch and names the place', (_, offending, code) => {
  const commands = batch(
    { type: 'add', ...TEA, quantity: 1 },
    { type: 'add', ...MUG, quantity: 1 },
    offending,
  )

  const decision = decide(cart([line(TEA, 1)]), commands, context())

  expect(decision).toMatchObject({ kind: 'refused', error: { code }, index: 2 })
})

test('a command sees what those before it did, also to the limit of lines', () => {
  const limits = { maxLines: 1, maxLineQuantity: 99 }

  const swapped = decide(
    cart([line(TEA, 1)]),
    batch({ type: 'remove', ...TEA }, { type: 'add', ...MUG, quantity: 1 }),
    context({ limits }),
  )
  const crowded = decide(
    cart([line(TEA, 1)]),
    batch({ type: 'add', ...MUG, quantity: 1 }, { type: 'remove', ...TEA }),
    context({ limits }),
  )

  expect(changed(swapped).cart.lines).toMatchObject([MUG])
  expect(crowded).toMatchObject({ error: { code: 'line-limit-exceeded', limit: 1, asked: 2 }, index: 0 })
})

test('clearing within a batch frees the currency', () => {
  const { cart: after } = changed(
    decide(cart([line(TEA, 1)]), batch({ type: 'clear' }, { type: 'add', ...SUSHI, quantity: 1 }), context()),
  )

  expect(after).toMatchObject({ currency: 'JPY', lines: [SUSHI] })
})

test('a total that is too large in between, but not at the end, is accepted', () => {
  const offer = catalog(new Map([[MUG, eur(Number.MAX_SAFE_INTEGER)]]))
  const commands = batch({ type: 'add', ...MUG, quantity: 1 }, { type: 'remove', ...TEA })

  const decision = decide(cart([line(TEA, 1)]), commands, context({ offer }))

  expect(changed(decision).cart.lines).toMatchObject([MUG])
})

test('a total that is too large at the end refuses the batch as a whole, with no single place', () => {
  const offer = catalog(new Map([[MUG, eur(Number.MAX_SAFE_INTEGER)]]))
  const commands = batch({ type: 'add', ...MUG, quantity: 1 }, { type: 'add', ...TEA, quantity: 1 })

  expect(decide(cart([]), commands, context({ offer }))).toStrictEqual({
    kind: 'refused',
    error: { code: 'cart-too-large' },
  })
})

test('commands that change nothing make no version', () => {
  const commands = batch({ type: 'set', ...TEA, quantity: 1 }, { type: 'set', ...TEA, quantity: 1 })

  expect(decide(cart([line(TEA, 1)]), commands, context())).toStrictEqual({ kind: 'unchanged' })
  expect(decide(unknownCart(cart([]).id), batch({ type: 'clear' }), context())).toStrictEqual({
    kind: 'unchanged',
  })
})

function batch(...commands: readonly LineCommand[]): Batch {
  return { type: 'batch', commands }
}

test('a batch that leads back to where it began changes nothing', () => {
  const before = cart([line(TEA, 2)])
  const there: LineCommand[] = [{ type: 'add', ...TEA, quantity: 1 }]
  const back: LineCommand[] = [{ type: 'set', ...TEA, quantity: 2 }]

  expect(decide(before, { type: 'batch', commands: [...there, ...back] }, context())).toStrictEqual({
    kind: 'unchanged',
  })
  expect(decide(before, { type: 'batch', commands: there }, context())).toMatchObject({ kind: 'changed' })
})
