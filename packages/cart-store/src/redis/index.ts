/** The Redis adapter; apart from the rest, as its client is loaded only where it is used. */
export { openRedisStore, type RedisStoreOptions } from './store.ts'
