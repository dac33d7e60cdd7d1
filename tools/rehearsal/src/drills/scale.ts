import { noFailure } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { isServing } from './stage/watch.ts'

export const scale: Drill = {
  about: 'the service is given another number of tasks, 4 unless given, and the former one again',
  needs: 'nothing',
  promises: 'no request fails: a task gets requests once it is healthy, and drains before it ends',
  missing: ({ service: { desiredCount } }, { tasks }) =>
    tasks === desiredCount
      ? `the service has ${desiredCount} tasks already; wanted: another number`
      : undefined,

  async play({ aws: { ecs }, watch, settings: { tasks }, note, undo }) {
    const { service } = await watch.look()
    const { cluster, name, desiredCount: former } = service
    const set = async (desiredCount: number): Promise<void> => {
      await ecs.updateService({ cluster, service: name, desiredCount })
    }
    undo(() => set(former))
    for (const count of [tasks, former]) {
      note(`UpdateService: ${count} tasks`)
      await set(count)
      await watch.until(
        `${count} tasks serve`,
        (state) => isServing(state, count) && state.tasks.length === count,
      )
    }
    return noFailure
  },
}
