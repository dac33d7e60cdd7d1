import { readMark, shownMark } from './marks.ts'

test.each([
  { tree: '89ab', tag: '0123' },
  { tree: 'unknown', tag: '0123-changed' },
])('what is marked with %j is read again', (mark) => {
  expect(readMark(shownMark(mark))).toEqual(mark)
})

test.each(['0123', 'in-use-0123', 'in-use-', 'latest'])('%s is no mark', (tag) => {
  expect(readMark(tag)).toBeUndefined()
})
