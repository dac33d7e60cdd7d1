import type { HealthReason, HealthState } from '../targets/health.ts'

/** What a load balancer tells while it works. */
export type LoadBalancerEvent = RequestEvent | TargetHealthEvent

/** Hears of everything, as it happens. */
export type EventListener = (event: LoadBalancerEvent) => void

/** Why the load balancer answered itself, or an answer was cut off. */
export type RequestReason =
  | 'fixed-response'
  | 'redirect'
  | 'malformed-request'
  | 'request-header-too-large'
  | 'uri-too-long'
  | 'method-not-supported'
  | 'transfer-encoding-not-supported'
  | 'http-version-not-supported'
  | 'too-many-forwarded-addresses'
  | 'client-silent'
  | 'client-left'
  | 'no-target'
  | TargetTrouble

/** What went wrong with a target. */
export type TargetTrouble =
  | 'connection-refused'
  | 'connect-timeout'
  | 'tls-handshake'
  | 'target-closed'
  | 'malformed-answer'
  | 'answer-header-too-large'
  | 'idle-timeout'
  | 'deregistration-delay'

/** A request has ended, one way or another. */
export interface RequestEvent {
  readonly kind: 'request'
  /** When it came, in milliseconds since 1970. */
  readonly at: number
  /** From its headers to the end of its answer. */
  readonly milliseconds: number
  /** The listener's declared port. */
  readonly port: number
  /** Empty where it was not understood. */
  readonly method: string
  readonly host: string
  /** Without the query string, which may hold what is secret. */
  readonly path: string
  /**
   * What an access log of AWS would say: 460 where the client left before an answer began, and 400 where it had not sent
   * its whole request by then.
   */
  readonly status: number
  readonly by: 'target' | 'load-balancer'
  /** `cut-off`: the client got a part of the answer. `client-left`: it did not wait for it. */
  readonly outcome: 'answered' | 'cut-off' | 'client-left'
  readonly reason?: RequestReason
  readonly targetGroup?: string
  /** Its id. */
  readonly target?: string
}

export interface TargetHealthEvent {
  readonly kind: 'target-health'
  readonly at: number
  readonly targetGroup: string
  readonly target: string
  readonly from: HealthState
  readonly to: HealthState
  readonly reason?: HealthReason
  readonly description?: string
}
