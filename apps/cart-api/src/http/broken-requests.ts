import { randomUUID } from 'node:crypto'
import { type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, Problem, problemBody } from '../problems/catalogue.ts'
import { type ExchangeOptions, openExchange } from './exchange.ts'

/**
 * Answers what Node's parser refuses: the reason goes out as a problem, and the connection is closed, because nobody
 * knows where the next request would begin.
 *
 * A request that has come in to its end is carried out all the same, and has the last word. Were the refusal sent at
 * once, the client would take it for the answer to that request:
 *
 * ```
 * client   POST /cart/items … ─ garbage
 * API                  deciding, committing ── 200 ── close            not: 400 "nothing was changed" ── close
 * ```
 *
 * A change is carried out only when it has come in to its end (`serve.ts`), so one that breaks off before is refused.
 */
export function answerBrokenRequests(
  server: Server,
  options: Pick<ExchangeOptions, 'logger' | 'instanceId'>,
): void {
  server.on('clientError', (error: Error & { code?: string }, connection) => {
    const exchange = openExchange(connection)
    if (!connection.writable || error.code === 'ECONNRESET') connection.destroy()
    else if (exchange !== undefined) exchange.breakOff(problemOf(error.code))
    else refuse(problemOf(error.code), connection, options)
  })
}

/** Answers what has not become a request. */
function refuse(
  problem: Problem,
  connection: Duplex,
  { logger, instanceId }: Pick<ExchangeOptions, 'logger' | 'instanceId'>,
): void {
  const { status } = PROBLEMS[problem.code]
  const requestId = randomUUID()
  const body = problemBody(problem, requestId)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-ID: ${requestId}`,
    `X-Instance-ID: ${instanceId}`,
    'Connection: close',
  ]
  // Destroyed as well, or a client that never closes its side would keep the connection for ever.
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => connection.destroy())
  logger.info({ requestId, status, code: problem.code }, 'request')
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large', 'the headers have more than 16 KiB')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout', 'the request did not arrive in time')
    default:
      return new Problem('malformed-request', 'the request is not valid HTTP/1.1', {
        members: { errors: [] },
      })
  }
}
