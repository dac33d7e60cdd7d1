import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { FixedResponseConfiguration, ForwardConfiguration } from '../declared/configuration.ts'
import { fromRaw, toRaw } from '../headers/raw.ts'
import { headersToTarget } from '../headers/to-target.ts'
import type { RequestEvent, RequestReason, TargetTrouble } from '../journal/events.ts'
import { chooseRule } from '../rules/choose.ts'
import { locationOf } from '../rules/redirect.ts'
import { type Header, type RequestFacts, valuesOf, withoutPort } from '../rules/request-facts.ts'
import { Stickiness } from '../stickiness/stickiness.ts'
import type { Target } from '../targets/target.ts'
import type { TargetGroup } from '../targets/target-group.ts'
import type { Door } from './door.ts'
import { type OwnAnswer, pageOf, SERVER, wordsOf } from './own-answer.ts'
import { type Passed, pass } from './pass.ts'
import { bytesOf, refusalOf } from './refusal.ts'

/** AWS: "Troubleshoot your Application Load Balancers", 502 and 504; 408 where the client's own data did not come. */
const STATUS_OF_TROUBLE: Readonly<Record<TargetTrouble | 'client-silent', number>> = {
  'connection-refused': 502,
  'tls-handshake': 502,
  'target-closed': 502,
  'malformed-answer': 502,
  'answer-header-too-large': 502,
  'deregistration-delay': 502,
  'connect-timeout': 504,
  'idle-timeout': 504,
  'client-silent': 408,
}

/** What an access log says where the client did not wait for an answer, and where it had not even asked in full. */
const CLIENT_LEFT = { beforeAnswer: 460, beforeWholeRequest: 400 } as const

/** "The load balancer blocks the request, serves a 400 response to the client, and closes the client connection." */
const CLOSING: ReadonlySet<RequestReason> = new Set([
  'client-silent',
  'malformed-request',
  'request-header-too-large',
  'uri-too-long',
  'transfer-encoding-not-supported',
])

type Ending = Pick<RequestEvent, 'status' | 'by' | 'outcome'> &
  Partial<Pick<RequestEvent, 'reason' | 'targetGroup' | 'target'>>

/** One request, from its headers to the end of its answer. */
export class Visit {
  readonly #door: Door
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #began: number
  readonly #headers: readonly Header[]
  readonly #facts: RequestFacts
  /** What the client calls this server, perhaps with a port. */
  readonly #host: string
  readonly #pathAndQuery: string
  readonly #isLast: boolean

  /** @param isLast whether the connection is to be closed after it */
  constructor(door: Door, incoming: IncomingMessage, outgoing: ServerResponse, isLast: boolean) {
    this.#door = door
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#isLast = isLast
    this.#began = door.clock.now()
    this.#headers = fromRaw(incoming.rawHeaders)
    const url = splitTarget(incoming.url ?? '/')
    this.#pathAndQuery = url.pathAndQuery
    // "The load balancer generates a host header for the HTTP/1.1 requests": HTTP/1.0 needs none.
    this.#host = url.host ?? valuesOf(this.#headers, 'host')[0] ?? door.balancer.dnsName
    this.#facts = {
      method: incoming.method ?? '',
      protocol: incoming.socket instanceof TLSSocket ? 'https' : 'http',
      host: withoutPort(this.#host),
      port: door.listener.port,
      path: url.path,
      query: url.query,
      headers: this.#headers,
      address: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    }
  }

  /** @returns when it is over, whatever became of it */
  async attend(): Promise<void> {
    const { method = '', url = '', httpVersion } = this.#incoming
    const refusal = refusalOf({ method, target: url, version: httpVersion, headers: this.#headers })
    if (refusal !== undefined) return this.#answer(refusal)
    const action = chooseRule(this.#door.listener, this.#facts)?.action
    switch (action?.type) {
      case 'fixed-response':
        return this.#answerFixed(action)
      case 'redirect': {
        const location = locationOf(action, this.#facts, this.#door.localPort)
        return this.#answer({ status: action.status, reason: 'redirect' }, [['Location', location]])
      }
      default:
        return this.#forward(action)
    }
  }

  async #forward(action: ForwardConfiguration | undefined): Promise<void> {
    const stickiness = new Stickiness(this.#door.seal, this.#headers, this.#began)
    const arn = action && (stickiness.groupOf(action) ?? this.#door.nextGroup(action))
    const group = arn === undefined ? undefined : this.#door.groups.get(arn)
    if (action === undefined || group === undefined) return this.#answer({ status: 503, reason: 'no-target' })
    const { configuration } = group
    const stuckTo = stickiness.targetOf(configuration)
    const target = (stuckTo === undefined ? undefined : group.find(stuckTo)) ?? group.choose()
    if (target === undefined)
      return this.#answer({ status: 503, reason: 'no-target' }, [], { targetGroup: configuration.name })
    const passed = await pass({
      incoming: this.#incoming,
      outgoing: this.#outgoing,
      target,
      protocol: configuration.protocol,
      method: this.#facts.method,
      path: this.#pathAndQuery,
      headers: this.#headersToTarget(),
      answerHeaders: (answer) => [
        ...answer,
        ...stickiness.cookiesFor(action, configuration, target.id, answer),
        ...this.#closing(),
      ],
      idleTimeout: this.#door.balancer.attributes.idleTimeout * 1000,
      connectTimeout: this.#door.connectTimeout,
    })
    return this.#settle(passed, group, target)
  }

  #headersToTarget(): Header[] {
    const { socket } = this.#incoming
    return headersToTarget(
      {
        headers: this.#headers,
        bytes: bytesOf(this.#headers),
        host: this.#host,
        client: { address: this.#facts.address, port: socket.remotePort ?? 0 },
        ...(socket instanceof TLSSocket
          ? { tls: { version: socket.getProtocol() ?? '', cipher: socket.getCipher().name } }
          : {}),
        port: this.#facts.port,
        now: this.#began,
      },
      this.#door.balancer.attributes,
    )
  }

  async #settle(passed: Passed, group: TargetGroup, target: Target): Promise<void> {
    const where = { targetGroup: group.configuration.name, target: target.id }
    switch (passed.is) {
      case 'answered':
        return this.#tell({ status: passed.status, by: 'target', outcome: 'answered', ...where })
      case 'cut-off': {
        const { status, trouble: reason } = passed
        return this.#tell({ status, by: 'target', outcome: 'cut-off', reason, ...where })
      }
      case 'client-left': {
        if (passed.status === undefined) return this.#tell({ ...this.#withoutClient(), ...where })
        const { status } = passed
        return this.#tell({ status, by: 'target', outcome: 'client-left', reason: 'client-left', ...where })
      }
      case 'failed':
        return this.#answer({ status: STATUS_OF_TROUBLE[passed.trouble], reason: passed.trouble }, [], where)
    }
  }

  #withoutClient(): Ending {
    const status = this.#incoming.complete ? CLIENT_LEFT.beforeAnswer : CLIENT_LEFT.beforeWholeRequest
    return { status, by: 'load-balancer', outcome: 'client-left', reason: 'client-left' }
  }

  #answerFixed({ status, contentType, body }: FixedResponseConfiguration): Promise<void> {
    return this.#send({ status, reason: 'fixed-response' }, [['Content-Type', contentType]], body)
  }

  #answer(answer: OwnAnswer, headers: readonly Header[] = [], where: Partial<Ending> = {}): Promise<void> {
    const typed: Header[] = [['Content-Type', 'text/html'], ...headers]
    return this.#send(answer, typed, pageOf(answer.status), where)
  }

  async #send(
    { status, reason }: OwnAnswer,
    headers: readonly Header[],
    body: string,
    where: Partial<Ending> = {},
  ): Promise<void> {
    const outgoing = this.#outgoing
    if (outgoing.closed) return this.#tell({ ...this.#withoutClient(), ...where })
    if (outgoing.headersSent) {
      // The client fell silent in the middle of its request, and had a part of its answer.
      outgoing.destroy()
      return this.#tell({ status: outgoing.statusCode, by: 'target', outcome: 'cut-off', reason, ...where })
    }
    const own: Header[] = this.#door.listener.tellsServer ? [['Server', SERVER]] : []
    const length: Header = ['Content-Length', String(Buffer.byteLength(body))]
    outgoing.writeHead(status, wordsOf(status), toRaw([...own, ...headers, length, ...this.#closing(reason)]))
    const over = new Promise<void>((resolve) => outgoing.once('close', resolve))
    // As bytes, so that Node writes the headers as what they are, Latin-1.
    outgoing.end(Buffer.from(body))
    await over
    const outcome = outgoing.writableFinished ? 'answered' : 'client-left'
    return this.#tell({ status, by: 'load-balancer', outcome, reason, ...where })
  }

  #closing(reason?: RequestReason): Header[] {
    return this.#isLast || (reason !== undefined && CLOSING.has(reason)) ? [['Connection', 'close']] : []
  }

  async #tell(ending: Ending): Promise<void> {
    const { listener, clock, tell } = this.#door
    const { method, host, path } = this.#facts
    const milliseconds = clock.now() - this.#began
    tell({
      kind: 'request',
      at: this.#began,
      milliseconds,
      port: listener.port,
      method,
      host,
      path,
      ...ending,
    })
  }
}

/** A request's target is a path, or, as proxies are asked, a whole URL: RFC 9112 §3.2. */
function splitTarget(target: string): { host?: string; path: string; query: string; pathAndQuery: string } {
  const [, host, rest = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? [undefined, undefined, target]
  const pathAndQuery = rest.startsWith('/') || rest === '*' ? rest : `/${rest}`
  const [path = '', ...query] = pathAndQuery.split('?')
  return { ...(host ? { host } : {}), path, query: query.join('?'), pathAndQuery }
}
