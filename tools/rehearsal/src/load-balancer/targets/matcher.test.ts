import { takes } from './matcher.ts'

test.each([
  ['200', 200, true],
  ['200', 204, false],
  ['200,202', 202, true],
  ['200,202', 201, false],
  ['200-299', 200, true],
  ['200-299', 299, true],
  ['200-299', 300, false],
  ['200-202, 404', 404, true],
])('%s takes %d: %s', (matcher, status, expected) => {
  expect(takes(matcher, status)).toBe(expected)
})
