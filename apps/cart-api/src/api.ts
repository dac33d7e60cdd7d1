import type { CartStore, Relay } from '@cartwright/cart-store'
import type { Express } from 'express'
import manifest from '../package.json' with { type: 'json' }
import { Carts } from './carts/carts.ts'
import type { Catalog } from './catalog/catalog.ts'
import { createApp } from './http/app.ts'
import type { Operation } from './http/operation.ts'
import type { Identity } from './identity/identity.ts'
import type { Instance } from './lifecycle/instance.ts'
import type { Readiness } from './lifecycle/readiness.ts'
import type { Logger } from './logging/log.ts'
import { cartOperations } from './operations/cart.ts'
import { catalogOperations } from './operations/catalog.ts'
import { checkoutOperations } from './operations/checkout.ts'
import { runningOperations } from './operations/running.ts'
import type { Settings } from './settings/settings.ts'

/** The parts that the API is made of. */
export interface ApiParts {
  readonly settings: Settings
  readonly store: CartStore
  readonly catalog: Catalog
  readonly identity: Identity
  readonly readiness: Readiness
  readonly instance: Instance
  readonly logger: Logger
  /** Absent where this process delivers no events. */
  readonly relay?: Pick<Relay, 'state'> | undefined
}

/** All operations of the API. */
export function createOperations(parts: ApiParts): Operation[] {
  const { settings, store, catalog, identity, readiness, instance, relay } = parts
  const carts = new Carts({
    store,
    catalog,
    limits: { maxLines: settings.maxLines, maxLineQuantity: settings.maxLineQuantity },
    lifetimes: { guestSeconds: settings.guestCartTtl, userSeconds: settings.userCartTtl },
  })
  return [
    ...cartOperations(carts, settings.mergeStrategy, identity),
    ...checkoutOperations(carts),
    ...catalogOperations(catalog),
    ...runningOperations({
      readiness,
      instance,
      release: settings.release,
      deployment: settings.deployment,
      store,
      relay,
    }),
  ]
}

/** The Express application, wired. */
export function createApi(parts: ApiParts): Express {
  const { settings, identity, readiness, instance, logger } = parts
  return createApp({
    operations: createOperations(parts),
    identity,
    corsOrigins: settings.corsOrigins,
    version: manifest.version,
    exchange: {
      logger,
      instanceId: instance.id,
      requestTimeout: settings.requestTimeout,
      closing: () => readiness.shuttingDown,
    },
  })
}
