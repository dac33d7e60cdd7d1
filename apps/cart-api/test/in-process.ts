import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type CartStore, openSqliteStore } from '@cartwright/cart-store'
import { pino } from 'pino'
import { createApi } from '../src/api.ts'
import type { Catalog } from '../src/catalog/catalog.ts'
import { openFileCatalog } from '../src/catalog/json-file.ts'
import { answerBrokenRequests } from '../src/http/broken-requests.ts'
import { headerIdentity } from '../src/identity/header.ts'
import { type Identity, noIdentity } from '../src/identity/identity.ts'
import { Readiness } from '../src/lifecycle/readiness.ts'
import { readSettings } from '../src/settings/read.ts'

const DEMO_CATALOG = path.join(import.meta.dirname, '../catalog/demo.json')

export interface InProcessOptions {
  /** Settings by their environment names; `IDENTITY` may be `none` or `header` here. */
  readonly environment?: Readonly<Record<string, string>>
  /** Wraps the store, to let it fail. */
  readonly wrapStore?: (store: CartStore) => CartStore
  /** Instead of the demo catalog. */
  readonly catalog?: Catalog
  readonly identity?: Identity
  readonly readiness?: (store: CartStore) => Readiness
  /** The database file of another one, to serve the same carts as a second process does. */
  readonly database?: string
  /** Receives the lines of the log. */
  readonly lines?: Record<string, unknown>[]
  /** Of the HTTP server. */
  readonly server?: ServerOptions
}

/** The API, listening on a free loopback port inside the test's own process, on a new database. */
export interface InProcessApi {
  readonly url: string
  readonly store: CartStore
  readonly catalog: Catalog
  readonly readiness: Readiness
  readonly database: string
  /** How many connections are open. */
  connections(): Promise<number>
  /** Ends the server, the store and the database's folder where it is its own. */
  close(): Promise<void>
}

export async function startInProcess(options: InProcessOptions = {}): Promise<InProcessApi> {
  const settings = readSettings({ ...options.environment })
  const database =
    options.database ?? path.join(mkdtempSync(path.join(tmpdir(), 'cart-api-')), 'cartwright.db')
  const sqlite = openSqliteStore({ file: database, synchronous: settings.sqliteSynchronous })
  const store = options.wrapStore?.(sqlite) ?? sqlite
  const catalog = options.catalog ?? (await openFileCatalog({ path: DEMO_CATALOG, warn: () => undefined }))
  const readiness = options.readiness?.(store) ?? new Readiness({ store })
  const { lines } = options
  const logger =
    lines === undefined
      ? pino({ level: 'silent' })
      : pino({}, { write: (line) => lines.push(JSON.parse(line)) })
  const app = createApi({
    settings,
    store,
    catalog,
    readiness,
    identity: options.identity ?? (settings.identity === 'header' ? headerIdentity : noIdentity),
    instance: { id: 'test', startedAt: new Date().toISOString() },
    logger,
  })
  const server = createServer({ keepAliveTimeout: 5_000, ...options.server }, app)
  answerBrokenRequests(server, { logger, instanceId: 'test' })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    catalog,
    readiness,
    database,
    connections: promisify(server.getConnections.bind(server)),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      readiness.shutDown()
      catalog.close()
      await store.close()
      if (options.database === undefined) rmSync(path.dirname(database), { recursive: true })
    },
  }
}
