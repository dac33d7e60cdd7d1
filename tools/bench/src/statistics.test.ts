import { pairedRatio, spread } from './statistics.ts'

test('the median of an odd number of values is the middle one', () => {
  expect(spread([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 })
})

test('the median of an even number of values lies between the two in the middle', () => {
  expect(spread([1, 2, 4, 100])).toEqual({ median: 3, min: 1, max: 100 })
})

test('one value is its own median and range', () => {
  expect(spread([7])).toEqual({ median: 7, min: 7, max: 7 })
})

test('no values have no spread', () => {
  expect(() => spread([])).toThrow('got no values; wanted: at least one')
})

test('the ratio is taken within each round, so that a slow round counts for both sides', () => {
  const slowSecondRound = pairedRatio([20, 200, 24], [10, 100, 10])

  expect(slowSecondRound).toEqual({ median: 2, min: 2, max: 2.4 })
})

test('a ratio needs a partner for every value', () => {
  expect(() => pairedRatio([1, 2], [1])).toThrow('got 2 and 1 values; wanted: pairs')
})
