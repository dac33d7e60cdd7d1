import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request on its way to the API. */
export interface Passing {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An answer on its way back. */
export interface Returning {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

/** What a front does to requests and answers; nothing unless given. */
export interface Breakage {
  readonly request?: (passing: Passing) => Passing
  /** @param passing as it was sent by the client */
  readonly answer?: (returning: Returning, passing: Passing) => Returning
}

export interface Front {
  readonly url: string
  /** All that has passed, as clients sent it. */
  readonly requests: readonly Passing[]
  stop(): Promise<void>
}

export interface FrontOptions {
  /** Served in turn, request by request, as a load balancer does. */
  readonly apis: readonly string[]
  readonly breakage?: Breakage
}

/** A small server in front of the API, on a free loopback port. */
export async function startFront({ apis, breakage = {} }: FrontOptions): Promise<Front> {
  const requests: Passing[] = []
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, outgoing) => {
    const api = apis[requests.length % apis.length] ?? ''
    const { method = 'GET', url: path = '/', headers } = incoming
    const pass = async (): Promise<void> => {
      const passing = { method, path, headers, body: await text(incoming) }
      requests.push(passing)
      const returned = await forward(api, breakage.request?.(passing) ?? passing, agent)
      const { status, headers: back, body } = breakage.answer?.(returned, passing) ?? returned
      outgoing.writeHead(status, back).end(body)
    }
    pass().catch((error: unknown) => outgoing.writeHead(500).end(String(error)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
      await once(server, 'close')
    },
  }
}

async function forward(
  api: string,
  { method, path, headers, body }: Passing,
  agent: Agent,
): Promise<Returning> {
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
  const onward = request(new URL(path, api), {
    method,
    headers: { ...passedOn(headers), ...length },
    agent,
  })
  onward.end(body)
  const [incoming] = (await once(onward, 'response')) as [IncomingMessage]
  return {
    status: incoming.statusCode ?? 0,
    headers: passedOn(incoming.headers),
    body: await text(incoming),
  }
}

/** Headers that are about one connection, or a length that may have changed. */
const NOT_PASSED_ON = ['connection', 'keep-alive', 'transfer-encoding', 'content-length']

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.includes(name)))
}
