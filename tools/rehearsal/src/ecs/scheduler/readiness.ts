import type { TargetHealth } from '../target-group.ts'
import type { Task } from '../task/task.ts'

/** A task with neither a health check nor a load balancer counts after so long, in milliseconds. */
const UNCHECKED = 40_000

export type Readiness =
  | { readonly state: 'starting' | 'healthy' }
  | { readonly state: 'unhealthy'; readonly by: 'container' }
  | { readonly state: 'unhealthy'; readonly by: 'target'; readonly reason: string }

export interface ReadinessOptions {
  /** Whether the service has a load balancer. */
  readonly isBalanced: boolean
  /** Of its target, while it is registered. */
  readonly target: TargetHealth | undefined
  /** In seconds. */
  readonly gracePeriod: number
}

/**
 * Whether a task counts as healthy: RUNNING, its essential containers' health checks passed, and healthy for the target
 * group (API reference: DeploymentConfiguration, minimumHealthyPercent). It is unhealthy when one of them says so and the
 * grace period, counted from its start, is over (API reference: Service, healthCheckGracePeriodSeconds).
 */
export function readinessOf(
  task: Pick<Task, 'status' | 'startedAt' | 'checkedHealth'>,
  { isBalanced, target, gracePeriod }: ReadinessOptions,
): Readiness {
  const { status, startedAt, checkedHealth } = task
  if (status !== 'RUNNING' || startedAt === undefined) return { state: 'starting' }
  const age = Date.now() - startedAt
  if (age >= gracePeriod * 1000) {
    if (checkedHealth === 'UNHEALTHY') return { state: 'unhealthy', by: 'container' }
    if (target?.state === 'unhealthy') {
      return { state: 'unhealthy', by: 'target', reason: target.description ?? 'Health checks failed' }
    }
  }
  const passed = checkedHealth === undefined || checkedHealth === 'HEALTHY'
  // A target group without health checks calls its targets unavailable, and sends to them.
  const served = !isBalanced || target?.state === 'healthy' || target?.state === 'unavailable'
  const isUnchecked = checkedHealth === undefined && !isBalanced
  return { state: passed && served && (!isUnchecked || age >= UNCHECKED) ? 'healthy' : 'starting' }
}
