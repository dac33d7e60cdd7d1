import { traceId } from './trace-id.ts'

const NOW = 0x63441c4a * 1000
const OURS = '1-63441c4a-[0-9a-f]{24}'
const ROOT = 'Root=1-67891233-abcdef012345678912345678'

test.each([
  ['a root is made where there is none', undefined, `Root=${OURS}`],
  ['a received root gets a Self in front', ROOT, `Self=${OURS};${ROOT}`],
  ['fields of applications stay', `${ROOT};CalledFrom=app`, `Self=${OURS};${ROOT};CalledFrom=app`],
  ['a Self is replaced', `Self=1-67891233-old;${ROOT}`, `Self=${OURS};${ROOT}`],
  ['fields without a root get one', 'CalledFrom=app', `Root=${OURS};CalledFrom=app`],
])('%s', (_, received, expected) => {
  expect(traceId(received, 100, NOW)).toMatch(new RegExp(`^${expected}$`))
})

test('with long headers a new root is made', () => {
  expect(traceId(ROOT, 7 * 1024 + 1, NOW)).toMatch(new RegExp(`^Root=${OURS}$`))
  expect(traceId(ROOT, 7 * 1024, NOW)).toContain('Self=')
})
