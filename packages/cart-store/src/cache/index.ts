/** The cache in front of a record store; apart from the rest, as its client is loaded only where it is used. */
export type { Epoch, EpochRecord, Permission, RecordStore } from './record.ts'
export { type CachedStoreOptions, openCachedStore } from './store.ts'
export { type CacheTimes, TIMES } from './times.ts'
