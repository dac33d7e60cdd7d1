import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import cors from 'cors'
import express, { type Express } from 'express'
import helmet from 'helmet'
import { serveDocs } from '../docs/pages.ts'
import type { Identity } from '../identity/identity.ts'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, Problem, problemBody } from '../problems/catalogue.ts'
import type { ExchangeOptions } from './exchange.ts'
import { openApiDocument } from './openapi.ts'
import type { Operation } from './operation.ts'
import { serve } from './serve.ts'

export interface AppOptions {
  readonly operations: readonly Operation[]
  readonly identity: Identity
  readonly exchange: ExchangeOptions
  /** Origins whose pages may call; none switches CORS off. */
  readonly corsOrigins: readonly string[]
  readonly version: string
}

/** Answer headers that pages of other origins may read, beyond those that every page may. */
const EXPOSED_HEADERS = ['ETag', 'Location', 'Retry-After', 'Idempotent-Replayed', 'X-Request-ID']

/** Answers of the API are data: nothing in them may be loaded or framed. The documentation pages have their own. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }

/** The Express application with all routes. */
export function createApp({ operations, identity, exchange, corsOrigins, version }: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // tags are ours: they name a state, not bytes
  app.set('query parser', 'simple')
  app.enable('case sensitive routing')
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: API_POLICY } }))
  if (corsOrigins.length > 0) {
    app.use(cors({ origin: [...corsOrigins], exposedHeaders: EXPOSED_HEADERS, maxAge: 600 }))
  }
  serveDocs(app, openApiDocument(operations, version))
  serve(app, operations, identity, exchange)
  return app
}

/**
 * Answers what Node's parser refuses before there is a request: the reason goes out as a problem, and the
 * connection is closed, because nobody knows where the next request would begin.
 */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = brokenRequest(error.code)
  const { status } = PROBLEMS[problem.code]
  const body = problemBody(problem, 'unread')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function brokenRequest(code: string | undefined): Problem {
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
