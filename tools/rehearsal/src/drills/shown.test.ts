import type { Answer } from './load/answer.ts'
import { reportOf } from './load/report.ts'
import type { DrillReport } from './run.ts'
import { shownReport, shownTable } from './shown.ts'

const answer = (changes: Partial<Answer>): Answer => ({
  act: 'read',
  phase: 'during',
  sentAt: 0,
  milliseconds: 5,
  outcome: 200,
  hasRetryAfter: false,
  instance: '0123456789abcdef',
  ...changes,
})

const report = (changes: Partial<DrillReport>): DrillReport => ({
  drill: 'spot-interruption',
  isLate: true,
  held: true,
  broken: [],
  milliseconds: 61_000,
  load: reportOf({
    answers: [
      answer({ phase: 'before' }),
      answer({ milliseconds: 1234, act: 'add' }),
      answer({ outcome: 503, hasRetryAfter: true }),
    ],
    heldBack: 0,
    audits: [{ lost: 0, invented: 0, stale: 0 }],
  }),
  ...changes,
})

test('a report tells what became of requests, the longest wait, and the verdict', () => {
  expect(shownReport(report({})).split('\n')).toEqual([
    'requests   3',
    'answers    2 × 200, 1 × 503 with Retry-After',
    'failed     1 (5xx or cut off), 1 of them 503 with Retry-After',
    'by task    3 × 01234567',
    'carts      1: 0 lost, 0 invented, 0 stale',
    'longest    1.23 s, to add during it (200)',
    '',
    'phase   requests  failed   p50     p99  longest wait',
    'before         1       0  5 ms    5 ms          5 ms',
    'during         2       1  5 ms  1.23 s        1.23 s',
    'after          0       0  0 ms    0 ms          0 ms',
    '',
    'held: no request fails: the task goes on serving until the load balancer has sent its requests elsewhere',
    'spot-interruption --late: held, 1 min 1 s',
  ])
})

test('what was broken is said', () => {
  const shown = shownReport(report({ held: false, broken: ['1 of 3 requests failed; promised: none'] }))

  expect(shown.split('\n').slice(-3)).toEqual([
    expect.stringMatching(/^broken, promised was: no request fails: /),
    '  1 of 3 requests failed; promised: none',
    'spot-interruption --late: broken, 1 min 1 s',
  ])
})

test('the table of all has a line for each, also for what was not played', () => {
  const rows = shownTable([
    report({}),
    report({ drill: 'scale', isLate: false, held: false }),
    { drill: 'redis-down', isLate: false, why: 'there is no Redis' },
  ])

  expect(rows.split('\n')).toEqual([
    'drill                     verdict  requests  failed  retry later  longest wait',
    'spot-interruption --late     held         3       0            1        1.23 s',
    'scale                      BROKEN         3       0            1        1.23 s',
    'redis-down                not played: there is no Redis',
  ])
})
