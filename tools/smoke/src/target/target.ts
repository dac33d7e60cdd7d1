import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  STATUS_CODES,
} from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import { checkServerIdentity } from 'node:tls'
import { type MadeRequest, Mismatch } from '../check.ts'

/** A TCP address. */
export interface Place {
  readonly host: string
  readonly port: number
}

export interface TargetOptions {
  /** The origin of the API, such as https://shop.example.com. */
  readonly url: string
  /** PEM; trusted instead of the usual authorities. */
  readonly ca?: string | undefined
  /** Where the URL's host really listens; `Host` and the name in TLS stay the URL's. */
  readonly connectTo?: Place | undefined
  /** Sent with every request, for `IDENTITY=jwt`. */
  readonly token?: string | undefined
  /** Of each request, in seconds. */
  readonly timeout: number
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** On a connection of its own, which a load balancer may lead elsewhere. */
  readonly isFresh?: boolean
}

export interface Answer {
  readonly request: MadeRequest
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The body, where it is a JSON object. */
  readonly body: Readonly<Record<string, unknown>>
  /** What there is to say of it in a line. */
  readonly summary: string
}

/** How much of a body is shown that nobody expected, in characters. */
const SHOWN = 200

/** The API, as it is reached from here. Nothing is sent twice, no redirect followed, no cookie sent back. */
export class Target {
  readonly origin: string
  readonly #options: TargetOptions
  readonly #agent: Agent

  constructor(options: TargetOptions) {
    const url = new URL(options.url)
    this.origin = url.origin
    this.#options = options
    const Connections = url.protocol === 'https:' ? TlsAgent : Agent
    this.#agent = new Connections({ keepAlive: true, maxSockets: 1 })
  }

  /** @throws {Mismatch} where no answer comes */
  async ask({ method = 'GET', path, headers = {}, body, isFresh = false }: Asking): Promise<Answer> {
    const { token, timeout } = this.#options
    const made: MadeRequest = { method, path, requestId: randomUUID() }
    const content = body === undefined ? undefined : JSON.stringify(body)
    const signal = AbortSignal.timeout(timeout * 1000)
    const sent = {
      // Rules of AWS for web applications refuse requests without it.
      'User-Agent': 'cartwright-smoke',
      Accept: 'application/json',
      'X-Request-ID': made.requestId,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(content === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(content)) }),
      ...headers,
    }
    try {
      const outgoing = this.#send({ method, path, headers: sent, isFresh, signal })
      // An end in the middle of the answer is heard of twice; the answer's own error counts.
      outgoing.on('error', () => undefined).end(content)
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
      return read(made, incoming, await text(incoming))
    } catch (error) {
      const reason = signal.aborted ? `nothing came within ${timeout} s` : reasonOf(error)
      throw new Mismatch({ request: made, seen: `no answer: ${reason}`, wanted: 'an answer' }, error)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(sending: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly isFresh: boolean
    readonly signal: AbortSignal
  }) {
    const { isFresh, headers, ...rest } = sending
    const { ca, connectTo } = this.#options
    const url = new URL(this.origin)
    // An address of IPv6 stands in brackets there.
    const name = url.hostname.replace(/^\[|\]$/g, '')
    const isTls = url.protocol === 'https:'
    const options = {
      ...rest,
      host: name,
      port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
      ...connectTo,
      headers: { Host: url.host, ...headers },
      agent: isFresh ? false : this.#agent,
    } as const
    if (!isTls) return httpRequest(options)
    return httpsRequest({
      ...options,
      ...(ca === undefined ? {} : { ca }),
      // No name is sent for an address (RFC 6066 §3), and yet the certificate has to name it.
      servername: isIP(name) === 0 ? name : '',
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    })
  }
}

function read(
  made: MadeRequest,
  { statusCode: status = 0, headers }: IncomingMessage,
  received: string,
): Answer {
  const told = headers['x-request-id']
  const request = typeof told === 'string' ? { ...made, requestId: told } : made
  const body = jsonIn(received)
  const words = typeof body['code'] === 'string' ? body['code'] : (STATUS_CODES[status] ?? '')
  const where = headers.location === undefined ? '' : ` to ${headers.location}`
  const shown = received.replaceAll(/\s+/g, ' ').slice(0, SHOWN)
  const summary = `${status} ${words}${where}${shown === '' ? '' : `: ${shown}`}`
  return { request, status, headers, body, summary }
}

function jsonIn(received: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(received)
    // Any object; its members are looked at one by one.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The error's own words; where several addresses were tried, those of each. */
function reasonOf(error: unknown): string {
  // Whatever was thrown, these are looked at.
  const { errors, message } = Object(error) as { readonly errors?: unknown; readonly message?: unknown }
  if (Array.isArray(errors)) return errors.map(reasonOf).join('; ')
  return typeof message === 'string' ? message : String(error)
}
