import { randomInt } from 'node:crypto'
import type { TaskDefinition } from '../service.ts'

/** A deployment of a service, as DescribeServices tells it (API reference: Deployment). */
export interface Deployment {
  readonly id: string
  readonly status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE'
  readonly taskDefinition: string
  readonly desiredCount: number
  readonly pendingCount: number
  readonly runningCount: number
  /** In a row. */
  readonly failedTasks: number
  /** PENDING, which DescribeServices tells as IN_PROGRESS, until the scheduler has looked at it. */
  readonly rolloutState: RolloutState
  readonly rolloutStateReason: string
  readonly createdAt: number
  readonly updatedAt: number
}

export type RolloutState = 'PENDING' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'

/** A deployment while it is under way. */
export class OpenDeployment {
  readonly id: string
  readonly definition: TaskDefinition
  readonly createdAt = Date.now()
  status: Deployment['status'] = 'PRIMARY'
  /** How many tasks of it there are to be. */
  wanted: number
  failedTasks = 0
  /** Starts in a row that never reached RUNNING, and when the next may be. */
  failedStarts = 0
  nextStart = 0
  /** A deployment that was completed once can be gone back to. */
  wasCompleted = false
  #rolloutState: RolloutState = 'PENDING'
  #rolloutStateReason: string
  #updatedAt = Date.now()

  constructor(definition: TaskDefinition, wanted: number, id = newId()) {
    this.id = id
    this.definition = definition
    this.wanted = wanted
    this.#rolloutStateReason = `ECS deployment ${id} in progress.`
  }

  get rolloutState(): RolloutState {
    return this.#rolloutState
  }

  get isOpen(): boolean {
    return this.#rolloutState === 'PENDING' || this.#rolloutState === 'IN_PROGRESS'
  }

  become(state: RolloutState, reason: string): void {
    this.#rolloutState = state
    this.#rolloutStateReason = reason
    this.#updatedAt = Date.now()
    if (state === 'COMPLETED') this.wasCompleted = true
  }

  tell(counts: { readonly pendingCount: number; readonly runningCount: number }): Deployment {
    return {
      id: this.id,
      status: this.status,
      taskDefinition: this.definition.arn,
      desiredCount: this.wanted,
      ...counts,
      failedTasks: this.failedTasks,
      rolloutState: this.#rolloutState,
      rolloutStateReason: this.#rolloutStateReason,
      createdAt: this.createdAt,
      updatedAt: this.#updatedAt,
    }
  }
}

/**
 * So many tasks in a row may fail before a deployment does: half the desired count, rounded up, at least 3, at most 200
 * (developer guide, "How the Amazon ECS deployment circuit breaker detects failures").
 */
export function failureThreshold(desired: number): number {
  return Math.min(Math.max(Math.ceil(desired / 2), 3), 200)
}

function newId(): string {
  const digits = Array.from({ length: 19 }, (_, index) => randomInt(index === 0 ? 1 : 0, 10))
  return `ecs-svc/${digits.join('')}`
}
