import { failureThreshold } from './deployment.ts'
import { throttle } from './throttle.ts'

test('the first failures are tried again at once, then ever later, at most after 27 minutes', () => {
  const minutes = [1, 2, 3, 4, 5, 20].map((failures) => throttle(failures) / 60_000)

  expect(minutes).toEqual([0, 0, 10 / 60, 20 / 60, 40 / 60, 27])
})

test.each([
  [0, 3],
  [1, 3],
  [6, 3],
  [7, 4],
  [25, 13],
  [400, 200],
  [1_000, 200],
])('of %d tasks, %d failures in a row fail the deployment', (desired, failures) => {
  expect(failureThreshold(desired)).toBe(failures)
})
