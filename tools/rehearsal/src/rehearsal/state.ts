import type { Summary } from '../load-balancer/index.ts'
import type { Denial } from './findings.ts'
import type { Step } from './steps.ts'

/** What runs, for the page and for drills. */
export interface RehearsalState {
  readonly environment: string
  /** Where clients reach the API: the declared URL, and where its host really listens. */
  readonly api: {
    readonly url: string
    readonly connectTo: { readonly host: string; readonly port: number }
    /** A file with the authority that signed its certificate, where it has one. */
    readonly ca?: string
  }
  readonly service: {
    readonly name: string
    readonly cluster: string
    readonly definition: string
    readonly desiredCount: number
    readonly isSteady: boolean
    readonly deployments: readonly {
      readonly id: string
      readonly status: string
      readonly rolloutState: string
      readonly taskDefinition: string
    }[]
    /** The newest first. */
    readonly events: readonly string[]
  }
  readonly tasks: readonly TaskState[]
  /** Of all tasks that ever were. */
  readonly tasksStarted: number
  readonly redis: readonly {
    readonly node: string
    readonly role: 'primary' | 'replica'
    readonly isUp: boolean
  }[]
  readonly queues: readonly { readonly url: string; readonly messages: number }[]
  readonly requests: Summary
  readonly denials: readonly Denial[]
  readonly steps: readonly Step[]
}

export interface TaskState {
  readonly id: string
  readonly status: string
  readonly deployment: string
  readonly capacityProvider: string
  readonly zone: string
  /** As the target group tells it. */
  readonly target: string
}
