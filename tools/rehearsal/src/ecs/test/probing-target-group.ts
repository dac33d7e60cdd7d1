import { request } from 'node:http'
import type { Target, TargetGroup, TargetHealth } from '../target-group.ts'

export interface ProbingOptions {
  /** In milliseconds. */
  readonly interval: number
  /** So many failures in a row make a target unhealthy; one success makes it healthy. */
  readonly unhealthyThreshold: number
  /** In milliseconds. */
  readonly deregistrationDelay: number
}

/**
 * A target group without a load balancer: it asks each target for /ready. Where nobody listens yet, that is no failure, so
 * that slow starts on a busy machine do not look like bad releases.
 */
export class ProbingTargetGroup implements TargetGroup {
  readonly #options: ProbingOptions
  readonly #targets = new Map<string, Target & { health: TargetHealth; failures: number }>()
  readonly #timer: NodeJS.Timeout
  /** What was called, in order. */
  readonly calls: string[] = []

  constructor(options: Partial<ProbingOptions> = {}) {
    this.#options = { interval: 40, unhealthyThreshold: 3, deregistrationDelay: 100, ...options }
    this.#timer = setInterval(() => this.#probeAll(), this.#options.interval)
  }

  register(target: Target): void {
    this.calls.push(`register ${target.id}`)
    this.#targets.set(target.id, { ...target, health: { id: target.id, state: 'initial' }, failures: 0 })
  }

  deregister(id: string): void {
    this.calls.push(`deregister ${id}`)
    const target = this.#targets.get(id)
    if (target === undefined) return
    target.health = { id, state: 'draining' }
    setTimeout(() => this.#targets.delete(id), this.#options.deregistrationDelay)
  }

  describeHealth(): readonly TargetHealth[] {
    return [...this.#targets.values()].map(({ health }) => health)
  }

  get healthy(): readonly string[] {
    return this.describeHealth().flatMap(({ id, state }) => (state === 'healthy' ? [id] : []))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #probeAll(): void {
    for (const target of this.#targets.values()) {
      const { host, port, id } = target
      const judge = (status: number): void => {
        if (target.health.state === 'draining') return
        if (status === 0 && target.health.state === 'initial') return
        target.failures = status === 200 ? 0 : target.failures + 1
        if (status === 200) target.health = { id, state: 'healthy' }
        else if (target.failures >= this.#options.unhealthyThreshold) {
          target.health = {
            id,
            state: 'unhealthy',
            description: `Health checks failed with these codes: [${status}]`,
          }
        }
      }
      const probe = request({ host, port, path: '/ready', timeout: 300 }, (response) => {
        response.resume()
        judge(response.statusCode ?? 0)
      })
      probe.on('timeout', () => probe.destroy())
      probe.on('error', () => judge(0))
      probe.end()
    }
  }
}
