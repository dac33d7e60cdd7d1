import { RehearsalProblem } from '../problem.ts'
import type { Running } from './running.ts'
import type { RehearsalState } from './state.ts'

/** A fault of DynamoDB, as tasks meet it. */
export type DynamoFault = 'none' | 'throttle' | 'down'

/** How long it may take to answer, in milliseconds; what it has to do first takes longer. */
const SHORT = 10_000
const LONG = 180_000

/** The running rehearsal, from another process. */
export class Remote {
  readonly running: Running

  constructor(running: Running) {
    this.running = running
  }

  /** Whether it answers. */
  async isThere(): Promise<boolean> {
    return await this.state().then(
      () => true,
      () => false,
    )
  }

  async state(): Promise<RehearsalState> {
    // What the other end sends.
    return (await this.#ask('GET /state', {}, SHORT)) as RehearsalState
  }

  /** Ends it, and all that it has started; resolves when that has begun. */
  async end(): Promise<void> {
    await this.#ask('POST /end', {}, SHORT)
  }

  /** Kills a task's containers without a word. */
  async killTask(task: string): Promise<void> {
    await this.#ask('POST /tasks/kill', { task })
  }

  /** Takes the capacity of a Spot task back. */
  async interruptTask(task: string, order: 'at-once' | 'before-target'): Promise<void> {
    await this.#ask('POST /tasks/interrupt', { task, order })
  }

  /** All nodes of Redis end at once. */
  async stopRedis(): Promise<void> {
    await this.#ask('POST /redis/stop')
  }

  /** And come back, empty. */
  async startRedis(): Promise<void> {
    await this.#ask('POST /redis/start')
  }

  async setDynamoFault(fault: DynamoFault): Promise<void> {
    await this.#ask('POST /dynamodb', { fault })
  }

  /** Builds an image and pushes it. */
  async pushImage(kind: 'good' | 'broken', tag: string): Promise<void> {
    await this.#ask('POST /images', { kind, tag })
  }

  async #ask(operation: string, input: object = {}, patience = LONG): Promise<unknown> {
    const [method = '', path = ''] = operation.split(' ')
    const { url, token } = this.running.control
    const answer = await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: { authorization: `Bearer ${token}` },
      ...(method === 'POST' ? { body: JSON.stringify(input) } : {}),
    }).catch((cause: unknown) => {
      throw new RehearsalProblem(`the rehearsal of ${this.running.environment} does not answer any more`, {
        cause,
      })
    })
    const body: unknown = await answer.json()
    // Written by control.ts.
    if (!answer.ok) throw new RehearsalProblem((body as { message: string }).message)
    return body
  }
}
