import { explore, label, type Model, type Replay, replay, type Step } from './explore.ts'

/** A token on a square board moves right or up; states with the same sum of coordinates are one if `merge`. */
function walk({ size, forbidden, merge = false }: { size: number; forbidden?: string; merge?: boolean }) {
  type Square = readonly [number, number]
  const step = (what: string, [x, y]: Square): Step<Square> => ({
    who: 'token',
    what,
    state: [x, y],
    violation: `${x},${y}` === forbidden ? 'forbidden' : undefined,
  })
  const model: Model<Square> = {
    initial: [0, 0],
    steps: ([x, y]) => [
      ...(x < size ? [step('right', [x + 1, y])] : []),
      ...(y < size ? [step('up', [x, y + 1])] : []),
      ...(x < size && y < size ? [step('across', [x + 1, y + 1])] : []),
    ],
    key: ([x, y]) => (merge ? String(x + y) : `${x},${y}`),
  }
  return model
}

test('every state is met once, and the depth counts the levels', () => {
  expect(explore(walk({ size: 3 }))).toEqual({ outcome: 'complete', states: 16, depth: 4 })
})

test('states with one key are one state', () => {
  expect(explore(walk({ size: 3, merge: true })).states).toBe(7)
})

test('a violation is told with a shortest way to it', () => {
  const result = explore(walk({ size: 3, forbidden: '3,2' }))

  expect(result.outcome === 'violation' && result.timeline.map(label)).toEqual([
    'token right',
    'token across',
    'token across',
  ])
})

test('it stops soon after it has met as many states as allowed', () => {
  const result = explore(walk({ size: 100 }), { states: 50 })

  expect(result.outcome).toBe('stopped')
  expect(result.states).toBeLessThan(100)
})

test('each level is told as it ends', () => {
  const levels: number[][] = []
  explore(walk({ size: 1 }), { onLevel: (depth, states) => levels.push([depth, states]) })

  expect(levels).toEqual([
    [1, 4],
    [2, 4],
  ])
})

describe('replay', () => {
  const goneThrough = (labels: readonly string[]): Replay<readonly [number, number], Step<unknown>> =>
    replay(walk({ size: 1, forbidden: '1,1' }), labels)

  test('takes the steps with these labels', () => {
    const { taken, impossible } = goneThrough(['token right', 'token up'])

    expect(impossible).toBeUndefined()
    expect(taken.map(({ violation }) => violation)).toEqual([undefined, 'forbidden'])
  })

  test('ends before a step that is not possible, and tells what is', () => {
    const { taken, impossible } = goneThrough(['token right', 'token right', 'token up'])

    expect(taken.map(label)).toEqual(['token right'])
    expect(impossible?.label).toBe('token right')
    expect(impossible?.instead.map(label)).toEqual(['token up'])
  })
})
