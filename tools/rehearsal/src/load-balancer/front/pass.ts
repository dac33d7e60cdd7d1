import {
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
  type ServerResponse,
} from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { endToEnd } from '../headers/hop-by-hop.ts'
import { fromRaw, toRaw } from '../headers/raw.ts'
import type { TargetTrouble } from '../journal/events.ts'
import type { Header } from '../rules/request-facts.ts'
import type { Target } from '../targets/target.ts'

/** Bytes: AWS, "Quotas for your Application Load Balancers", entire response header. */
const LONGEST_ANSWER_HEADER = 32 * 1024

const NOTHING = Buffer.alloc(0)

/** A request on its way to a target. */
export interface Passage {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly target: Target
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: readonly Header[]
  /** The headers of the client's answer, made from the target's. */
  readonly answerHeaders: (answer: readonly Header[]) => readonly Header[]
  /** Milliseconds. */
  readonly idleTimeout: number
  readonly connectTimeout: number
}

/** How it ended. `failed`: nothing has been answered yet. */
export type Passed =
  | { readonly is: 'answered'; readonly status: number }
  | { readonly is: 'cut-off'; readonly status: number; readonly trouble: TargetTrouble }
  | { readonly is: 'client-left'; readonly status: number | undefined }
  | { readonly is: 'failed'; readonly trouble: TargetTrouble | 'client-silent' }

/**
 * Sends a request to a target and its answer to the client, both as they come, no faster than the other side reads.
 * It is sent once: "If the application closes the TCP connection to the load balancer ungracefully, the load balancer
 * might send a request to the application before it receives the packet indicating that the connection is closed. If
 * this is the case, the load balancer sends an HTTP 502 Bad Gateway error to the client." AWS: "Application Load
 * Balancers", connection idle timeout.
 */
export function pass(passage: Passage): Promise<Passed> {
  const { incoming, outgoing, target } = passage
  return new Promise((resolve) => {
    let status: number | undefined
    let isOver = false
    const onward = open(passage)
    const outstanding = { cut: () => fail('deregistration-delay') }
    const link = watchLink(onward, passage, (trouble) => fail(trouble))
    target.outstanding.add(outstanding)

    const end = (passed: Passed): void => {
      if (isOver) return
      isOver = true
      link.stop()
      target.outstanding.delete(outstanding)
      // A connection on which half a request was sent, or half an answer received, is of no more use.
      if (passed.is !== 'answered' || !onward.writableFinished) {
        incoming.unpipe(onward)
        onward.destroy()
        // What is still to come of the request is read and forgotten, so that the client's next one can be heard.
        incoming.resume()
      }
      resolve(passed)
    }
    const fail = (trouble: TargetTrouble | 'client-silent'): void => {
      if (isOver) return
      if (status === undefined || trouble === 'client-silent') end({ is: 'failed', trouble })
      else {
        end({ is: 'cut-off', status, trouble })
        outgoing.destroy()
      }
    }

    onward.on('error', (error: NodeJS.ErrnoException) => fail(troubleOf(error, link)))
    onward.on('timeout', () => fail(incoming.complete ? 'idle-timeout' : 'client-silent'))
    // Nobody asked for another protocol.
    onward.on('upgrade', () => fail('malformed-answer'))
    onward.on('response', (answer) => {
      if (isOver) return
      try {
        const headers = passage.answerHeaders(endToEnd(fromRaw(answer.rawHeaders)))
        outgoing.writeHead(answer.statusCode ?? 0, answer.statusMessage ?? '', toRaw(headers))
      } catch {
        // Node refuses to write what no status or header may hold.
        return fail('malformed-answer')
      }
      status = answer.statusCode ?? 0
      // The head goes out before there is a body. `flushHeaders` would write it as UTF-8, and headers are Latin-1.
      outgoing.write(NOTHING)
      answer.on('error', () => fail('target-closed'))
      answer.pipe(outgoing)
    })

    // The client's connection tells its end by the answer's.
    incoming.on('error', () => undefined)
    outgoing.on('error', () => undefined)
    outgoing.on('finish', () => {
      if (status !== undefined) end({ is: 'answered', status })
    })
    outgoing.on('close', () => end({ is: 'client-left', status }))
    incoming.pipe(onward)
  })
}

function open({ target, protocol, method, path, headers, incoming, idleTimeout }: Passage) {
  const options: RequestOptions = {
    host: target.host,
    port: target.port,
    agent: target.connections,
    method,
    path,
    headers: toRaw([...headers, ...framing(incoming)]),
    maxHeaderSize: LONGEST_ANSWER_HEADER,
    timeout: idleTimeout,
  }
  return protocol === 'HTTPS' ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options)
}

/** Node frames a body as the headers say; without any of them there is none, which RFC 9110 §8.6 wants to be said. */
function framing({ headers, method = 'GET' }: IncomingMessage): Header[] {
  if (headers['transfer-encoding'] !== undefined) return [['Transfer-Encoding', 'chunked']]
  if (headers['content-length'] !== undefined || ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method))
    return []
  return [['Content-Length', '0']]
}

interface Link {
  readonly isConnected: boolean
  readonly isSecured: boolean
  stop(): void
}

/** A connection and its TLS handshake may take 10 seconds each. AWS: "Troubleshoot your Application Load Balancers". */
function watchLink(
  onward: ReturnType<typeof open>,
  { protocol, connectTimeout }: Passage,
  fail: (trouble: TargetTrouble) => void,
): Link {
  const link = { isConnected: false, isSecured: false, stop: () => clearTimeout(timer) }
  let timer: NodeJS.Timeout | undefined
  const connected = (): void => {
    clearTimeout(timer)
    link.isConnected = true
    if (protocol === 'HTTP') link.isSecured = true
    else timer = setTimeout(() => fail('tls-handshake'), connectTimeout)
  }
  onward.on('socket', (socket: Socket) => {
    if (!socket.connecting && onward.reusedSocket) {
      link.isConnected = true
      link.isSecured = true
      return
    }
    timer = setTimeout(() => fail('connect-timeout'), connectTimeout)
    if (socket.connecting) socket.once('connect', connected)
    else connected()
    if (socket instanceof TLSSocket)
      socket.once('secureConnect', () => {
        clearTimeout(timer)
        link.isSecured = true
      })
  })
  return link
}

function troubleOf({ code = '' }: NodeJS.ErrnoException, link: Link): TargetTrouble {
  if (!link.isConnected) return 'connection-refused'
  if (!link.isSecured) return 'tls-handshake'
  if (code === 'HPE_HEADER_OVERFLOW') return 'answer-header-too-large'
  return code.startsWith('HPE_') ? 'malformed-answer' : 'target-closed'
}
