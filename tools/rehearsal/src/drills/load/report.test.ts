import type { Answer, Phase } from './answer.ts'
import { reportOf } from './report.ts'

const answer = (changes: Partial<Answer>): Answer => ({
  act: 'read',
  phase: 'during',
  sentAt: 0,
  milliseconds: 5,
  outcome: 200,
  hasRetryAfter: false,
  ...changes,
})

test('each answer counts once, and what says when to come again is told apart', () => {
  const answers = [
    answer({ phase: 'before', instance: 'a' }),
    answer({ instance: 'a' }),
    answer({ outcome: 201, instance: 'b' }),
    answer({ outcome: 503, hasRetryAfter: true, milliseconds: 900 }),
    answer({ outcome: 503 }),
    answer({ outcome: 'cut' }),
    answer({ outcome: 404, phase: 'after' }),
  ]

  const report = reportOf({ answers, heldBack: 2, audits: [{ lost: 1, invented: 0, stale: 2 }, undefined] })

  expect(report).toMatchObject({
    requests: 7,
    heldBack: 2,
    answers: { 200: 2, 201: 1, 404: 1, 503: 1, '503 with Retry-After': 1, cut: 1 },
    failed: 3,
    retryLater: 1,
    instances: { a: 2, b: 1 },
    longest: { outcome: 503, milliseconds: 900 },
    carts: { count: 2, silent: 1, lost: 1, invented: 0, stale: 2 },
  })
  expect(report.troubles.map(({ outcome }) => outcome)).toEqual([503, 'cut', 404])
  expect(report.phases.during).toMatchObject({ requests: 5, failed: 3 })
})

test('percentiles are those of the nearest rank, of each phase', () => {
  const of = (phase: Phase, count: number): Answer[] =>
    Array.from({ length: count }, (_, index) => answer({ phase, milliseconds: index + 1 }))

  const { phases } = reportOf({
    answers: [...of('before', 200), ...of('during', 1)],
    heldBack: 0,
    audits: [],
  })

  expect(phases).toEqual({
    before: { requests: 200, failed: 0, p50: 100, p99: 198, longest: 200 },
    during: { requests: 1, failed: 0, p50: 1, p99: 1, longest: 1 },
    after: { requests: 0, failed: 0, p50: 0, p99: 0, longest: 0 },
  })
})
