import { setTimeout as sleep } from 'node:timers/promises'
import { startDynamo, startRedis } from '@cartwright/test-servers'
import { send } from './request.ts'

/** The stores that can be measured, by the names that `STORE` takes. */
export const STORE_NAMES = ['sqlite', 'redis', 'dynamodb', 'cached'] as const
export type StoreName = (typeof STORE_NAMES)[number]

/** What a store needs beside the cart API's own process, for one measurement. */
export interface StoreServers {
  /** With which the cart API finds it. */
  readonly settings: Readonly<Record<string, string>>
  /** Resolves when the cart API at this URL uses all of it. */
  readonly inUse?: (url: string) => Promise<void>
  stop(): Promise<void>
}

const TABLE = 'carts'
/** How long a cache may take to be used, in milliseconds: a new one has to ripen. */
const CACHE_PATIENCE = 60_000

/** Events go to the log everywhere, as they do by default with the embedded store. */
const STARTS: Readonly<Record<StoreName, () => Promise<StoreServers>>> = {
  sqlite: async () => ({ settings: { STORE: 'sqlite' }, stop: async () => undefined }),
  redis,
  dynamodb,
  cached: async () => {
    const [cache, table] = [await redis(), await dynamodb()]
    return {
      settings: { ...cache.settings, ...table.settings, STORE: 'cached' },
      inUse: untilCacheIsOn,
      stop: async () => {
        await Promise.all([cache.stop(), table.stop()])
      },
    }
  },
}

/** Starts what the store needs, empty. */
export function startStore(name: StoreName): Promise<StoreServers> {
  return STARTS[name]()
}

async function redis(): Promise<StoreServers> {
  // What Redis writes to its disk is its own matter, and the disk's.
  const server = await startRedis({ args: ['--appendonly', 'no'] })
  return {
    settings: { STORE: 'redis', REDIS_URL: server.url, EVENTS: 'log' },
    stop: () => server.stop(),
  }
}

async function dynamodb(): Promise<StoreServers> {
  // The AWS SDK takes time to load.
  const { createTable } = await import('@cartwright/cart-store/dynamodb')
  const server = await startDynamo()
  const { endpoint, region, credentials } = server.client
  try {
    await createTable({ table: TABLE, client: server.client })
  } catch (error) {
    await server.stop()
    throw error
  }
  return {
    settings: {
      STORE: 'dynamodb',
      TABLE_NAME: TABLE,
      EVENTS: 'log',
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    stop: () => server.stop(),
  }
}

async function untilCacheIsOn(url: string): Promise<void> {
  for (const began = performance.now(); performance.now() - began < CACHE_PATIENCE; await sleep(200)) {
    const text = await send({ method: 'GET', path: '/health', headers: {} }, url)
    const { cache }: { cache: { state: string } } = JSON.parse(text)
    if (cache.state === 'on') return
  }
  throw new Error(`the cache is not used after ${CACHE_PATIENCE / 1000} s`)
}
