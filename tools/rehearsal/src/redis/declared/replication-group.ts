/** What is declared of a replication group, cluster mode disabled. */
export interface ReplicationGroup {
  readonly id: string
  readonly engine: string
  readonly engineVersion: string
  readonly nodeType: string
  /** Leads to whichever node is the primary. */
  readonly primaryEndpoint: Endpoint
  /** Leads to replicas, and to the primary where there is none. */
  readonly readerEndpoint?: Endpoint
  readonly nodes: readonly DeclaredNode[]
  /** Whether connections are TLS. */
  readonly hasTls: boolean
  /** Whether a token is asked for; which one, AWS tells nobody. */
  readonly asksForToken: boolean
  /** What redis-server is configured with, by the names of redis.conf. */
  readonly directives: Readonly<Record<string, string>>
  /** What is declared and makes no difference here, one sentence each. */
  readonly notRehearsed: readonly string[]
}

export interface DeclaredNode {
  /** Its CacheClusterId. */
  readonly id: string
  readonly zone: string
  readonly role: Role
  readonly endpoint: Endpoint
}

export type Role = 'primary' | 'replica'

export interface Endpoint {
  readonly host: string
  readonly port: number
}
