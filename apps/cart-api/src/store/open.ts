import path from 'node:path'
import { type CartStore, openSqliteStore } from '@cartwright/cart-store'
import type { Settings } from '../settings/settings.ts'

/**
 * The store that the settings name. What reaches a server is loaded only where it is used: its client takes time and
 * memory.
 *
 * @throws {StoreNotOpened}
 */
export async function openStore(settings: Settings, warn: (message: string) => void): Promise<CartStore> {
  const { store, dataDir, sqliteSynchronous, tableName, redisUrl, redisSecretArn } = settings
  switch (store) {
    case 'sqlite':
      return openSqliteStore({ file: path.join(dataDir, 'cartwright.db'), synchronous: sqliteSynchronous })
    case 'dynamodb': {
      const { openDynamoStore } = await import('@cartwright/cart-store/dynamodb')
      return openDynamoStore({ table: required(tableName) })
    }
    case 'redis': {
      const { openRedisStore, secretCredentials } = await import('@cartwright/cart-store/redis')
      return openRedisStore({
        url: required(redisUrl),
        ...(redisSecretArn === undefined ? {} : { credentials: secretCredentials({ arn: redisSecretArn }) }),
        warn,
      })
    }
  }
}

/** Where carts are, for people. */
export function whereabouts({ store, dataDir, tableName, redisUrl }: Settings): string {
  switch (store) {
    case 'sqlite':
      return path.resolve(dataDir)
    case 'dynamodb':
      return `the table ${tableName}`
    case 'redis':
      return new URL(required(redisUrl)).host
  }
}

function required(setting: string | undefined): string {
  if (setting === undefined) throw new Error('readSettings lets no store through without its settings')
  return setting
}
