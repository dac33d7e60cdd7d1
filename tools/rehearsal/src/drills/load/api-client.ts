import { readFileSync } from 'node:fs'
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  request as requestHttp,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { RehearsalState } from '../../rehearsal/state.ts'
import type { Outcome } from './answer.ts'

/** How long a client waits for a whole answer, in milliseconds. */
const PATIENCE = 30_000

/** Where the API is. */
export type Api = RehearsalState['api']

export interface Asking {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
}

export interface Received {
  readonly outcome: Outcome
  readonly sentAt: number
  readonly milliseconds: number
  readonly headers: IncomingHttpHeaders
  /** What is no JSON has no members. */
  readonly body: Readonly<Record<string, unknown>>
  /** Why there was no answer. */
  readonly reason?: string
}

/** A browser, say: it keeps its connections, and asks once. */
export class ApiClient {
  readonly #api: Api
  readonly #agent: HttpAgent | HttpsAgent
  readonly #isSecure: boolean
  readonly #timeout: number

  /** @param options `keepsConnections` is true, and `timeout` 30 000 ms, unless given */
  constructor(api: Api, options: { readonly keepsConnections?: boolean; readonly timeout?: number } = {}) {
    const { keepsConnections = true, timeout = PATIENCE } = options
    const { protocol, hostname } = new URL(api.url)
    this.#api = api
    this.#timeout = timeout
    this.#isSecure = protocol === 'https:'
    // An idle connection is given up before the load balancer does so (60 s): a request must not meet its end.
    const kept = { keepAlive: keepsConnections, timeout: PATIENCE }
    this.#agent = this.#isSecure
      ? new HttpsAgent({
          ...kept,
          servername: hostname,
          ...(api.ca === undefined ? {} : { ca: readFileSync(api.ca) }),
        })
      : new HttpAgent(kept)
  }

  /** Resolves always. */
  ask({ method, path, headers = {}, body }: Asking): Promise<Received> {
    const { host } = new URL(this.#api.url)
    const text = body === undefined ? '' : JSON.stringify(body)
    const began = performance.now()
    return new Promise((resolve) => {
      const outgoing: ClientRequest = (this.#isSecure ? requestHttps : requestHttp)({
        ...this.#api.connectTo,
        method,
        path,
        agent: this.#agent,
        headers: {
          Host: host,
          ...headers,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(method === 'GET' ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }),
        },
      })
      const end = (
        outcome: Outcome,
        rest: Partial<Pick<Received, 'headers' | 'body' | 'reason'>> = {},
      ): void => {
        clearTimeout(timer)
        const milliseconds = performance.now() - began
        resolve({
          outcome,
          sentAt: performance.timeOrigin + began,
          milliseconds,
          headers: {},
          body: {},
          ...rest,
        })
      }
      const timer = setTimeout(() => {
        end('timeout', { reason: `no whole answer within ${this.#timeout} ms` })
        outgoing.destroy()
      }, this.#timeout)
      const fail = (error: NodeJS.ErrnoException): void =>
        end(error.code === 'ECONNREFUSED' ? 'refused' : 'cut', { reason: error.message })
      outgoing.on('error', fail)
      outgoing.on('response', (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (part: string) => {
          received += part
        })
        incoming.on('error', fail)
        incoming.on('end', () => {
          const { statusCode: outcome = 0, headers } = incoming
          end(outcome, { headers, body: membersOf(received) })
        })
      })
      outgoing.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function membersOf(received: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(received)
    // Any object's members can be asked for.
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
