/** ElastiCache's data plane on this machine, for a replication group that stands in the AWS emulator. */
export { type Cache, type CacheOptions, type CacheTimes, type PlayedNode, startCache } from './cache.ts'
export type { ElastiCacheApi } from './declared/elasticache.ts'
export { readReplicationGroup, readReplicationGroups } from './declared/read.ts'
export type { DeclaredNode, Endpoint, ReplicationGroup, Role } from './declared/replication-group.ts'
export type { CacheEntry, CacheEntryKind } from './journal.ts'
