import { explore, label, replay } from '../explore.ts'
import { RULES, type Rule } from '../rules.ts'
import { TIMELINES } from '../timelines.ts'
import { protocol } from './protocol.ts'

const PROCESSES = 2
const MOST_TIME = 60_000

describe('the protocol', () => {
  test.each([
    { writes: 1, reads: 2, epochs: 0, returns: 0, states: 186_426, depth: 25 },
    { writes: 1, reads: 2, epochs: 0, returns: 1, states: 398_458, depth: 27 },
  ])(
    'has no stale read with $writes write, $reads reads, $epochs changes of the epoch, $returns returns',
    ({ states, depth, ...sizes }) => {
      const result = explore(protocol({ processes: PROCESSES, ...sizes }))

      expect(result).toEqual({ outcome: 'complete', states, depth })
    },
    MOST_TIME,
  )
})

const stored = new Map<string, readonly string[]>(Object.entries(TIMELINES))

describe.each<Rule>([...RULES])('without $id', (rule) => {
  const sizes = { processes: PROCESSES, ...rule.shows }
  const broken = protocol(sizes, rule.id)
  const timeline = stored.get(rule.id)
  if (timeline === undefined) {
    test(
      'a read is stale',
      () => {
        const result = explore(broken)
        if (result.outcome !== 'violation') throw new Error(`no stale read: ${result.outcome}`)

        expectToNeedTheRule(result.timeline.map(label))
      },
      MOST_TIME,
    )
  } else {
    test('a read is stale in the stored timeline', () => expectToNeedTheRule(timeline))
  }

  /** The last step, and no other, is a stale read; with the rule, the first step that differs is one it guards. */
  function expectToNeedTheRule(labels: readonly string[]): void {
    const without = replay(broken, labels)
    expect(without.impossible).toBeUndefined()
    const violations = without.taken.map(({ violation }) => violation)
    expect(violations.slice(0, -1).every((violation) => violation === undefined)).toBe(true)
    expect(violations.at(-1)).toMatch(/^stale read: v\d after v\d was known$/)

    const intact = replay(protocol(sizes), labels)
    expect(intact.impossible).toBeDefined()
    expect(rule.guards).toContain(without.taken[intact.taken.length]?.step)
  }
})
