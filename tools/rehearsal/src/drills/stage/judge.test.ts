import type { Answer } from '../load/answer.ts'
import { reportOf } from '../load/report.ts'
import { always, noFailure, onlyRetryLater } from './judge.ts'

const answer = (changes: Partial<Answer>): Answer => ({
  act: 'add',
  phase: 'during',
  sentAt: 0,
  milliseconds: 5,
  outcome: 200,
  hasRetryAfter: false,
  ...changes,
})
const load = (answers: readonly Answer[], audits: Parameters<typeof reportOf>[0]['audits'] = []) =>
  reportOf({ answers, heldBack: 0, audits })

const later = answer({ outcome: 503, hasRetryAfter: true })
const cut = answer({ outcome: 'cut', reason: 'socket hang up' })

test('no failure is none, not even one that says when to come again', () => {
  expect(noFailure(load([answer({})]))).toEqual([])
  expect(noFailure(load([answer({}), later, cut]))).toEqual([
    '2 of 3 requests failed, 1 of them 503 with Retry-After; promised: none (the first: cut to add during it, after 5 ms, socket hang up)',
  ])
})

test('where clients may be sent away, they are told when to come again', () => {
  expect(onlyRetryLater(load([answer({}), later]))).toEqual([])
  expect(onlyRetryLater(load([later, answer({ outcome: 503 }), cut]))).toEqual([
    '1 × 503, 1 × cut beside 503 with Retry-After; promised: no other failure (the first: 503 to add during it, after 5 ms)',
  ])
})

test('in every drill all is well before and after it', () => {
  expect(always(load([later, cut]))).toEqual([])
  expect(
    always(
      load([
        { ...later, phase: 'before' },
        { ...cut, phase: 'after' },
      ]),
    ),
  ).toEqual(['1 requests failed before it; promised: none', '1 requests failed after it; promised: none'])
})

test('in every drill nothing is lost, invented, stale, silent, or answered beside the question', () => {
  const audits = [{ lost: 1, invented: 2, stale: 3 }, undefined]

  expect(always(load([answer({ outcome: 404 })], audits))).toEqual([
    expect.stringMatching(/^1 × 404; promised: only answers that were asked for/),
    expect.stringMatching(/^1 acknowledged pieces are in no cart/),
    expect.stringMatching(/^2 pieces are there/),
    expect.stringMatching(/^3 answers were older/),
    expect.stringMatching(/^1 of 2 carts could not be read/),
  ])
})
