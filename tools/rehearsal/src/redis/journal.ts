/** What happened to the cache, and when: what a drill is judged by. No token or password is ever in it. */
export interface CacheEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly kind: CacheEntryKind
  /** Its CacheClusterId; without it, it is the whole group that `said` is about. */
  readonly node?: string
  readonly said: string
}

export type CacheEntryKind = 'node' | 'failover' | 'tokens' | 'not-rehearsed' | 'problem'
