/** A service as it was deployed. Times are in seconds, memory in MiB, CPU in units (1024 are one core), as ECS has them. */
export interface Service {
  readonly arn: string
  readonly name: string
  readonly cluster: string
  readonly clusterArn: string
  readonly account: string
  readonly region: string
  /** The service's newest deployment: a changed id is a deployment, also of the same definition (forceNewDeployment). */
  readonly deployment: string
  readonly definition: TaskDefinition
  readonly desiredCount: number
  readonly rollout: RolloutSettings
  readonly capacity: readonly CapacityShare[]
  readonly gracePeriod: number
  readonly targetGroup?: TargetGroupSettings
  readonly subnets: readonly string[]
}

/** `deploymentConfiguration`: how many tasks at least and at most, in percent of the desired count. */
export interface RolloutSettings {
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  readonly circuitBreaker: boolean
  readonly rollback: boolean
}

/** One line of a capacity provider strategy. */
export interface CapacityShare {
  readonly provider: string
  readonly base: number
  readonly weight: number
}

/** Where the load balancer meets the tasks. */
export interface TargetGroupSettings {
  readonly arn: string
  readonly container: string
  readonly port: number
}

export interface TaskDefinition {
  readonly arn: string
  readonly family: string
  readonly revision: number
  readonly cpu?: number
  readonly memory?: number
  readonly taskRoleArn?: string
  readonly executionRoleArn?: string
  readonly containers: readonly ContainerDefinition[]
}

export interface ContainerDefinition {
  readonly name: string
  readonly image: string
  readonly essential: boolean
  /** What replaces the image's own. */
  readonly entryPoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: readonly SecretReference[]
  readonly ports: readonly number[]
  readonly healthCheck?: HealthCheckSettings
  readonly stopTimeout: number
  readonly log?: LogSettings
  readonly openFiles?: { readonly soft: number; readonly hard: number }
  /** What a process of this machine does not have: told, so that nobody believes that it was rehearsed. */
  readonly notRehearsed: readonly string[]
}

/** A variable whose value ECS fetches when a task starts. */
export interface SecretReference {
  readonly name: string
  readonly valueFrom: string
}

export interface HealthCheckSettings {
  /** `CMD` and arguments, or `CMD-SHELL` and a line. */
  readonly command: readonly string[]
  readonly interval: number
  readonly timeout: number
  readonly retries: number
  readonly startPeriod: number
}

/** The awslogs driver's settings. */
export interface LogSettings {
  readonly group: string
  readonly prefix: string
  readonly blocking: boolean
  /** In bytes. */
  readonly buffer: number
}
