import fc from 'fast-check'
import {
  type Batch,
  type CartId,
  type Limits,
  type LineCommand,
  type LineKey,
  MERGE_STRATEGIES,
  type MergeStrategy,
  type Money,
  money,
  type UserId,
} from '../src/index.ts'
import { DAY, eur, HOUR, id, key, MUG, SHIRT_M, SHIRT_S, SUSHI, TEA } from './builders.ts'

/** Few carts, so that commands meet. */
export const CARTS: readonly CartId[] = [id('one'), id('two'), id('three')]
/** What a checkout may say of the total. */
export type Expectation = 'nothing' | 'the total' | 'one cent more'

/** One thing that happens in the shop. */
export type Step =
  | { readonly does: 'wait'; readonly milliseconds: number }
  | { readonly does: 'price'; readonly line: LineKey; readonly price: Money | 'gone' }
  | { readonly does: 'limit'; readonly limits: Limits }
  | (OnCart & { readonly does: 'command'; readonly command: LineCommand | Batch })
  | (OnCart & { readonly does: 'merge'; readonly source: CartId; readonly strategy: MergeStrategy })
  | (OnCart & { readonly does: 'checkout'; readonly expects: Expectation })

interface OnCart {
  readonly cart: CartId
  /** Absent for a guest. */
  readonly by?: UserId
}

const GOLD = key('gold')
const COMMON = [TEA, TEA, TEA, MUG, MUG, SHIRT_S, SHIRT_M, key('__proto__', 'toString')]

/** Up to sixty steps, most of them changes that may well succeed. */
export function sequences(): fc.Arbitrary<Step[]> {
  return fc.array(step(), { minLength: 1, maxLength: 60, size: 'max' })
}

function step(): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 30, arbitrary: onCart({ does: fc.constant('command'), command: command() }) },
    { weight: 6, arbitrary: merge() },
    { weight: 4, arbitrary: onCart({ does: fc.constant('checkout'), expects: expectation() }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('wait'), milliseconds: milliseconds() }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('price'), line: line(), price: price() }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('limit'), limits: limits() }) },
  )
}

function merge(): fc.Arbitrary<Step> {
  const others = fc.shuffledSubarray([...CARTS], { minLength: 2, maxLength: 2 })
  const itself = cart().map((of) => [of, of])
  const pair = fc.oneof({ weight: 9, arbitrary: others }, { weight: 1, arbitrary: itself })
  return fc
    .tuple(onCart({ does: fc.constant('merge'), strategy: strategy() }), pair)
    .map(([rest, [of = rest.cart, source = rest.cart]]) => ({ ...rest, cart: of, source }))
}

function onCart<Fields extends object>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) {
  // Half of the changes are a guest's; two users are enough for one to meet the other's cart.
  const by = fc.constantFrom<{ by?: UserId }>(
    {},
    {},
    {},
    { by: id('ann') },
    { by: id('ann') },
    { by: id('bob') },
  )
  return fc.tuple(fc.record(fields), cart(), by).map(([rest, of, who]) => ({ ...rest, ...who, cart: of }))
}

function command(): fc.Arbitrary<LineCommand | Batch> {
  return fc.oneof(
    { weight: 5, arbitrary: lineCommand() },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('batch'),
        commands: fc.array(lineCommand(), { maxLength: 5 }),
      }),
    },
  )
}

function lineCommand(): fc.Arbitrary<LineCommand> {
  return fc.oneof(
    { weight: 14, arbitrary: quantified('add', 1) },
    { weight: 3, arbitrary: quantified('set', 0) },
    { weight: 1, arbitrary: line().map((of): LineCommand => ({ type: 'remove', ...of })) },
    { weight: 1, arbitrary: fc.constant<LineCommand>({ type: 'clear' }) },
  )
}

function quantified(type: 'add' | 'set', min: number): fc.Arbitrary<LineCommand> {
  return fc.tuple(line(), fc.integer({ min, max: 7 })).map(([of, quantity]) => ({ type, ...of, quantity }))
}

function line(): fc.Arbitrary<LineKey> {
  return fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom(...COMMON) },
    { weight: 2, arbitrary: fc.constantFrom(SUSHI, GOLD) },
    { weight: 1, arbitrary: fc.constantFrom(key('ghost'), key('shirt'), key('tea', 's')) },
  )
}

function price(): fc.Arbitrary<Money | 'gone'> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 5000 }).map(eur) },
    // Four of these leave the exact integers.
    { weight: 1, arbitrary: fc.constant(eur(2 ** 51)) },
    { weight: 1, arbitrary: fc.constant(money(1200, 'JPY')) },
    { weight: 1, arbitrary: fc.constant('gone') },
  )
}

function milliseconds(): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(1, HOUR) },
    { weight: 1, arbitrary: fc.constantFrom(DAY - 1, DAY, 7 * DAY - 1, 7 * DAY) },
  )
}

function limits(): fc.Arbitrary<Limits> {
  return fc.record({
    maxLines: fc.integer({ min: 1, max: 5 }),
    maxLineQuantity: fc.integer({ min: 1, max: 12 }),
  })
}

function cart(): fc.Arbitrary<CartId> {
  return fc.constantFrom(...CARTS)
}

function strategy(): fc.Arbitrary<MergeStrategy> {
  return fc.constantFrom(...MERGE_STRATEGIES)
}

function expectation(): fc.Arbitrary<Expectation> {
  return fc.constantFrom('nothing', 'nothing', 'the total', 'one cent more')
}
