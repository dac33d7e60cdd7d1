import { objectionIn, type Scan } from './scan.ts'

const scan = (status: 'COMPLETE' | 'ACTIVE' | 'FAILED', counts: Record<string, number> = {}): Scan => ({
  imageScanStatus: { status },
  imageScanFindings: { findingSeverityCounts: counts },
})

test.each([
  scan('COMPLETE'),
  scan('ACTIVE', { MEDIUM: 4, LOW: 20, INFORMATIONAL: 7, UNDEFINED: 1 }),
  scan('COMPLETE', { CRITICAL: 0 }),
])('nothing speaks against %j', (one) => {
  expect(objectionIn(one)).toBeUndefined()
})

test.each([
  [
    scan('COMPLETE', { CRITICAL: 1, HIGH: 2, LOW: 3 }),
    'the scan found vulnerabilities (1 critical, 2 high); wanted: none',
  ],
  [scan('FAILED'), 'the scan is FAILED; wanted: COMPLETE'],
  [{}, 'the scan is missing; wanted: COMPLETE'],
] as const)('%j: %s', (one, words) => {
  expect(objectionIn(one)).toContain(words)
})
