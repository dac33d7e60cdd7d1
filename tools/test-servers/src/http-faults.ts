import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request on its way through the proxy. */
export interface PassingRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** An answer of the proxy's own. */
export interface OwnAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly headers?: OutgoingHttpHeaders
  readonly body: string | Buffer
}

/**
 * What happens to a request instead of the usual:
 *
 * - `answer`: it is never forwarded, the proxy answers itself;
 * - `cut-before`: the connection ends, and nothing was forwarded;
 * - `cut-after`: it is carried out, and the connection ends without an answer;
 * - `late`: it is carried out, and the answer comes after these milliseconds;
 * - `delayed`: it is carried out after these milliseconds, also when its sender has given up by then;
 * - `rewrite`: it is carried out with this body instead of its own.
 */
export type HttpFault =
  | { readonly does: 'answer'; readonly answer: OwnAnswer }
  | { readonly does: 'cut-before' | 'cut-after' }
  | { readonly does: 'late' | 'delayed'; readonly milliseconds: number }
  | { readonly does: 'rewrite'; readonly body: Buffer }

/** Judges each request; `undefined` lets it through. */
export type HttpFaults = (request: PassingRequest) => HttpFault | undefined

/** A server on a free loopback port that passes requests on to another one, and does wrong what it is told to. */
export interface HttpFaultProxy {
  readonly url: string
  /** From now on. */
  set(faults: HttpFaults): void
  stop(): Promise<void>
}

/**
 * @param target the server behind it: `http://host:port`; asked for again at each request where it is a function, for a
 *   server that comes back on another port
 * @param refused what the proxy answers where nobody listens there, so that certainly nothing has arrived; without it
 *   the connection ends, as it does when an answer is lost
 */
export async function startHttpFaultProxy(
  target: string | (() => string),
  refused?: OwnAnswer,
): Promise<HttpFaultProxy> {
  const agent = new Agent({ keepAlive: true })
  let faults: HttpFaults = () => undefined
  const server = createServer((incoming, outgoing) => {
    // Whatever goes wrong on the way is what a client sees as a lost connection.
    pass(incoming, outgoing).catch(() => incoming.socket.destroy())
  })

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = incoming
    const body = await buffer(incoming)
    const fault = faults({ method, path, headers, body })
    if (fault?.does === 'cut-before') return void incoming.socket.destroy()
    if (fault?.does === 'answer') return reply(outgoing, fault.answer)
    if (fault?.does === 'delayed') await sleep(fault.milliseconds)
    const answer = await forward({
      method,
      path,
      headers,
      body: fault?.does === 'rewrite' ? fault.body : body,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && refused !== undefined) return refused
      throw error
    })
    if (fault?.does === 'cut-after') return void incoming.socket.destroy()
    if (fault?.does === 'late') await sleep(fault.milliseconds)
    reply(outgoing, answer)
  }

  const reply = (outgoing: ServerResponse, answer: Answer): void => {
    outgoing.writeHead(answer.status, answer.headers).end(answer.body)
  }

  const forward = async ({ method, path, headers, body }: PassingRequest): Promise<Answer> => {
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {}
    const server = typeof target === 'string' ? target : target()
    const onward = request(new URL(path, server), { method, headers: { ...headers, ...length }, agent })
    // A server that is killed in the middle of its answer is heard of twice; the answer's own error counts.
    onward.on('error', () => undefined)
    onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) }
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    set: (wanted) => {
      faults = wanted
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
      await once(server, 'close')
    },
  }
}
