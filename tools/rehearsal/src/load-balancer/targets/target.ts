import type { Clock } from '../clock.ts'
import type { TargetGroupConfiguration } from '../declared/configuration.ts'
import { type Connections, openConnections } from './connections.ts'
import { DRAINING, type Health, HealthHistory, NOT_CHECKED, NOT_REGISTERED } from './health.ts'
import type { CheckResult, HealthCheck, Place } from './health-check.ts'

/** A request that a target has not answered in full. */
export interface Outstanding {
  /** Ends it: the deregistration delay is over. */
  cut(): void
}

export interface TargetOptions extends Place {
  readonly id: string
  readonly group: TargetGroupConfiguration
  /** Of the load balancer, in milliseconds. */
  readonly idleTimeout: number
  readonly clock: Clock
  readonly check: HealthCheck
  readonly changed: (target: Target, from: Health) => void
}

/** One registered target: what is known of its health, and what it is working on. */
export class Target {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly connections: Connections
  readonly outstanding = new Set<Outstanding>()
  /** Since when it gets a growing share, in the clock's milliseconds; `undefined` when it gets its full share. */
  slowSince: number | undefined
  readonly #options: TargetOptions
  readonly #history: HealthHistory
  #fixed: Health | undefined
  #cancel: () => void = () => undefined
  readonly #checked = new AbortController()

  constructor(options: TargetOptions) {
    const { id, host, port, group, idleTimeout } = options
    this.id = id
    this.host = host
    this.port = port
    this.#options = options
    this.#history = new HealthHistory(group.healthCheck)
    this.connections = openConnections(group.protocol, idleTimeout)
    if (group.healthCheck.isEnabled) this.#checkRegularly()
    else this.#fixed = NOT_CHECKED
  }

  get health(): Health {
    return this.#fixed ?? this.#history.health
  }

  /** Gets no more requests and no more checks; what it has is left to it. */
  drain(): void {
    this.#stopChecks()
    this.#fix(DRAINING)
  }

  /** Ends whatever it is still working on, and its connections. */
  end(): void {
    this.#stopChecks()
    for (const request of [...this.outstanding]) request.cut()
    this.connections.destroy()
    this.#fix(NOT_REGISTERED)
  }

  /** "The time that it takes for the target to respond does not affect the interval for the next health check request." */
  #checkRegularly(): void {
    const { clock, group, check } = this.#options
    this.#cancel = clock.after(group.healthCheck.interval * 1000, () => this.#checkRegularly())
    // One that cannot even be sent has failed: a path may be declared that no request can hold.
    const result = check(this, group.healthCheck, this.#checked.signal).catch(
      (): CheckResult => ({ is: 'failure' }),
    )
    void result.then((result) => {
      if (this.#checked.signal.aborted) return
      const from = this.health
      this.#history.add(result)
      this.#tell(from)
    })
  }

  #stopChecks(): void {
    this.#cancel()
    this.#checked.abort()
  }

  #fix(health: Health): void {
    const from = this.health
    this.#fixed = health
    this.#tell(from)
  }

  #tell(from: Health): void {
    const { state, reason } = this.health
    if (from.state !== state || from.reason !== reason) this.#options.changed(this, from)
  }
}
