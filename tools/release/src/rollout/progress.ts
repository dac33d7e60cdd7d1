import type { Deployment, Service, ServiceEvent } from '@aws-sdk/client-ecs'
import { shownEvent } from '@cartwright/deploy/service-events'
import type { Tell } from '@cartwright/deploy/tell'
import { nameOf } from './revisions.ts'

/** So many events are told with a failure. */
const LAST = 8

/** Tells how a service changes: its tasks when their number changes, and each event once. */
export class Progress {
  readonly #tell: Tell
  readonly #known: Set<string | undefined>
  readonly #events: ServiceEvent[] = []
  #tasks = ''

  /** @param before as it is at first; what it has said by then is not told */
  constructor(before: Service, tell: Tell) {
    this.#tell = tell
    this.#known = new Set((before.events ?? []).map(({ id }) => id))
  }

  look({ events = [], deployments = [] }: Service): void {
    const fresh = events.filter(({ id }) => !this.#known.has(id)).toReversed()
    for (const event of fresh) {
      this.#known.add(event.id)
      this.#events.push(event)
      this.#tell(`  ECS: ${shownEvent(event)}`)
    }
    const tasks = deployments.map(shownTasks).join('; ')
    if (tasks !== this.#tasks) this.#tell(`  ${tasks}`)
    this.#tasks = tasks
  }

  /** What ECS has said since it began, the oldest first. */
  get lastEvents(): readonly string[] {
    return this.#events.slice(-LAST).map(shownEvent)
  }
}

/** `shop-cart-api:7 1 of 2 tasks, 1 pending` */
function shownTasks({
  taskDefinition = '',
  desiredCount = 0,
  runningCount = 0,
  pendingCount = 0,
  failedTasks = 0,
}: Deployment): string {
  return [
    `${nameOf(taskDefinition)} ${runningCount} of ${desiredCount} tasks`,
    ...(pendingCount === 0 ? [] : [`${pendingCount} pending`]),
    ...(failedTasks === 0 ? [] : [`${failedTasks} failed`]),
  ].join(', ')
}
