import { memoryOf } from './node-memory.ts'

/** Parameters that redis-server has by the same name, and with the same meaning: user guide, "Redis OSS 7 parameters" and before. */
const OF_REDIS: ReadonlySet<string> = new Set([
  'acllog-max-len',
  'activerehashing',
  'client-query-buffer-limit',
  'databases',
  'hash-max-listpack-entries',
  'hash-max-listpack-value',
  'hash-max-ziplist-entries',
  'hash-max-ziplist-value',
  'hll-sparse-max-bytes',
  'latency-tracking',
  'lazyfree-lazy-eviction',
  'lazyfree-lazy-expire',
  'lazyfree-lazy-server-del',
  'lazyfree-lazy-user-del',
  'lazyfree-lazy-user-flush',
  'lfu-decay-time',
  'lfu-log-factor',
  'list-compress-depth',
  'list-max-listpack-size',
  'list-max-ziplist-size',
  'maxmemory-policy',
  'maxmemory-samples',
  'min-replicas-max-lag',
  'min-replicas-to-write',
  'min-slaves-max-lag',
  'min-slaves-to-write',
  'notify-keyspace-events',
  'proto-max-bulk-len',
  'repl-backlog-size',
  'repl-backlog-ttl',
  'repl-timeout',
  'set-max-intset-entries',
  'slowlog-log-slower-than',
  'slowlog-max-len',
  'stream-node-max-bytes',
  'stream-node-max-entries',
  'tcp-keepalive',
  'timeout',
  'tracking-table-max-keys',
  'zset-max-listpack-entries',
  'zset-max-listpack-value',
  'zset-max-ziplist-entries',
  'zset-max-ziplist-value',
])

/** What ElastiCache makes maxmemory with. */
const RESERVED = 'reserved-memory'
const RESERVED_PERCENT = 'reserved-memory-percent'

/** User guide: "Managing reserved memory", of all groups that were made since 2017. */
const DEFAULT_RESERVED_PERCENT = 25

/** Where ElastiCache's default is another one than Redis's. */
const DEFAULTS: Readonly<Record<string, string>> = { 'maxmemory-policy': 'volatile-lru' }

export interface Directives {
  readonly directives: Readonly<Record<string, string>>
  readonly notRehearsed: readonly string[]
}

/**
 * What a node of this type is configured with.
 *
 * @param parameters those of its parameter group that were set
 */
export function directivesOf(parameters: Readonly<Record<string, string>>, nodeType: string): Directives {
  const known = Object.entries(parameters).filter(([name]) => OF_REDIS.has(name))
  const others = Object.keys(parameters).filter(
    (name) => !OF_REDIS.has(name) && name !== RESERVED && name !== RESERVED_PERCENT,
  )
  const memory = memoryOf(nodeType)
  return {
    directives: {
      ...DEFAULTS,
      ...Object.fromEntries(known),
      ...(memory === undefined ? {} : { maxmemory: String(memory - reservedOf(parameters, memory)) }),
    },
    notRehearsed: [
      ...others.map((name) => `parameter ${name}: it is not set here`),
      ...(memory === undefined
        ? [`node type ${nodeType}: its memory is not known here, nothing limits it`]
        : []),
    ],
  }
}

/** The two parameters exclude each other: user guide, "Managing reserved memory". */
function reservedOf(parameters: Readonly<Record<string, string>>, memory: number): number {
  const { [RESERVED]: bytes, [RESERVED_PERCENT]: percent } = parameters
  if (bytes !== undefined && percent === undefined) return Number(bytes)
  return Math.floor((memory * Number(percent ?? DEFAULT_RESERVED_PERCENT)) / 100)
}
