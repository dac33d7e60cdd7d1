import { isFresh, parsePrecondition } from './preconditions.ts'

test.each([
  ['*', 'any'],
  [' * ', 'any'],
  ['"a"', { strong: ['"a"'], weak: [] }],
  ['"a", W/"b" ,"c"', { strong: ['"a"', '"c"'], weak: ['"b"'] }],
  ['""', { strong: ['""'], weak: [] }],
])('%s is read', (header, expected) => {
  expect(parsePrecondition(header)).toEqual(expected)
})

test.each(['', 'a', '"a', '"a" "b"', 'w/"a"', '"a",', "'a'", '"a\u0000"', '"a", *'])(
  '%j is refused',
  (header) => {
    expect(parsePrecondition(header)).toBeUndefined()
  },
)

test('If-None-Match compares weakly: a mark of weakness does not matter', () => {
  expect(isFresh({ strong: [], weak: ['"a"'] }, '"a"')).toBe(true)
  expect(isFresh({ strong: ['"a"'], weak: [] }, '"b"')).toBe(false)
  expect(isFresh('any', '"b"')).toBe(true)
})
