import type { HealthCheckSettings } from '../service.ts'

export type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'

export interface HealthCheckOptions {
  readonly settings: HealthCheckSettings
  /** Runs the command once; whether it exited with 0 in time. It ends, killed if need be, when the signal comes. */
  readonly probe: (signal: AbortSignal) => Promise<boolean>
  readonly changed: (health: Health) => void
}

/**
 * A container's health by its own command (API reference: HealthCheck). The first run comes one interval after the start,
 * the next one interval after the last has ended. Failures during the start period do not count, unless it has been healthy
 * once; `retries` failures in a row make it unhealthy; one success makes it healthy.
 */
export class HealthCheck {
  readonly #options: HealthCheckOptions
  readonly #began = performance.now()
  readonly #ended = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #health: Health = 'UNKNOWN'
  #failures = 0

  constructor(options: HealthCheckOptions) {
    this.#options = options
    this.#wait()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#ended.abort()
  }

  #wait(): void {
    if (this.#ended.signal.aborted) return
    this.#timer = setTimeout(() => void this.#run(), this.#options.settings.interval * 1000)
  }

  async #run(): Promise<void> {
    const { settings, probe } = this.#options
    const patience = new AbortController()
    const late = setTimeout(() => patience.abort(), settings.timeout * 1000)
    const passed = await probe(AbortSignal.any([patience.signal, this.#ended.signal])).catch(() => false)
    clearTimeout(late)
    if (this.#ended.signal.aborted) return
    this.#count(passed && !patience.signal.aborted)
    this.#wait()
  }

  #count(passed: boolean): void {
    const { retries, startPeriod } = this.#options.settings
    if (passed) {
      this.#failures = 0
      this.#become('HEALTHY')
      return
    }
    const starting = this.#health === 'UNKNOWN' && performance.now() - this.#began < startPeriod * 1000
    if (starting) return
    this.#failures++
    if (this.#failures >= retries) this.#become('UNHEALTHY')
  }

  #become(health: Health): void {
    if (health === this.#health) return
    this.#health = health
    this.#options.changed(health)
  }
}

/**
 * The health of a task: that of its essential containers with a health check or without (API reference: HealthCheck, "the
 * possible healthStatus values … of essential containers in the task").
 */
export function healthOf(essential: readonly Health[]): Health {
  if (essential.includes('UNHEALTHY')) return 'UNHEALTHY'
  return essential.length === 0 || essential.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY'
}
