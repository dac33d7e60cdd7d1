import type { DynamoFault } from '../rehearsal/remote.ts'
import { onlyRetryLater } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { isServing } from './stage/watch.ts'

/** So many requests in a row are answered well when all is over. */
const WELL = 20
/** How long that may take, in milliseconds. */
const PATIENCE = 60_000

interface Fault {
  readonly fault: Exclude<DynamoFault, 'none'>
  readonly milliseconds: number
  readonly about: string
  readonly promises: string
}

/** All requests of tasks to DynamoDB fail for a while, and nobody is restarted for it. */
export function dynamodbFault({ fault, milliseconds, about, promises }: Fault): Drill {
  return {
    about,
    needs: 'nothing',
    promises,
    missing: () => undefined,

    async play({ remote, watch, load, note, undo }) {
      const before = await watch.look()
      undo(() => remote.setDynamoFault('none'))
      note(`DynamoDB: ${fault}`)
      await remote.setDynamoFault(fault)
      await watch.pause(milliseconds)
      note('DynamoDB: as it was')
      await remote.setDynamoFault('none')
      const over = load.answers.length + load.open
      const after = await watch.until(
        'requests are answered well again',
        (state) => {
          const last = load.answers.slice(-WELL)
          return (
            isServing(state) &&
            load.answers.length >= over + WELL &&
            last.every(({ outcome }) => Number(outcome) < 500)
          )
        },
        PATIENCE,
      )
      const stopped = before.tasks.filter(({ id }) => !after.tasks.some((task) => task.id === id))
      const started = after.tasksStarted - before.tasksStarted
      const broken =
        stopped.length + started === 0
          ? []
          : [`${stopped.length} tasks ended and ${started} were started; promised: none`]
      if (broken.length === 0) note('no task ended, and none was started')
      return (load) => [...broken, ...onlyRetryLater(load)]
    },
  }
}
