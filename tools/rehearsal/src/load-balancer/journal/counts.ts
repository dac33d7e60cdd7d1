import type { LoadBalancerEvent, RequestEvent } from './events.ts'

/** What became of requests, for drills. */
export interface Summary {
  readonly requests: number
  /** By status and by whom: `target 200`, `load-balancer 502 target-closed`. */
  readonly answers: Readonly<Record<string, number>>
  /** Answers that clients got a part of. */
  readonly cutOff: number
  /** Requests whose client did not wait. */
  readonly clientLeft: number
  /** Answers of 500 and more, by whomever, and answers cut off. */
  readonly failed: number
  /** How many requests each target answered or failed, by id. */
  readonly targets: Readonly<Record<string, number>>
  /** Milliseconds. */
  readonly longest: number
}

/** Counts requests as they end: `balancer.listen((event) => counts.add(event))`. */
export class Counts {
  readonly #answers: Record<string, number> = {}
  readonly #targets: Record<string, number> = {}
  #requests = 0
  #cutOff = 0
  #clientLeft = 0
  #failed = 0
  #longest = 0

  add(event: LoadBalancerEvent): void {
    if (event.kind !== 'request') return
    this.#requests += 1
    increase(this.#answers, nameOf(event))
    if (event.target !== undefined) increase(this.#targets, event.target)
    if (event.outcome === 'cut-off') this.#cutOff += 1
    if (event.outcome === 'client-left') this.#clientLeft += 1
    else if (event.status >= 500 || event.outcome === 'cut-off') this.#failed += 1
    this.#longest = Math.max(this.#longest, event.milliseconds)
  }

  summary(): Summary {
    return {
      requests: this.#requests,
      answers: { ...this.#answers },
      cutOff: this.#cutOff,
      clientLeft: this.#clientLeft,
      failed: this.#failed,
      targets: { ...this.#targets },
      longest: this.#longest,
    }
  }
}

function nameOf({ by, status, reason }: RequestEvent): string {
  return reason === undefined ? `${by} ${status}` : `${by} ${status} ${reason}`
}

function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}
