import type { Health } from './health-check.ts'
import type { StopCode, Task, TaskStatus } from './task.ts'

/** A task as DescribeTasks would tell it (API reference: Task). Times are in milliseconds since 1970. */
export interface TaskReport {
  readonly taskArn: string
  readonly taskDefinitionArn: string
  /** The deployment. */
  readonly startedBy: string
  readonly lastStatus: TaskStatus
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  readonly healthStatus: Health
  readonly capacityProviderName: string
  readonly availabilityZone: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly stopCode?: StopCode
  readonly stoppedReason?: string
  readonly containers: readonly { readonly name: string; readonly exitCode?: number }[]
}

export function reportOf(task: Task): TaskReport {
  const { startedAt, stopCode, stoppedReason } = task
  return {
    taskArn: task.arn,
    taskDefinitionArn: task.definition.arn,
    startedBy: task.deployment,
    lastStatus: task.status,
    desiredStatus: task.desiredStatus,
    healthStatus: task.health,
    capacityProviderName: task.capacityProvider,
    availabilityZone: task.zone,
    createdAt: task.createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stopCode === undefined ? {} : { stopCode }),
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    containers: task.containers.map(({ name, exitCode }) => ({
      name,
      ...(exitCode === undefined ? {} : { exitCode }),
    })),
  }
}
