import fc from 'fast-check'
import type { CartInput, CartOutput } from '../cart-specification.ts'
import { checkLinearizability, type Operation } from '../linearizability.ts'
import { histories } from '../test/histories.ts'
import { beginningUntil, endFrom, isWatching, latestAdds, onlyCart, shrink } from './shrink.ts'
import { timeline } from './timeline.ts'
import { type ShownOperation, weakenedSpecification } from './weakened.ts'

type CartOperation = Operation<CartInput, CartOutput>

function canBeExplained(operations: readonly ShownOperation[]): boolean {
  return checkLinearizability(operations, weakenedSpecification).kind === 'linearizable'
}

describe('a history that can be explained', () => {
  const property = (name: string, check: (history: readonly CartOperation[], nth: number) => void): void =>
    test(name, () => {
      fc.assert(
        fc.property(histories(30, 4), fc.nat(), (history, nth) => check(history, nth)),
        { numRuns: 1_000 },
      )
    })

  property('can be by the weakened rules', (history) => {
    expect(canBeExplained(history)).toBe(true)
  })

  property('can be until any moment', (history, nth) => {
    const moment = history[nth % Math.max(1, history.length)]?.answered ?? 0

    expect(canBeExplained(beginningUntil(history, moment))).toBe(true)
  })

  property('can be for one cart alone, also until any moment', (history, nth) => {
    const moment = history[nth % Math.max(1, history.length)]?.answered ?? 0
    for (const cart of ['a', 'b']) {
      expect(canBeExplained(onlyCart(history, cart))).toBe(true)
      expect(canBeExplained(beginningUntil(onlyCart(history, cart), moment))).toBe(true)
      expect(canBeExplained(onlyCart(beginningUntil(history, moment), cart))).toBe(true)
    }
  })

  property('can be from the latest adds of any moment on', (history, nth) => {
    const beginning = beginningUntil(history, history[nth % Math.max(1, history.length)]?.answered ?? 0)
    for (const whole of [history, beginning]) {
      for (const part of [whole, onlyCart(whole, 'a'), onlyCart(whole, 'b')]) {
        for (const adds of latestAdds(part)) expect(canBeExplained(endFrom(part, adds) ?? [])).toBe(true)
      }
    }
  })

  property('can be without any of what changed nothing', (history, nth) => {
    const left = history.filter(
      (operation, index) => !isWatching(operation) || (nth >> (index % 30)) % 2 === 0,
    )

    expect(canBeExplained(left)).toBe(true)
  })
})

test('a long history with one wrong answer is cut down to a few operations that cannot be explained either', () => {
  const long = fc.sample(histories(200, 60, 200), { numRuns: 10, seed: 1 })
  for (const history of long) {
    const [wrong] = history.slice(100).filter(({ output }) => output?.kind === 'cart')
    const damaged = history.map((operation): CartOperation => {
      if (operation !== wrong || operation.output?.kind !== 'cart') return operation
      return { ...operation, output: { ...operation.output, lines: { ...operation.output.lines, ghost: 1 } } }
    })

    const short = shrink(damaged) ?? damaged

    expect(canBeExplained(short)).toBe(false)
    const answered = (operations: readonly ShownOperation[]) => operations.filter(({ output }) => output)
    expect(answered(short).length).toBeLessThan(answered(damaged).length / 5)
  }
}, 60_000)

test('what can be explained is not shrunk', () => {
  const [fine] = fc.sample(histories(50, 12, 50), { numRuns: 1, seed: 1 })

  expect(shrink(fine ?? [])).toBeUndefined()
})

test('a lost update is told as the two adds that cannot both be', () => {
  const ask = (
    by: string,
    input: CartInput,
    output: CartOutput | undefined,
    sent: number,
    took = 2,
  ): CartOperation => ({
    by,
    input,
    output,
    sent,
    answered: output === undefined ? Number.POSITIVE_INFINITY : sent + took,
  })
  const shows = (version: number, tea: number): CartOutput => ({ kind: 'cart', version, lines: { tea } })
  const add = (quantity: number): CartInput => ({ does: 'add', cart: 'a', line: 'tea', quantity })
  const history = [
    ask('client 1', add(1), shows(1, 1), 100),
    ask('client 2', { does: 'clear', cart: 'b' }, { kind: 'cart', version: 0, lines: {} }, 101),
    ask('client 1', add(1), shows(2, 2), 110),
    ask('client 1', { does: 'read', cart: 'a' }, shows(2, 2), 115),
    ask('client 1', add(2), shows(3, 4), 120, 5.25),
    ask('client 2', add(3), shows(3, 5), 121),
    ask('client 2', { does: 'read', cart: 'a' }, shows(3, 5), 130),
    ask('client 1', add(1), shows(4, 6), 140),
  ]

  expect(timeline(shrink(history) ?? []).split('\n')).toEqual([
    'who       begin/ms  end/ms  asked               answered',
    'client 1       0.0     5.3  (an add left a so)  → v3: 4 tea',
    'client 2       1.0     3.0  add 3 tea to a      → v3: 5 tea',
    'no order explains all answers: at best they lead to a at v3: 4 tea, and nothing explains ' +
      '"add 3 tea to a → v3: 5 tea" of client 2 from there',
  ])
})
