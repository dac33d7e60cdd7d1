/** What a step of the scheduler knows of a task that is to run. */
export interface RolloutTask {
  readonly id: string
  readonly deployment: string
  readonly state: 'starting' | 'healthy' | 'unhealthy'
  readonly zone: string
}

export interface RolloutDeployment {
  readonly id: string
  /** How many tasks of it there are to be. */
  readonly wanted: number
  /** Whether it may start tasks now. */
  readonly mayStart: boolean
}

export interface Rollout {
  readonly desired: number
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  readonly primary: RolloutDeployment
  /** Those that are being replaced, in the order in which they give way. */
  readonly others: readonly RolloutDeployment[]
  readonly tasks: readonly RolloutTask[]
}

export interface Step {
  readonly start: readonly {
    readonly deployment: string
    readonly count: number
    readonly replaced: number
  }[]
  /** Ids of tasks. */
  readonly stop: readonly string[]
  /** How many tasks the deployments that give way keep, by id. */
  readonly wanted: ReadonlyMap<string, number>
  /** Neither a start nor a stop is allowed, and none is under way. */
  readonly stuck: boolean
}

/**
 * The next step towards `desired` tasks of the primary deployment. Developer guide, "Deploy Amazon ECS services by replacing
 * tasks" and "Amazon ECS services" (replacing unhealthy tasks):
 *
 * - no more than `maximumPercent` of the desired count are to run at once, rounded down; no healthy task is stopped where
 *   fewer than `minimumHealthyPercent` would stay, rounded up;
 * - an unhealthy task is stopped when its replacement is healthy, or unhealthy as well; where the maximum leaves no room for
 *   a replacement, unhealthy ones are stopped one at a time to make room;
 * - what ends or turns unhealthy is replaced by the revision that it was of, also while a new one is rolled out;
 * - where the maximum leaves no room for the new revision, healthy old tasks above the minimum make it.
 */
export function nextStep(rollout: Rollout): Step {
  const { desired, primary, tasks } = rollout
  const minimum = Math.ceil((desired * rollout.minimumHealthyPercent) / 100)
  const maximum = Math.floor((desired * rollout.maximumPercent) / 100)
  const stop = new Set<string>()
  const of = (id: string, state: RolloutTask['state']): readonly RolloutTask[] =>
    tasks.filter((task) => task.deployment === id && task.state === state && !stop.has(task.id))
  const healthy = (): number => tasks.filter(({ id, state }) => state === 'healthy' && !stop.has(id)).length
  const take = (some: readonly RolloutTask[], count: number): void => {
    for (const { id } of some.slice(0, Math.max(0, count))) stop.add(id)
  }
  const takeHealthy = (some: readonly RolloutTask[], count: number): void => {
    take(balanced(some), Math.min(count, healthy() - minimum))
  }

  const wanted = givenWay(rollout, of(primary.id, 'healthy').length)
  const others = rollout.others.map((one) => ({ ...one, wanted: wanted.get(one.id) ?? 0 }))
  const all = [...others, primary]
  for (const { id, wanted } of all) {
    const [starting, well, ill] = [of(id, 'starting'), of(id, 'healthy'), of(id, 'unhealthy')]
    if (well.length >= wanted) {
      take(ill, ill.length)
      take(starting, starting.length)
      takeHealthy(well, well.length - wanted)
    } else {
      take(ill, well.length + ill.length - wanted)
      take(starting, starting.length - (wanted - well.length))
    }
  }

  let room = maximum - (tasks.length - stop.size)
  const start: { deployment: string; count: number; replaced: number }[] = []
  let lacking = 0
  for (const { id, wanted, mayStart } of all) {
    if (!mayStart) continue
    const needed = wanted - of(id, 'healthy').length - of(id, 'starting').length
    const count = Math.max(0, Math.min(needed, room))
    const replaced = Math.min(count, of(id, 'unhealthy').length)
    if (count > 0) start.push({ deployment: id, count, replaced })
    room -= count
    lacking += Math.max(0, needed) - count
  }
  if (lacking > 0 && stop.size === 0) makeRoom(lacking)
  const isUnderWay = start.length > 0 || stop.size > 0 || tasks.some(({ state }) => state === 'starting')
  return { start, stop: [...stop], wanted, stuck: lacking > 0 && !isUnderWay }

  function makeRoom(lacking: number): void {
    const ill = tasks.find(({ state }) => state === 'unhealthy')
    if (ill !== undefined) {
      stop.add(ill.id)
      return
    }
    for (const { id, wanted: before } of others) {
      const stopped = stop.size
      take(of(id, 'starting'), lacking - stop.size)
      takeHealthy(of(id, 'healthy'), lacking - stop.size)
      // It gives way: it is not to start them again.
      wanted.set(id, Math.max(0, before - (stop.size - stopped)))
    }
  }
}

/** Each healthy task of the primary deployment takes the place of one of the others. */
function givenWay({ desired, others }: Rollout, healthy: number): Map<string, number> {
  let excess = others.reduce((sum, one) => sum + one.wanted, 0) - Math.max(0, desired - healthy)
  const wanted = new Map<string, number>()
  for (const one of others) {
    const less = Math.max(0, Math.min(one.wanted, excess))
    wanted.set(one.id, one.wanted - less)
    excess -= less
  }
  return wanted
}

/** So that those of the fullest zones come first. */
function balanced(tasks: readonly RolloutTask[]): readonly RolloutTask[] {
  const left = [...tasks]
  const ordered: RolloutTask[] = []
  const inZone = ({ zone }: RolloutTask): number => left.filter((one) => one.zone === zone).length
  while (left.length > 0) {
    const next = left.reduce((one, other) => (inZone(other) > inZone(one) ? other : one))
    ordered.push(next)
    left.splice(left.indexOf(next), 1)
  }
  return ordered
}
