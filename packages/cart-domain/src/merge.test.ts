import { DAY, HOUR, line, MUG, NOW, SHIRT_M, SHIRT_S, TEA } from '../test/builders.ts'
import type { Line } from './cart.ts'
import type { Limits, MergeStrategy } from './commands.ts'
import { lineKey, mergeLines } from './merge.ts'

const LATER = NOW + HOUR
const LIMITS: Limits = { maxLines: 3, maxLineQuantity: 10 }

/** The same line on both sides: the target's was added first, the source's is newer and dearer. */
const OLDER = line(TEA, 4, { unitPrice: 200, addedAt: NOW - DAY, changedAt: NOW - HOUR })
const NEWER = line(TEA, 3, { unitPrice: 250, addedAt: NOW - HOUR, changedAt: NOW })

describe('a line that both carts have', () => {
  test.each<[MergeStrategy, Line]>([
    ['sum', { ...OLDER, quantity: 7, unitPrice: 250, changedAt: LATER }],
    ['last-write-wins', { ...NEWER, addedAt: OLDER.addedAt }],
    ['max', OLDER],
    ['keep-target', OLDER],
  ])('by %s, the source being newer', (strategy, expected) => {
    const { lines, report } = merged([OLDER], [NEWER], strategy)

    expect(lines).toStrictEqual([expected])
    expect(report).toStrictEqual({ strategy, capped: [], leftOut: [] })
  })

  test.each<[MergeStrategy, Line]>([
    ['sum', { ...NEWER, quantity: 7, changedAt: LATER }],
    ['last-write-wins', NEWER],
    ['max', { ...NEWER, quantity: 4, changedAt: LATER }],
    ['keep-target', NEWER],
  ])('by %s, the target being newer', (strategy, expected) => {
    expect(merged([NEWER], [OLDER], strategy).lines).toStrictEqual([expected])
  })

  test('changed at the same moment on both sides stays the target by last-write-wins', () => {
    const target = line(TEA, 1)

    expect(merged([target], [line(TEA, 9)], 'last-write-wins').lines).toStrictEqual([target])
  })
})

describe('the limit of one line', () => {
  test.each<[MergeStrategy, number, number, number, number | undefined]>([
    ['sum', 6, 5, 10, 11],
    ['sum', 5, 5, 10, undefined],
    ['max', 6, 12, 10, 12],
    ['last-write-wins', 6, 12, 10, 12],
    ['keep-target', 6, 12, 6, undefined],
  ])('by %s of %d and %d keeps %d and reports what was asked', (strategy, held, coming, kept, asked) => {
    const target = line(TEA, held)
    const source = line(TEA, coming, { changedAt: NOW + 1 })

    const { lines, report } = merged([target], [source], strategy)

    expect(lines).toMatchObject([{ quantity: kept }])
    expect(report.capped).toStrictEqual(asked === undefined ? [] : [{ ...TEA, asked, kept }])
  })

  test.each<MergeStrategy>(['sum', 'max', 'last-write-wins', 'keep-target'])(
    'caps a line that only the source has, by %s',
    (strategy) => {
      const { lines, report } = merged([], [line(SHIRT_S, 12)], strategy)

      expect(lines).toStrictEqual([line(SHIRT_S, 10, { changedAt: LATER })])
      expect(report.capped).toStrictEqual([{ ...SHIRT_S, asked: 12, kept: 10 }])
    },
  )

  test('dates a line that the merge capped to the merge, by last-write-wins too', () => {
    const { lines } = merged([OLDER], [{ ...NEWER, quantity: 12 }], 'last-write-wins')

    expect(lines).toStrictEqual([{ ...NEWER, quantity: 10, addedAt: OLDER.addedAt, changedAt: LATER }])
  })

  test.each<MergeStrategy>(['sum', 'max', 'keep-target'])(
    'never shrinks a line of the target that was made before the limit was lowered, by %s',
    (strategy) => {
      const target = line(TEA, 15)

      const { lines, report } = merged([target], [line(TEA, 2, { changedAt: NOW + 1 })], strategy)

      expect(lines).toStrictEqual([target])
      expect(report.capped).toStrictEqual(strategy === 'sum' ? [{ ...TEA, asked: 17, kept: 15 }] : [])
    },
  )
})

describe('the limit of lines', () => {
  test('leaves out what does not fit, in the order of the source, and still merges lines that are there', () => {
    const target = [line(TEA, 1), line(MUG, 1)]
    const source = [line(SHIRT_S, 2), line(SHIRT_M, 3), line(MUG, 4)]

    const { lines, report } = merged(target, source, 'sum')

    expect(lines).toMatchObject([TEA, { ...MUG, quantity: 5 }, { ...SHIRT_S, quantity: 2 }])
    expect(report.leftOut).toStrictEqual([{ ...SHIRT_M, quantity: 3 }])
  })

  test('never drops a line of the target', () => {
    const target = [line(TEA, 1), line(MUG, 1), line(SHIRT_S, 1), line(SHIRT_M, 1)]

    expect(merged(target, [line(TEA, 1)], 'keep-target').lines).toStrictEqual(target)
  })
})

test('a line taken over whole keeps its times and price', () => {
  expect(merged([], [OLDER], 'sum').lines).toStrictEqual([OLDER])
})

test('the key of a line is product and variant, and nothing else', () => {
  expect(lineKey(line(SHIRT_S, 1))).toStrictEqual(SHIRT_S)
  expect(lineKey(line(TEA, 1))).toStrictEqual(TEA)
})

function merged(target: readonly Line[], source: readonly Line[], strategy: MergeStrategy) {
  return mergeLines(target, source, strategy, LIMITS, LATER)
}
