import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, Problem, problemBody } from '../problems/catalogue.ts'

/**
 * Answers what Node's parser refuses before there is a request: the reason goes out as a problem, and the
 * connection is closed, because nobody knows where the next request would begin.
 *
 * Only a request that nobody carries out is refused here. Were the refusal sent at once, the client would take it
 * for the answer to the request before:
 *
 * ```
 * client   POST /cart/items … ─ garbage
 * API                  deciding, committing ── 200 ── close            not: 400 "nothing was changed" ── close
 * ```
 */
export function answerBrokenRequests(server: Server): void {
  // Answers leave a connection in the order of their requests, so the last one tells when all are out.
  const lastAnswers = new WeakMap<Duplex, ServerResponse>()
  server.on('request', (request, response) => lastAnswers.set(request.socket, response))
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const last = lastAnswers.get(socket)
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy()
    else if (last === undefined) refuse(error, socket)
    else if (last.req.complete && last.writableFinished) refuse(error, socket)
    else if (last.req.complete) last.once('finish', () => socket.end())
    else if (isNextOut(last)) refuse(error, socket)
    else socket.destroy()
  })
}

/** Whether what is written to the connection now is read as this answer. */
function isNextOut(answer: ServerResponse): boolean {
  return answer.socket !== null && !answer.headersSent
}

function refuse(error: Error & { code?: string }, socket: Duplex): void {
  const problem = problemOf(error.code)
  const { status } = PROBLEMS[problem.code]
  const body = problemBody(problem, 'unread')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
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
