import type { Clock } from '../clock.ts'
import type { TargetGroupConfiguration } from '../declared/configuration.ts'
import type { LoadBalancerEvent } from '../journal/events.ts'
import { Balancing } from './balancing.ts'
import type { Health } from './health.ts'
import type { HealthCheck, Place } from './health-check.ts'
import { followHealth } from './slow-start.ts'
import { Target } from './target.ts'

/** Where a target listens, and what it is called: for a task of ECS any name that tells it from others. */
export interface Registration extends Place {
  readonly id: string
}

/** What `DescribeTargetHealth` tells of one target. */
export type TargetHealth = Registration & Health

export interface TargetGroupOptions {
  /** Of the load balancer, in milliseconds. */
  readonly idleTimeout: number
  readonly clock: Clock
  readonly check: HealthCheck
  readonly tell: (event: LoadBalancerEvent) => void
}

/** The targets of a group: who is registered, who is well, and who gets the next request. */
export class TargetGroup {
  readonly configuration: TargetGroupConfiguration
  readonly #options: TargetGroupOptions
  readonly #balancing: Balancing
  readonly #registered = new Map<string, Target>()
  /** Those that were registered together when there was nobody, until they have been healthy once. */
  readonly #first = new WeakSet<Target>()
  /** Deregistered ones whose delay is not over. */
  readonly #leaving = new Map<Target, { end(): void; gone: Promise<void> }>()

  constructor(configuration: TargetGroupConfiguration, options: TargetGroupOptions) {
    this.configuration = configuration
    this.#options = options
    this.#balancing = new Balancing(configuration)
  }

  /**
   * From now on they are checked, and get requests once they are healthy. Registering one again changes nothing. Those that
   * an empty group gets by one call have no slow start.
   */
  register(...registrations: readonly Registration[]): void {
    const areFirst = this.#registered.size === 0
    for (const { id, host, port } of registrations) {
      const known = this.#registered.get(id)
      if (known?.host === host && known.port === port) continue
      if (known !== undefined) void this.deregister(id)
      const target = new Target({
        ...this.#options,
        id,
        host,
        port,
        group: this.configuration,
        changed: (target, from) => this.#changed(target, from),
      })
      this.#registered.set(id, target)
      if (areFirst) this.#first.add(target)
    }
  }

  /**
   * It gets no new requests; those that it has may end within the deregistration delay, and are cut off then. "Even
   * though target deregistration is complete, the status of the target is displayed as draining until the deregistration
   * delay timeout expires." AWS: "Edit target group attributes", deregistration delay.
   *
   * @returns when it is no longer draining; at once where it is not registered
   */
  deregister(id: string): Promise<void> {
    const target = this.#registered.get(id)
    if (target === undefined) {
      const leaving = [...this.#leaving].find(([target]) => target.id === id)
      return leaving?.[1].gone ?? Promise.resolve()
    }
    this.#registered.delete(id)
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const cancel = this.#options.clock.after(this.configuration.deregistrationDelay * 1000, () => end())
    const end = (): void => {
      cancel()
      this.#leaving.delete(target)
      target.end()
      resolve()
    }
    this.#leaving.set(target, { end, gone })
    target.drain()
    return gone
  }

  /** The registered ones and those that are draining. */
  describeHealth(): TargetHealth[] {
    const leaving = [...this.#leaving.keys()].filter(({ id }) => !this.#registered.has(id))
    return [...this.#registered.values(), ...leaving].map(({ id, host, port, health }) => ({
      id,
      host,
      port,
      ...health,
    }))
  }

  /** Who gets the next request; `undefined` where none is registered. */
  choose(): Target | undefined {
    const targets = this.#targetsInService()
    return targets.length === 0 ? undefined : this.#balancing.choose(targets, this.#options.clock.now())
  }

  /** The target of that name, if it may get a request. */
  find(id: string): Target | undefined {
    return this.#targetsInService().find((target) => target.id === id)
  }

  /** Ends everything at once. */
  stop(): void {
    for (const target of this.#registered.values()) target.end()
    this.#registered.clear()
    for (const { end } of [...this.#leaving.values()]) end()
  }

  /**
   * The healthy ones, unless there are fewer than declared: then all of them ("fail open"), also those whose first checks
   * are not over. AWS: "Target group health", routing failover.
   */
  #targetsInService(): Target[] {
    const all = [...this.#registered.values()]
    const healthy = all.filter(({ health: { state } }) => state === 'healthy' || state === 'unavailable')
    const { count, percentage } = this.configuration.minimumHealthy
    const isEnough = healthy.length >= count && healthy.length * 100 >= percentage * all.length
    return isEnough ? healthy : all
  }

  #changed(target: Target, from: Health): void {
    const { clock, tell } = this.#options
    const { state, reason, description } = target.health
    const isFirst = state === 'healthy' && this.#first.delete(target)
    if (from.state !== state && !isFirst)
      followHealth(target, [...this.#registered.values()], this.configuration.slowStart, clock.now())
    tell({
      kind: 'target-health',
      at: clock.now(),
      targetGroup: this.configuration.name,
      target: target.id,
      from: from.state,
      to: state,
      ...(reason === undefined ? {} : { reason }),
      ...(description === undefined ? {} : { description }),
    })
  }
}
