import type { TaskReport } from '../task/report.ts'
import type { Deployment } from './deployment.ts'
import type { ServiceEvent } from './events.ts'

/** A service as DescribeServices and DescribeTasks would tell it: what the emulator can be told, and what drills look at. */
export interface ServiceReport {
  readonly service: string
  readonly cluster: string
  readonly taskDefinition: string
  readonly desiredCount: number
  readonly runningCount: number
  readonly pendingCount: number
  /** The newest first. */
  readonly deployments: readonly Deployment[]
  readonly events: readonly ServiceEvent[]
  /** Also those that stopped lately. */
  readonly tasks: readonly TaskReport[]
}
