import cors from 'cors'
import express, { type Express } from 'express'
import helmet from 'helmet'
import { serveDocs } from '../docs/pages.ts'
import type { Identity } from '../identity/identity.ts'
import type { ExchangeOptions } from './exchange.ts'
import { openApiDocument } from './openapi.ts'
import type { Operation } from './operation.ts'
import { refuseTheRest, serve } from './serve.ts'

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
    const origin = [...corsOrigins]
    // Preflights go on to the routes, which answer OPTIONS: every answer is an exchange's, with its ids and log line.
    app.use(cors({ origin, exposedHeaders: EXPOSED_HEADERS, maxAge: 600, preflightContinue: true }))
  }
  // The operations first: every route before one's own costs a comparison.
  serve(app, operations, identity, exchange)
  serveDocs(app, openApiDocument(operations, version), exchange)
  refuseTheRest(app, exchange)
  return app
}
