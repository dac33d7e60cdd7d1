import { nextStep, type Rollout, type RolloutTask } from './rollout.ts'

const OLD = 'old'
const NEW = 'new'

let next = 0
function tasks(deployment: string, state: RolloutTask['state'], count: number): readonly RolloutTask[] {
  return Array.from({ length: count }, () => {
    next += 1
    return { id: `${deployment}-${next}`, deployment, state, zone: next % 2 === 0 ? 'a' : 'b' }
  })
}

function rollout(change: Partial<Rollout>): Rollout {
  const { desired = 2 } = change
  return {
    desired,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    primary: { id: NEW, wanted: desired, mayStart: true },
    others: [],
    tasks: [],
    ...change,
  }
}

const others = (wanted: number): Rollout['others'] => [{ id: OLD, wanted, mayStart: true }]

test('what is missing is started', () => {
  expect(nextStep(rollout({ tasks: tasks(NEW, 'healthy', 1) })).start).toEqual([
    { deployment: NEW, count: 1, replaced: 0 },
  ])
})

test('with 100/200 all new tasks start beside the old ones', () => {
  const step = nextStep(rollout({ others: others(2), tasks: tasks(OLD, 'healthy', 2) }))

  expect(step).toMatchObject({ start: [{ deployment: NEW, count: 2 }], stop: [] })
})

test('each new healthy task takes the place of an old one', () => {
  const old = tasks(OLD, 'healthy', 2)
  const step = nextStep(
    rollout({
      others: others(2),
      tasks: [...old, ...tasks(NEW, 'healthy', 1), ...tasks(NEW, 'starting', 1)],
    }),
  )

  expect(step.stop).toHaveLength(1)
  expect(old.map(({ id }) => id)).toContain(step.stop[0])
  expect(step.wanted.get(OLD)).toBe(1)
})

test('with 50/100 old tasks make room, down to the minimum', () => {
  const step = nextStep(
    rollout({
      desired: 4,
      minimumHealthyPercent: 50,
      maximumPercent: 100,
      others: others(4),
      tasks: tasks(OLD, 'healthy', 4),
    }),
  )

  expect(step).toMatchObject({ start: [], stuck: false })
  expect(step.stop).toHaveLength(2)
  expect(step.wanted.get(OLD)).toBe(2)
})

test('with 100/100 nothing can be rolled out, and that is told', () => {
  const step = nextStep(rollout({ maximumPercent: 100, others: others(2), tasks: tasks(OLD, 'healthy', 2) }))

  expect(step).toMatchObject({ start: [], stop: [], stuck: true })
})

describe('an unhealthy task', () => {
  test('stays until its replacement is healthy', () => {
    const ill = tasks(NEW, 'unhealthy', 1)
    const with_ = (state: RolloutTask['state']) =>
      nextStep(rollout({ desired: 1, tasks: [...ill, ...tasks(NEW, state, 1)] }))

    expect(nextStep(rollout({ desired: 1, tasks: ill })).start).toEqual([
      { deployment: NEW, count: 1, replaced: 1 },
    ])
    expect(with_('starting')).toMatchObject({ start: [], stop: [] })
    expect(with_('healthy').stop).toEqual(ill.map(({ id }) => id))
  })

  test('is stopped where its replacement is unhealthy, too', () => {
    const step = nextStep(rollout({ desired: 1, tasks: tasks(NEW, 'unhealthy', 2) }))

    expect(step.stop).toHaveLength(1)
  })

  test('makes room where there is none for a replacement, one at a time', () => {
    const step = nextStep(rollout({ maximumPercent: 100, tasks: tasks(NEW, 'unhealthy', 2) }))

    expect(step.stop).toHaveLength(1)
  })

  test('of the old revision is replaced by the old revision', () => {
    const step = nextStep(
      rollout({
        primary: { id: NEW, wanted: 2, mayStart: false },
        others: others(2),
        tasks: [...tasks(OLD, 'healthy', 1), ...tasks(OLD, 'unhealthy', 1)],
      }),
    )

    expect(step.start).toEqual([{ deployment: OLD, count: 1, replaced: 1 }])
  })
})

test('a smaller count stops what is not healthy first, then from the fullest zone', () => {
  const many = [
    { id: 'a1', deployment: NEW, state: 'healthy', zone: 'a' },
    { id: 'a2', deployment: NEW, state: 'healthy', zone: 'a' },
    { id: 'b1', deployment: NEW, state: 'healthy', zone: 'b' },
    { id: 'b2', deployment: NEW, state: 'starting', zone: 'b' },
  ] as const

  expect(nextStep(rollout({ desired: 2, tasks: many })).stop.toSorted()).toEqual(['a1', 'b2'])
})

/** Fractions of one that look random, always the same for a seed. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

test.each([
  [100, 200],
  [50, 100],
  [50, 200],
  [100, 150],
  [0, 100],
])('with %d/%d every rollout keeps to its limits at every step, and comes to an end', (minimum, maximum) => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = chance(seed)
    const desired = 1 + Math.floor(random() * 6)
    const least = Math.ceil((desired * minimum) / 100)
    const most = Math.floor((desired * maximum) / 100)
    // With these nothing can be exchanged.
    if (least === most && most === desired) continue
    let wanted = desired
    let running = [...tasks(OLD, 'healthy', desired)]
    for (let turn = 0; ; turn++) {
      const told = `seed ${seed}, turn ${turn}`
      if (turn > 500) throw new Error(`${told}: it does not end`)
      // Tasks get healthy, turn ill, die; after a while nothing happens to them any more.
      running = running.flatMap((task): readonly RolloutTask[] => {
        const luck = random()
        if (turn < 100 && luck < 0.03) return []
        if (turn < 100 && luck < 0.06) return [{ ...task, state: 'unhealthy' }]
        return task.state === 'starting' && luck < 0.5 ? [{ ...task, state: 'healthy' }] : [task]
      })
      const healthy = running.filter(({ state }) => state === 'healthy').length
      const step = nextStep({
        desired,
        minimumHealthyPercent: minimum,
        maximumPercent: maximum,
        primary: { id: NEW, wanted: desired, mayStart: true },
        others: wanted > 0 || running.some(({ deployment }) => deployment === OLD) ? others(wanted) : [],
        tasks: running,
      })
      wanted = step.wanted.get(OLD) ?? 0
      running = running.filter(({ id }) => !step.stop.includes(id))
      const after = running.filter(({ state }) => state === 'healthy').length
      if (after < healthy) expect({ told, enough: after >= least }).toEqual({ told, enough: true })
      for (const { deployment, count } of step.start) running.push(...tasks(deployment, 'starting', count))
      if (step.start.length > 0) expect({ told, room: running.length <= most }).toEqual({ told, room: true })
      const isDone =
        running.length === desired &&
        running.every(({ deployment, state }) => deployment === NEW && state === 'healthy')
      if (turn > 100 && isDone) break
    }
  }
})
