import { summaryOf, told } from './report.ts'

test('a check that passed is a line', () => {
  expect(told({ name: 'a cleared cart is empty', milliseconds: 12, outcome: 'passed' })).toBe(
    '✓ a cleared cart is empty (12 ms)',
  )
})

test('one that failed tells the request, what was seen, and what was wanted', () => {
  const request = { method: 'GET', path: '/cart', requestId: 'r-1' }
  const trouble = { request, seen: 'quantity 1', wanted: 'quantity 2' }

  expect(told({ name: 'it counts', milliseconds: 3, outcome: 'failed', trouble })).toBe(
    `✗ it counts (3 ms)
    GET /cart (X-Request-ID r-1)
    seen:   quantity 1
    wanted: quantity 2`,
  )
})

test('one that nobody can tell of says why', () => {
  const result = { name: 'the event arrives', milliseconds: 3, outcome: 'not checked' } as const

  expect(told({ ...result, reason: 'there are no AWS credentials' })).toBe(
    '- the event arrives: not checked, there are no AWS credentials (3 ms)',
  )
})

test('the last line counts', () => {
  expect(summaryOf({ passed: 12, failed: 0, notChecked: 0 })).toBe('12 passed, 0 failed')
  expect(summaryOf({ passed: 12, failed: 1, notChecked: 2 })).toBe('12 passed, 1 failed, 2 not checked')
})
