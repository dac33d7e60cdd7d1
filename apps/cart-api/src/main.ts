import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { relayed, StoreNotOpened } from '@cartwright/cart-store'
import { createApi } from './api.ts'
import { type Catalog, CatalogNotOpened } from './catalog/catalog.ts'
import { openHttpCatalog } from './catalog/http.ts'
import { openFileCatalog } from './catalog/json-file.ts'
import { openRelay } from './events/open.ts'
import { answerBrokenRequests } from './http/broken-requests.ts'
import { headerIdentity } from './identity/header.ts'
import { type Identity, noIdentity } from './identity/identity.ts'
import { readInstance } from './lifecycle/instance.ts'
import { Readiness } from './lifecycle/readiness.ts'
import { openConnections, shutDown } from './lifecycle/shutdown.ts'
import { openLog } from './logging/log.ts'
import { isHttpUrl } from './settings/kinds.ts'
import { BadSettings, readSettings } from './settings/read.ts'
import type { Settings } from './settings/settings.ts'
import { openStore, whereabouts } from './store/open.ts'

/** Longer than the load balancer's idle timeout of 60 s, so that it never meets a connection that we just closed. */
const KEEP_ALIVE_TIMEOUT = 65_000
/** How long a whole request may take to arrive, in milliseconds; its headers, half of it. */
const ARRIVAL_TIMEOUT = 30_000
/** How often that is looked after, in milliseconds. Node's own 30 s would let half a request stay twice as long. */
const ARRIVAL_CHECK_INTERVAL = 5_000
/** A second signal within this time is the same Ctrl-C, which reaches a process and its parent alike. */
const SAME_SIGNAL = 1_000

/** How long the end waits for events that are to be delivered, in milliseconds. */
const FLUSH_PATIENCE = 5_000

const DEMO_CATALOG = fileURLToPath(new URL('../catalog/demo.json', import.meta.url))

/** Cannot start for a reason that the operator can mend: told in a line each, without a stack. */
class CannotStart extends Error {}

async function start(): Promise<void> {
  const settings = readSettings(process.env)
  const early: string[] = []
  const instance = await readInstance(process.env['ECS_CONTAINER_METADATA_URI_V4'], (message) =>
    early.push(message),
  )
  const log = openLog(settings.logLevel, { instance: instance.id, release: settings.release })
  const { logger } = log
  const warn = (message: string): void => logger.warn(message)
  early.forEach(warn)
  const endAtOnce = (error: unknown): void => {
    logger.fatal({ err: error }, 'an error that nobody caught')
    log.close().finally(() => process.exit(1))
  }
  process.on('uncaughtException', endAtOnce).on('unhandledRejection', endAtOnce)

  const catalog = await openCatalog(settings, warn)
  const durable = await openStore(settings, logger)
  const relay = await openRelay(settings, durable.outbox, logger)
  const store = relay === undefined ? durable : relayed(durable, relay)
  const readiness = new Readiness({ store })
  const identity = await openIdentity(settings)
  const api = createApi({ settings, store, catalog, identity, readiness, instance, logger, relay })
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      requestTimeout: ARRIVAL_TIMEOUT,
      headersTimeout: ARRIVAL_TIMEOUT / 2,
      connectionsCheckingInterval: ARRIVAL_CHECK_INTERVAL,
    },
    api,
  )
  answerBrokenRequests(server, { logger, instanceId: instance.id })
  const connections = openConnections(server)
  const url = await listen(server, settings).catch(async (error: unknown) => {
    await relay?.stop(performance.now())
    // An open database would leave its log beside it.
    await store.close()
    throw error
  })

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info({ signal }, 'shutting down')
    const cutOff = await shutDown({
      server,
      connections,
      delay: settings.shutdownDelay * 1000,
      drainTimeout: settings.drainTimeout * 1000,
      announce: () => readiness.shutDown(),
      close: async () => {
        catalog.close()
        await relay?.stop(performance.now() + FLUSH_PATIENCE)
        await store.close()
      },
    })
    if (cutOff > 0)
      logger.warn({ connections: cutOff }, 'requests under way were cut off at the drain timeout')
    logger.info('stopped')
    await log.close()
    process.exit(0)
  }
  onSignals(stop, endAtOnce)
  // Told last: whoever reads it may send a signal at once.
  logger.info(
    { url, store: store.name, identity: settings.identity, deployment: settings.deployment },
    'listening',
  )
  if (settings.deployment === 'local') welcome(url, settings)
}

/** The first signal ends the process gently, a later one at once. */
function onSignals(stop: (signal: NodeJS.Signals) => Promise<void>, failed: (error: unknown) => void): void {
  let first: number | undefined
  const hear = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = performance.now()
      stop(signal).catch(failed)
    } else if (performance.now() - first > SAME_SIGNAL) {
      process.exit(1)
    }
  }
  process.on('SIGTERM', hear).on('SIGINT', hear)
}

function openCatalog(settings: Settings, warn: (message: string) => void): Promise<Catalog> | Catalog {
  const { catalog } = settings
  if (!isHttpUrl(catalog)) {
    return openFileCatalog({ path: catalog === 'demo' ? DEMO_CATALOG : catalog, warn })
  }
  return openHttpCatalog({
    url: catalog,
    defaultCurrency: settings.catalogCurrency,
    timeoutMs: settings.catalogTimeout,
    freshMs: settings.catalogFresh * 1000,
    staleMs: settings.catalogStale * 1000,
    warn,
  })
}

async function openIdentity(settings: Settings): Promise<Identity> {
  const { identity, jwtIssuer, jwtAudience, jwtJwksUrl, jwtAlgorithms } = settings
  if (identity === 'none') return noIdentity
  if (identity === 'header') return headerIdentity
  if (jwtIssuer === undefined || jwtAudience === undefined || jwtJwksUrl === undefined) {
    throw new Error('readSettings lets no jwt without issuer, audience and key set through')
  }
  // Loaded only where it is used: it would be a tenth of the process's memory.
  const { jwtIdentity } = await import('./identity/jwt.ts')
  return jwtIdentity({
    issuer: jwtIssuer,
    audience: jwtAudience,
    jwksUrl: jwtJwksUrl,
    algorithms: jwtAlgorithms,
  })
}

/** Resolves with the base URL, which tells the real port where `PORT` is 0. */
function listen(server: Server, { port, host }: Settings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `PORT ${port} is taken on ${host}; wanted: a free one, as in PORT=9090 npm start`,
        EACCES: `PORT ${port} may not be used by this user; wanted: one above 1023`,
        EADDRNOTAVAIL: `HOST "${host}" is no address of this machine; wanted: one of its own, or 0.0.0.0 for all`,
        ENOTFOUND: `HOST "${host}" cannot be resolved; wanted: an IP address or a name of this machine`,
      }
      reject(new CannotStart(reasons[error.code ?? ''] ?? error.message, { cause: error }))
    })
    server.listen({ port, host }, () => {
      const address = server.address()
      const actual = typeof address === 'object' && address !== null ? address.port : port
      const shown =
        host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
      resolve(`http://${shown}:${actual}`)
    })
  })
}

function welcome(url: string, settings: Settings): void {
  process.stderr.write(
    `Cartwright is ready at ${url} (operations to try out: ${url}/docs)\ncarts are kept by ${settings.store} in ${whereabouts(settings)}; Ctrl-C stops\n`,
  )
}

/** What the operator can mend is told in plain lines; anything else is a defect and shows its stack. */
function tellWhy(error: unknown): void {
  const mendable =
    error instanceof BadSettings ||
    error instanceof CatalogNotOpened ||
    error instanceof StoreNotOpened ||
    error instanceof CannotStart
  const reason = mendable ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`cannot start: ${reason}\n`)
}

start().catch((error: unknown) => {
  tellWhy(error)
  process.exit(1)
})
