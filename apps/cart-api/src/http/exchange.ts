import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CacheOutcome, StoreObserver } from '@cartwright/cart-store'
import type { Reply } from '../carts/carts.ts'
import type { Logger } from '../logging/log.ts'
import { hashedId } from '../logging/log.ts'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type Problem, problemBody } from '../problems/catalogue.ts'
import { TRACEPARENT } from './traceparent.ts'

const REQUEST_ID = /^[A-Za-z0-9._~:/+=@-]{1,128}$/

const JSON_MEDIA_TYPE = 'application/json; charset=utf-8'

/** What every exchange of one server has in common. */
export interface ExchangeOptions {
  readonly logger: Logger
  readonly instanceId: string
  /** How long a request may wait for its cart and for the store, in milliseconds. */
  readonly requestTimeout: number
  /** Whether connections are to be given up, because the process is going away. */
  readonly closing: () => boolean
}

/** What goes out: JSON, unless the headers say otherwise. */
export interface Outgoing extends Pick<Reply, 'status' | 'headers'> {
  readonly body?: string | Uint8Array
}

/** The exchange that each connection has begun last; answers leave it in the order of their requests. */
const latest = new WeakMap<Duplex, Exchange>()

/** The latest exchange of the connection, unless it is over: the whole request has come in, its answer has gone out. */
export function openExchange(connection: Duplex): Exchange | undefined {
  const exchange = latest.get(connection)
  return exchange?.isOver === true ? undefined : exchange
}

/** One request with its one answer: ids, time spent, log line. */
export class Exchange implements StoreObserver {
  readonly requestId: string
  readonly traceparent: string | undefined
  /** The route's pattern, for the log; never the path itself, which holds ids. */
  route: string | undefined
  cartId: string | undefined
  userId: string | undefined
  readonly #options: ExchangeOptions
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #start = performance.now()
  #store = 0
  #cache = 0
  #outcome: CacheOutcome | undefined

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#options = options
    this.#request = request
    this.#response = response
    latest.set(request.socket, this)
    const given = request.headers['x-request-id']
    this.requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    const trace = request.headers['traceparent']
    this.traceparent = typeof trace === 'string' && TRACEPARENT.test(trace) ? trace : undefined
  }

  /** Whether there is an answer. Later ones are dropped: nobody would be told of them. */
  get isAnswered(): boolean {
    return this.#response.writableEnded
  }

  get isOver(): boolean {
    return this.#request.complete && this.#response.writableFinished
  }

  /** By `performance.now()`, for a request that has come in to its end now: what its client took is not ours. */
  deadline(): number {
    return performance.now() + this.#options.requestTimeout
  }

  took(part: 'store' | 'cache', milliseconds: number): void {
    if (part === 'store') this.#store += milliseconds
    else this.#cache += milliseconds
  }

  cache(outcome: CacheOutcome): void {
    this.#outcome = outcome
  }

  /** Answers with what an operation came to. */
  reply({ status, headers, body }: Outgoing): void {
    if (this.isAnswered) return
    this.#write(status, headers, body, JSON_MEDIA_TYPE)
    this.#options.logger.info(this.#line(status), 'request')
  }

  /** Answers with a refusal; one that is our own doing is logged with its cause. */
  refuse(problem: Problem): void {
    if (this.isAnswered) return
    const { status } = PROBLEMS[problem.code]
    this.#write(status, problem.headers, problemBody(problem, this.requestId), PROBLEM_MEDIA_TYPE)
    const line = { ...this.#line(status), code: problem.code }
    const { logger } = this.#options
    if (status < 500) logger.info(line, 'request')
    else if (problem.code === 'internal-error')
      logger.error({ ...line, err: problem.cause }, 'request failed')
    else logger.warn({ ...line, cause: messageOf(problem.cause) }, 'request refused')
  }

  /**
   * Ends the connection, on which nothing more can be read: after the answer to a request that has come in to its
   * end, else with this refusal.
   */
  breakOff(problem: Problem): void {
    const response = this.#response
    response.shouldKeepAlive = false
    if (!this.#request.complete) this.refuse(problem)
    const close = (): void => this.#request.socket.destroySoon()
    if (response.writableFinished) close()
    else response.once('finish', close)
  }

  #write(status: number, headers: Outgoing['headers'], body: Outgoing['body'], mediaType: string): void {
    const response = this.#response
    response.statusCode = status
    response.setHeader('X-Request-ID', this.requestId)
    response.setHeader('X-Instance-ID', this.#options.instanceId)
    if (this.cartId !== undefined) {
      response.setHeader('Cache-Control', 'private, no-cache')
      response.appendHeader('Vary', 'X-Cart-ID, Authorization, X-User-ID')
      response.setHeader('Server-Timing', this.#timing())
      if (this.#outcome !== undefined) response.setHeader('X-Cache', this.#outcome)
    }
    if (this.#options.closing()) response.setHeader('Connection', 'close')
    if (body !== undefined) {
      response.setHeader('Content-Type', mediaType)
      response.setHeader('Content-Length', Buffer.byteLength(body))
    }
    for (const name in headers) response.setHeader(name, headers[name] ?? '')
    // An answer to HEAD has the headers of GET and no body; Node leaves it out by itself.
    response.end(body)
  }

  /** Milliseconds (https://www.w3.org/TR/server-timing/). */
  #timing(): string {
    const cache =
      this.#outcome === 'bypass' || this.#cache === 0 ? '' : `cache;dur=${this.#cache.toFixed(2)}, `
    const total = performance.now() - this.#start
    return `${cache}store;dur=${this.#store.toFixed(2)}, total;dur=${total.toFixed(2)}`
  }

  #line(status: number): Record<string, unknown> {
    return {
      requestId: this.requestId,
      method: this.#request.method,
      route: this.route,
      status,
      ms: Math.round((performance.now() - this.#start) * 100) / 100,
      cart: this.cartId === undefined ? undefined : hashedId(this.cartId),
      user: this.userId === undefined ? undefined : hashedId(this.userId),
      traceId: this.traceparent?.slice(3, 35),
    }
  }
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined
}
