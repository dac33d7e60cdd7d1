import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RequestEvent } from '../journal/events.ts'
import type { ServedTls } from '../tls/served-tls.ts'
import type { Door } from './door.ts'
import { type OwnAnswer, rawAnswer } from './own-answer.ts'
import { LONGEST, type ParserError, refusalOfParser } from './refusal.ts'
import { Visit } from './visit.ts'

/** A listener at work on this machine. */
export interface Listening {
  /** The declared port. */
  readonly port: number
  /** The one on loopback that serves it. */
  readonly localPort: number
  stop(): Promise<void>
}

/** What is known of a client's connection. */
interface Connection {
  readonly since: number
  /** The answers that are not over. */
  readonly answers: Set<ServerResponse>
  /** What was received when it was last waited for. */
  bytesBefore: number
}

/** @param localPort 0 for any free one */
export async function listen(door: Door, localPort: number, tls: ServedTls | undefined): Promise<Listening> {
  const connections = new WeakMap<Duplex, Connection>()
  const { attributes } = door.balancer

  const attend = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const connection = connections.get(incoming.socket)
    const age = door.clock.now() - (connection?.since ?? door.clock.now())
    connection?.answers.add(outgoing)
    // "The client keep-alive duration": the connection is closed after the answer. AWS: "Application Load Balancers".
    const isLast = age >= attributes.clientKeepAlive * 1000
    void new Visit(door, incoming, outgoing, isLast)
      .attend()
      // A mistake in here costs this request, not the load balancer; its client sees a connection that ends.
      .catch((error: Error) => {
        process.emitWarning(error)
        outgoing.destroy()
      })
      .finally(() => {
        connection?.answers.delete(outgoing)
        if (connection !== undefined) connection.bytesBefore = incoming.socket.bytesRead
      })
  }

  /** Answers what no request was made of, and closes the connection. */
  const refuse = (socket: Duplex, { status, reason }: OwnAnswer): void => {
    const answers = [...(connections.get(socket)?.answers ?? [])]
    // The answer that the request had by then is all that it gets.
    if (answers.length > 0 && answers.every(({ writableEnded }) => writableEnded)) return void socket.end()
    if (!socket.writable || answers.some(({ headersSent }) => headersSent)) return void socket.destroy()
    socket.end(rawAnswer(status, door.listener.tellsServer), () => socket.destroy())
    // A request that was under way tells its end itself.
    if (answers.length === 0) door.tell(unreadable(door, { status, reason }))
  }

  const server = makeServer(
    {
      // More than is allowed, so that the load balancer itself can say what was too long.
      maxHeaderSize: LONGEST.headers + LONGEST.requestLine,
      keepAliveTimeout: 0,
      headersTimeout: 0,
      requestTimeout: 0,
      requireHostHeader: false,
      noDelay: true,
    },
    tls,
  )
  server.maxHeadersCount = 0
  server.on('request', attend)
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections.set(socket, { since: door.clock.now(), answers: new Set(), bytesBefore: socket.bytesRead })
  })
  server.on('clientError', (error: NodeJS.ErrnoException & ParserError, socket) => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return void socket.destroy()
    refuse(socket, refusalOfParser(error))
  })
  server.on('connect', (_, socket) => refuse(socket, { status: 400, reason: 'method-not-supported' }))
  // "If no data has been sent or received by the time that the idle timeout period elapses, the load balancer closes the
  // connection"; in the middle of a request it says so: "HTTP 408: The client did not send data before the idle timeout
  // period expired." With a request at a target, the connection to the target has the same timeout.
  server.setTimeout(attributes.idleTimeout * 1000, (socket) => {
    const connection = connections.get(socket)
    if (connection === undefined) return void socket.destroy()
    if (connection.answers.size > 0) return
    if (socket.bytesRead > connection.bytesBefore) refuse(socket, { status: 408, reason: 'client-silent' })
    else socket.destroy()
  })

  await once(server.listen(localPort, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  return {
    port: door.listener.port,
    localPort: port,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function makeServer(options: ServerOptions, tls: ServedTls | undefined): Server {
  return tls === undefined ? createServer(options) : createSecureServer({ ...options, ...tls })
}

/** Nothing is known of such a request but how it was answered. */
function unreadable({ listener, clock }: Door, { status, reason }: OwnAnswer): RequestEvent {
  return {
    kind: 'request',
    at: clock.now(),
    milliseconds: 0,
    port: listener.port,
    method: '',
    host: '',
    path: '',
    status,
    by: 'load-balancer',
    outcome: 'answered',
    reason,
  }
}
