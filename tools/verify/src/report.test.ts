import { summaryOf, told } from './report.ts'
import type { RunResult } from './run.ts'

const FINE: RunResult = {
  seed: 7,
  answered: 90,
  unknown: 2,
  replayed: 4,
  hits: 7,
  faults: { kill: 1, stop: 2 },
  events: 50,
  violations: [],
  isUndecided: false,
  milliseconds: 1_234,
}

test('a run is told in a line', () => {
  expect(told(FINE)).toBe(
    'seed 7: 90 answered (4 again, 7 from the cache), 2 unknown, 50 events, kill 1, stop 2, 1.2 s: all explained',
  )
})

test('what cannot be explained is told below it', () => {
  expect(told({ ...FINE, faults: {}, violations: ['one\ntwo', 'three'] })).toBe(
    'seed 7: 90 answered (4 again, 7 from the cache), 2 unknown, 50 events, no faults, 1.2 s: 2 VIOLATIONS\n  one\n  two\n  three',
  )
})

test('a search that was given up is no violation, and not fine', () => {
  expect(told({ ...FINE, isUndecided: true })).toContain(
    'UNDECIDED: the search for an explanation was given up',
  )
})

test('the summary adds up all runs', () => {
  const results = [FINE, { ...FINE, faults: { stop: 3 }, violations: ['one'], isUndecided: true }]

  expect(summaryOf(results).split('\n')).toEqual([
    '2 runs from seed 7: 180 operations answered (8 again, carried out before; 14 from the cache), 4 with unknown outcome, 100 events delivered',
    'faults: kill 1, stop 5',
    '1 violations, 1 undecided',
  ])
})
