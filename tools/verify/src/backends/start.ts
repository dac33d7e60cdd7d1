import type { StoreName } from '../faults.ts'
import type { Backend } from './backend.ts'
import { cachedBackend } from './cached.ts'
import { dynamoBackend } from './dynamodb.ts'
import { redisBackend } from './redis.ts'
import { sqliteBackend } from './sqlite.ts'

const START = {
  sqlite: sqliteBackend,
  redis: redisBackend,
  dynamodb: dynamoBackend,
  cached: cachedBackend,
} as const satisfies Record<StoreName, (processes: number) => Promise<Backend>>

/** Starts the servers that a store needs, for so many processes. */
export function startBackend(store: StoreName, processes: number): Promise<Backend> {
  return START[store](processes)
}
