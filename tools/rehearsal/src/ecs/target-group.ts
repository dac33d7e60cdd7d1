/**
 * The load balancer's side of a service. A target that is registered becomes healthy or unhealthy by itself; one that is
 * deregistered is draining until its requests have ended or the deregistration delay is over, and then no longer told, or
 * told as unused.
 */
export interface TargetGroup {
  register(target: Target): Promise<void> | void
  /** May resolve at once, or when the target is no longer draining. */
  deregister(id: string): Promise<void> | void
  describeHealth(): Promise<readonly TargetHealth[]> | readonly TargetHealth[]
}

export interface Target {
  /** The task's id. */
  readonly id: string
  readonly host: string
  readonly port: number
}

/** As DescribeTargetHealth tells it (Elastic Load Balancing API reference: TargetHealth). */
export interface TargetHealth {
  readonly id: string
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused' | 'unavailable'
  /** Such as `Health checks failed with these codes: [503]`. */
  readonly description?: string
}
