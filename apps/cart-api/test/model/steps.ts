import fc from 'fast-check'
import type { Repricing } from './model-catalog.ts'
import type { LineAction, LineName, Strategy } from './model-lines.ts'

/** Few carts, so that requests meet. */
export const CARTS = ['one', 'two', 'three'] as const
export type CartName = (typeof CARTS)[number]

/** Whom a request comes from; absent for a guest. */
type Caller = 'ann' | 'bob' | undefined

/** What a checkout says of the total. */
export type Expectation = 'nothing' | 'the total' | 'one cent more'

/** What a request asks for. */
export type Wish =
  | { readonly type: 'one'; readonly action: LineAction }
  | { readonly type: 'list'; readonly actions: readonly LineAction[] }
  | { readonly type: 'merge'; readonly source: CartName; readonly strategy: Strategy | undefined }
  | { readonly type: 'checkout'; readonly expects: Expectation }

/**
 * A condition of a change: the tag that the client has seen last of this cart or of another one, an older one of this
 * cart, the last one marked as weak, or `*`.
 */
export type Condition = 'last' | 'older' | 'of another cart' | 'weak' | '*'

interface OnCart {
  readonly cart: CartName
  readonly by: Caller
}

/** One thing that happens. */
export type Step =
  | { readonly does: 'wait'; readonly milliseconds: number }
  | { readonly does: 'reprice'; readonly productId: string; readonly to: Repricing }
  | (OnCart & { readonly does: 'read'; readonly unlessLast: boolean })
  | (OnCart & { readonly does: 'read order'; readonly nth: number })
  | (OnCart & {
      readonly does: 'change'
      readonly wish: Wish
      readonly key: string | undefined
      readonly condition: Condition | undefined
    })
  /** Sends one of the requests with a key again, to the letter but for who sends it. */
  | { readonly does: 'repeat'; readonly nth: number; readonly by: Caller | 'the same' }

/** Up to thirty steps, most of them changes that may well succeed. */
export function sequences(): fc.Arbitrary<Step[]> {
  return fc.array(step(), { minLength: 1, maxLength: 30, size: 'max' })
}

function step(): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 60, arbitrary: change() },
    { weight: 10, arbitrary: repeat() },
    { weight: 7, arbitrary: onCart({ does: fc.constant('read'), unlessLast: fc.boolean() }) },
    { weight: 4, arbitrary: onCart({ does: fc.constant('read order'), nth: nth() }) },
    { weight: 7, arbitrary: reprice() },
    { weight: 5, arbitrary: fc.record({ does: fc.constant('wait'), milliseconds: milliseconds() }) },
  )
}

function change(): fc.Arbitrary<Step> {
  return onCart({ does: fc.constant('change'), wish: wish(), key: key(), condition: condition() })
}

function repeat(): fc.Arbitrary<Step> {
  const by = fc.oneof(
    { weight: 3, arbitrary: fc.constant<'the same'>('the same') },
    { weight: 1, arbitrary: fc.constantFrom<Caller[]>(undefined, 'ann', 'bob') },
  )
  return fc.record({ does: fc.constant('repeat'), nth: nth(), by })
}

function reprice(): fc.Arbitrary<Step> {
  const to = fc.oneof<fc.WeightedArbitrary<Repricing>[]>(
    { weight: 6, arbitrary: fc.record({ amount: fc.constantFrom(0, 1, 999, 1200, 2500) }) },
    {
      weight: 1,
      arbitrary: fc.record({ amount: fc.constant(700), currency: fc.constantFrom('EUR', 'JPY') }),
    },
    { weight: 1, arbitrary: fc.constant('gone') },
  )
  return fc.record({
    does: fc.constant('reprice'),
    productId: fc.constantFrom('mug', 'mug', 'shirt', 'tray', 'rice'),
    to,
  })
}

function onCart<Fields extends object>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) {
  const on: fc.Arbitrary<OnCart> = fc.record({
    cart: fc.constantFrom<CartName[]>('one', 'one', 'one', 'two', 'two', 'three'),
    // Mostly guests: once a user has claimed a cart, all others are only refused.
    by: fc.oneof(
      { weight: 20, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constantFrom<Caller[]>('ann', 'ann', 'bob') },
    ),
  })
  return fc.tuple(on, fc.record(fields)).map(([where, rest]) => ({ ...where, ...rest }))
}

function wish(): fc.Arbitrary<Wish> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.record({ type: fc.constant('one'), action: lineAction() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('list'),
        actions: fc.array(lineAction(), { minLength: 1, maxLength: 5 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('merge'),
        source: fc.constantFrom(...CARTS),
        strategy: fc.constantFrom<(Strategy | undefined)[]>(
          undefined,
          'sum',
          'max',
          'last-write-wins',
          'keep-target',
        ),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('checkout'),
        expects: fc.constantFrom<Expectation[]>('nothing', 'nothing', 'the total', 'one cent more'),
      }),
    },
  )
}

function lineAction(): fc.Arbitrary<LineAction> {
  return fc.oneof<fc.WeightedArbitrary<LineAction>[]>(
    { weight: 20, arbitrary: quantified('add', 1) },
    { weight: 3, arbitrary: quantified('set', 0) },
    { weight: 2, arbitrary: line().map((name) => ({ type: 'remove', ...name })) },
    { weight: 1, arbitrary: fc.constant({ type: 'clear' }) },
  )
}

function quantified(type: 'add' | 'set', min: number): fc.Arbitrary<LineAction> {
  return fc
    .tuple(line(), fc.integer({ min, max: 5 }))
    .map(([name, quantity]) => ({ type, ...name, quantity }))
}

const MUG = { productId: 'mug' }
const SHIRTS = ['s', 'm', 'l'].map((variant) => ({ productId: 'shirt', variant }))

function line(): fc.Arbitrary<LineName> {
  return fc.oneof<fc.WeightedArbitrary<LineName>[]>(
    { weight: 20, arbitrary: fc.constantFrom(MUG, MUG, { productId: 'tray' }, ...SHIRTS) },
    { weight: 2, arbitrary: fc.constant({ productId: 'rice' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<LineName[]>(
        { productId: 'ghost' },
        { productId: 'shirt' },
        { productId: 'shirt', variant: 'xs' },
        { productId: 'mug', variant: 's' },
      ),
    },
  )
}

function key(): fc.Arbitrary<string | undefined> {
  return fc.constantFrom(undefined, undefined, undefined, 'red', 'green', 'blue', 'white')
}

function condition(): fc.Arbitrary<Condition | undefined> {
  return fc.oneof<fc.WeightedArbitrary<Condition | undefined>[]>(
    { weight: 10, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constant('last') },
    { weight: 1, arbitrary: fc.constantFrom<Condition[]>('older', 'of another cart', 'weak', '*') },
  )
}

function milliseconds(): fc.Arbitrary<number> {
  const hour = 3600_000
  return fc.constantFrom(hour, 12 * hour, 24 * hour - 1, 24 * hour, 7 * 24 * hour)
}

function nth(): fc.Arbitrary<number> {
  return fc.nat({ max: 9 })
}
