/** The Redis adapter; apart from the rest, as its client is loaded only where it is used. */
export type { CredentialsSource } from './connection.ts'
export { type SecretOptions, secretCredentials } from './secret.ts'
export { openRedisStore, type RedisStoreOptions } from './store.ts'
