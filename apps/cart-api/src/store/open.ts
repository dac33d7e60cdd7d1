import path from 'node:path'
import { type CartStore, openSqliteStore } from '@cartwright/cart-store'
import type { Logger } from '../logging/log.ts'
import type { Settings } from '../settings/settings.ts'

/**
 * The store that the settings name. What reaches a server is loaded only where it is used: its client takes time and
 * memory.
 *
 * @throws {StoreNotOpened}
 */
export async function openStore(settings: Settings, logger: Logger): Promise<CartStore> {
  const warn = (message: string, cause?: unknown): void => logger.warn({ err: cause }, message)
  const { store, dataDir, sqliteSynchronous, tableName } = settings
  switch (store) {
    case 'sqlite':
      return openSqliteStore({ file: path.join(dataDir, 'cartwright.db'), synchronous: sqliteSynchronous })
    case 'dynamodb': {
      const { openDynamoStore } = await import('@cartwright/cart-store/dynamodb')
      return openDynamoStore({ table: required(tableName) })
    }
    case 'cached': {
      const { openCachedStore } = await import('@cartwright/cart-store/cache')
      const { openDynamoStore } = await import('@cartwright/cart-store/dynamodb')
      return openCachedStore({
        record: await openDynamoStore({ table: required(tableName), behindCache: true }),
        ...(await redisAccess(settings)),
        warn,
        info: (message) => logger.info(message),
      })
    }
    case 'redis': {
      const { openRedisStore } = await import('@cartwright/cart-store/redis')
      return openRedisStore({
        ...(await redisAccess(settings)),
        replicas: settings.redisWaitReplicas,
        warn,
      })
    }
  }
}

async function redisAccess({ redisUrl, redisSecretArn }: Settings) {
  const url = required(redisUrl)
  if (redisSecretArn === undefined) return { url }
  const { secretCredentials } = await import('@cartwright/cart-store/redis')
  return { url, credentials: secretCredentials({ arn: redisSecretArn }) }
}

/** Where carts are, for people. */
export function whereabouts({ store, dataDir, tableName, redisUrl }: Settings): string {
  switch (store) {
    case 'sqlite':
      return path.resolve(dataDir)
    case 'dynamodb':
      return `the table ${tableName}`
    case 'cached':
      return `the table ${tableName}, with ${new URL(required(redisUrl)).host} in front of it`
    case 'redis':
      return new URL(required(redisUrl)).host
  }
}

function required(setting: string | undefined): string {
  if (setting === undefined) throw new Error('readSettings lets no store through without its settings')
  return setting
}
