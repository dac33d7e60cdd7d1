import { setTimeout as sleep } from 'node:timers/promises'
import { RehearsalProblem } from '../../problem.ts'
import type { Remote } from '../../rehearsal/remote.ts'
import type { RehearsalState } from '../../rehearsal/state.ts'
import { shownTime } from '../../rehearsal/steps.ts'
import { changes, newest } from './changes.ts'

/** How often the rehearsal is looked at, in milliseconds. */
const INTERVAL = 250
/** How long what a drill waits for may take unless it says otherwise, in milliseconds. */
const PATIENCE = 5 * 60_000
/** So many of ECS's events are told with what did not happen. */
const EVENTS = 5

export interface WatchOptions {
  readonly remote: Pick<Remote, 'state'>
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/** Looks at the running rehearsal again and again, and tells what has changed. */
export class Watch {
  readonly #options: WatchOptions
  readonly #deployments = new Map<string, Deployment>()
  readonly #events: string[] = []
  #state: RehearsalState

  private constructor(options: WatchOptions, state: RehearsalState) {
    this.#options = options
    this.#state = state
  }

  static async start(options: WatchOptions): Promise<Watch> {
    return new Watch(options, await options.remote.state())
  }

  /** As it was when it was looked at last. */
  get state(): RehearsalState {
    return this.#state
  }

  /** Every deployment that was there at some moment, as it was seen last. */
  get deployments(): readonly Deployment[] {
    return [...this.#deployments.values()]
  }

  /** What ECS has said since the start, the oldest first. */
  get events(): readonly string[] {
    return this.#events
  }

  /** Looks now. */
  async look(): Promise<RehearsalState> {
    const { remote, tell, signal } = this.#options
    signal.throwIfAborted()
    const before = this.#state
    this.#state = await remote.state()
    signal.throwIfAborted()
    for (const deployment of this.#state.service.deployments) this.#deployments.set(deployment.id, deployment)
    this.#events.push(...newest(before.service.events, this.#state.service.events))
    for (const line of changes(before, this.#state)) tell(line)
    return this.#state
  }

  /**
   * @param what is waited for, in words
   * @throws {RehearsalProblem} where it does not come, with what ECS said last
   */
  async until(
    what: string,
    holds: (state: RehearsalState) => boolean | Promise<boolean>,
    patience = PATIENCE,
  ): Promise<RehearsalState> {
    const end = performance.now() + patience
    for (;;) {
      const state = await within(this.look(), end)
      if (state !== undefined && (await within(Promise.resolve(holds(state)), end)) === true) return state
      if (performance.now() >= end) throw this.#inVain(what, patience)
      await sleep(INTERVAL, undefined, { signal: this.#options.signal })
    }
  }

  /** Waits, and looks meanwhile. */
  async pause(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds
    while (performance.now() < end) {
      await within(this.look(), end)
      const left = Math.max(0, end - performance.now())
      await sleep(Math.min(INTERVAL, left), undefined, { signal: this.#options.signal })
    }
  }

  #inVain(what: string, patience: number): RehearsalProblem {
    const { service, tasks } = this.#state
    const lines = [
      ...tasks.map(({ id, status, target }) => `task ${id} is ${status}, its target ${target}`),
      ...service.events.slice(0, EVENTS).map((event) => `ECS said: ${event}`),
    ]
    return new RehearsalProblem([`waited ${shownTime(patience)} in vain: ${what}`, ...lines].join('\n  '))
  }
}

type Deployment = RehearsalState['service']['deployments'][number]

/** The state in which a service serves with all its tasks. */
export function isServing({ service, tasks }: RehearsalState, desired = service.desiredCount): boolean {
  const healthy = tasks.filter(({ status, target }) => status === 'RUNNING' && target === 'healthy')
  return service.isSteady && service.desiredCount === desired && healthy.length === desired
}

/** @returns nothing where it is not there by then; what it throws later is nobody's */
async function within<T>(promise: Promise<T>, end: number): Promise<T | undefined> {
  const done = new AbortController()
  const late = sleep(Math.max(1, end - performance.now()), undefined, { signal: done.signal }).catch(
    () => undefined,
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    done.abort()
    promise.catch(() => undefined)
  }
}
