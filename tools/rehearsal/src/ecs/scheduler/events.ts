/** An entry of a service's `events`. */
export interface ServiceEvent {
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly message: string
}

/** AWS keeps so many. */
const KEPT = 100

/**
 * A service's events in AWS's words (developer guide, "Viewing Amazon ECS service event messages"; those of deployments as
 * DescribeServices tells them). One that would repeat the last is left out.
 */
export class ServiceEvents {
  readonly #service: string
  readonly #write: (message: string) => void
  readonly #kept: ServiceEvent[] = []

  constructor(service: string, write: (message: string) => void) {
    this.#service = service
    this.#write = write
  }

  /** The newest first, as DescribeServices has them. */
  get newest(): readonly ServiceEvent[] {
    return this.#kept.toReversed()
  }

  started(tasks: readonly string[], replaced: number): void {
    const why = replaced === 0 ? '' : ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.`
    this.#add(`has started ${tasks.length} tasks: ${listOf(tasks)}.${why}`)
  }

  stoppedRunning(tasks: readonly string[]): void {
    this.#add(`has stopped ${tasks.length} running tasks: ${listOf(tasks)}.`)
  }

  stoppedPending(count: number): void {
    this.#add(`stopped ${count} pending tasks.`)
  }

  registered(targetGroup: string): void {
    this.#add(`registered 1 targets in (target-group ${targetGroup})`, 'repeated')
  }

  deregistered(targetGroup: string): void {
    this.#add(`deregistered 1 targets in (target-group ${targetGroup})`, 'repeated')
  }

  draining(deployment: string): void {
    this.#add(
      `(service ${this.#service}, taskSet ${deployment}) has begun draining connections on 1 tasks.`,
      'whole',
    )
  }

  failedHealthCheck(task: string): void {
    this.#add(`(task ${task}) failed container health checks.`)
  }

  unhealthyTarget(target: {
    readonly task: string
    readonly port: number
    readonly targetGroup: string
    readonly reason: string
  }): void {
    const { task, port, targetGroup, reason } = target
    this.#add(
      `(task ${task}) (port ${port}) is unhealthy in (target-group ${targetGroup}) due to (reason ${reason}).`,
    )
  }

  steady(): void {
    this.#add('has reached a steady state.')
  }

  completed(deployment: string): void {
    this.#add(`(deployment ${deployment}) deployment completed.`)
  }

  failed(deployment: string): void {
    this.#add(`(deployment ${deployment}) deployment failed: tasks failed to start.`)
  }

  rollingBack(deployment: string): void {
    this.#add(`rolling back to deployment ${deployment}.`)
  }

  throttled(): void {
    this.#add(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    )
  }

  stuck(): void {
    this.#add(
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    )
  }

  #add(text: string, form: 'once' | 'repeated' | 'whole' = 'once'): void {
    const message = form === 'whole' ? text : `(service ${this.#service}) ${text}`
    if (form === 'once' && this.#kept.at(-1)?.message === message) return
    this.#kept.push({ createdAt: Date.now(), message })
    if (this.#kept.length > KEPT) this.#kept.shift()
    this.#write(message)
  }
}

function listOf(tasks: readonly string[]): string {
  return tasks.map((task) => `(task ${task})`).join(' ')
}
