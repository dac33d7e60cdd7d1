import { follow } from './follow.ts'

test('what goes wrong is told once, and again when it went well meanwhile', async () => {
  const outcomes = ['a', 'a', 'b', '', 'b', '']
  const told: string[] = []
  let end: () => void = () => undefined
  await new Promise<void>((resolve) => {
    const look = async (): Promise<void> => {
      const outcome = outcomes.shift()
      if (outcome === undefined) resolve()
      else if (outcome !== '') throw new Error(outcome)
    }
    end = follow(look, 0, (message) => told.push(message))
  })
  end()

  expect(told).toEqual(['a', 'b', 'b'])
})
