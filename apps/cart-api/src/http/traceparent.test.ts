import { TRACEPARENT } from './traceparent.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

test.each([
  `00-${TRACE}-${PARENT}-01`,
  `cc-${TRACE}-${PARENT}-01`,
  `01-${TRACE}-${PARENT}-01-what-comes-later`,
])('%s is one', (text) => {
  expect(TRACEPARENT.test(text)).toBe(true)
})

test.each([
  '',
  'mine',
  `ff-${TRACE}-${PARENT}-01`,
  `00-${'0'.repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}-01-`,
  `01-${TRACE}-${PARENT}-01more`,
])('%j is none', (text) => {
  expect(TRACEPARENT.test(text)).toBe(false)
})
