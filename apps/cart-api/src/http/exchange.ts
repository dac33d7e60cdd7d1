import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CacheOutcome, StoreObserver } from '@cartwright/cart-store'
import type { Reply } from '../carts/carts.ts'
import type { Logger } from '../logging/log.ts'
import { hashedId } from '../logging/log.ts'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type Problem, problemBody } from '../problems/catalogue.ts'

const REQUEST_ID = /^[A-Za-z0-9._~:/+=@-]{1,128}$/
/** W3C Trace Context §3.2: version, trace id, parent id, flags; all zeros are invalid. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/

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

/** One request with its answer: ids, time spent, log line. */
export class Exchange implements StoreObserver {
  readonly requestId: string
  /** By `performance.now()`. */
  readonly deadline: number
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
    this.deadline = this.#start + options.requestTimeout
    const given = request.headers['x-request-id']
    this.requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    const trace = request.headers['traceparent']
    this.traceparent = typeof trace === 'string' && TRACEPARENT.test(trace) ? trace : undefined
  }

  took(part: 'store' | 'cache', milliseconds: number): void {
    if (part === 'store') this.#store += milliseconds
    else this.#cache += milliseconds
  }

  cache(outcome: CacheOutcome): void {
    this.#outcome = outcome
  }

  /** Answers with what an operation came to. */
  reply({ status, headers, body }: Reply): void {
    this.#write(status, headers, body, JSON_MEDIA_TYPE)
    this.#options.logger.info(this.#line(status), 'request')
  }

  /** Answers with a refusal; one that is our own doing is logged with its cause. */
  refuse(problem: Problem): void {
    const { status } = PROBLEMS[problem.code]
    if (this.#response.headersSent) {
      this.#response.destroy(problem)
    } else {
      this.#write(status, problem.headers, problemBody(problem, this.requestId), PROBLEM_MEDIA_TYPE)
    }
    const line = { ...this.#line(status), code: problem.code }
    const { logger } = this.#options
    if (status < 500) logger.info(line, 'request')
    else if (problem.code === 'internal-error')
      logger.error({ ...line, err: problem.cause }, 'request failed')
    else logger.warn({ ...line, cause: messageOf(problem.cause) }, 'request refused')
  }

  #write(status: number, headers: Reply['headers'], body: string | undefined, mediaType: string): void {
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
    for (const name in headers) response.setHeader(name, headers[name] ?? '')
    if (body === undefined) {
      response.end()
      return
    }
    if (headers['Content-Type'] === undefined) response.setHeader('Content-Type', mediaType)
    response.setHeader('Content-Length', Buffer.byteLength(body))
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
