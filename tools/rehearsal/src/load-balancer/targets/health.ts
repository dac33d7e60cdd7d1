import type { HealthCheckConfiguration } from '../declared/configuration.ts'
import type { CheckResult } from './health-check.ts'

/** AWS: "Health checks for Application Load Balancer target groups", target health status. */
export type HealthState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable'

/** The codes of `DescribeTargetHealth`, and their descriptions. */
export type HealthReason =
  | 'Elb.RegistrationInProgress'
  | 'Elb.InitialHealthChecking'
  | 'Target.ResponseCodeMismatch'
  | 'Target.Timeout'
  | 'Target.FailedHealthChecks'
  | 'Target.NotRegistered'
  | 'Target.DeregistrationInProgress'
  | 'Target.HealthCheckDisabled'

export interface Health {
  readonly state: HealthState
  readonly reason?: HealthReason
  readonly description?: string
}

export const REGISTERING: Health = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
}
const CHECKING: Health = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
}
export const NOT_CHECKED: Health = {
  state: 'unavailable',
  reason: 'Target.HealthCheckDisabled',
  description: 'Health checks are disabled',
}
export const DRAINING: Health = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
}
export const NOT_REGISTERED: Health = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
}
const HEALTHY: Health = { state: 'healthy' }

/**
 * What a row of checks makes of a target: its first success makes it healthy; as many failures in a row as the one
 * threshold says make it unhealthy, as many successes as the other make it healthy again.
 */
export class HealthHistory {
  readonly #check: Pick<HealthCheckConfiguration, 'healthyThreshold' | 'unhealthyThreshold'>
  #health: Health = REGISTERING
  #successes = 0
  #failures = 0

  constructor(check: Pick<HealthCheckConfiguration, 'healthyThreshold' | 'unhealthyThreshold'>) {
    this.#check = check
  }

  get health(): Health {
    return this.#health
  }

  add(result: CheckResult): void {
    const { state } = this.#health
    if (result.is === 'success') {
      this.#successes += 1
      this.#failures = 0
      if (state === 'initial' || this.#successes >= this.#check.healthyThreshold) this.#health = HEALTHY
      return
    }
    this.#failures += 1
    this.#successes = 0
    if (this.#failures >= this.#check.unhealthyThreshold || state === 'unhealthy')
      this.#health = unhealthy(result)
    else if (state === 'initial') this.#health = CHECKING
  }
}

function unhealthy(result: Exclude<CheckResult, { is: 'success' }>): Health {
  const state = 'unhealthy'
  switch (result.is) {
    case 'wrong-status': {
      const description = `Health checks failed with these codes: [${result.status}]`
      return { state, reason: 'Target.ResponseCodeMismatch', description }
    }
    case 'timeout':
      return { state, reason: 'Target.Timeout', description: 'Request timed out' }
    case 'failure':
      return { state, reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
  }
}
