import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findRedis, freePort } from '@cartwright/test-servers'
import type { Routes } from '../ecs/network/network.ts'
import type { Guard } from '../guard/guard.ts'
import { RehearsalProblem } from '../problem.ts'
import type { Authority } from '../tls/authority.ts'
import type { ElastiCacheApi } from './declared/elasticache.ts'
import { readNodes } from './declared/read.ts'
import type { Endpoint, ReplicationGroup, Role } from './declared/replication-group.ts'
import { follow } from './follow.ts'
import type { CacheEntry } from './journal.ts'
import { makeAdministrator } from './node/access.ts'
import { Node } from './node/node.ts'
import type { TlsFiles } from './node/redis-conf.ts'

export interface CacheOptions {
  /** Asked for the roles, again and again. */
  readonly api: ElastiCacheApi
  /** As it was read. */
  readonly group: ReplicationGroup
  /** Sees to it that no node outlives the rehearsal. */
  readonly guard: Guard
  /** Signs the nodes' certificate; a group with transit encryption cannot be without it. */
  readonly authority?: Authority
  /** The tokens that each group takes now, by its id; the empty one is a connection without any. */
  readonly tokens: () => Promise<Readonly<Record<string, readonly string[]>>>
  readonly tell: (entry: CacheEntry) => void
  /** Told whenever {@link Cache.routes} are others than before. */
  readonly rerouted?: () => void
  /** How often the API and the tokens are looked at, in milliseconds. @default 250 */
  readonly interval?: number
  readonly times?: Partial<CacheTimes>
}

/** How fast ElastiCache acts, in milliseconds. */
export interface CacheTimes {
  /**
   * From the end of a primary to the promotion of a replica. User guide, "Minimizing downtime … with Multi-AZ": "typically
   * just a few seconds".
   *
   * @default 3000
   */
  readonly promotion: number
  /** From then until another replica stands in the place of the failed node; on AWS it takes minutes. @default 10000 */
  readonly replacement: number
}

/** A node as it is now. */
export interface PlayedNode {
  /** Its CacheClusterId. */
  readonly node: string
  readonly role: Role
  /** Whether it answers, and a replica has everything. */
  readonly isUp: boolean
}

const INTERVAL = 250
const TIMES: CacheTimes = { promotion: 3_000, replacement: 10_000 }

/**
 * A replication group at work on loopback: a redis-server for each node.
 *
 * @throws {RehearsalProblem} where there is no redis-server, TLS is declared and there is no authority, or the group asks for a
 *   token that nobody tells
 */
export async function startCache(options: CacheOptions): Promise<Cache> {
  const { group, authority, guard } = options
  if (group.hasTls && authority === undefined)
    throw new RehearsalProblem(
      `replication group ${group.id} has transit encryption; wanted: an authority for it`,
    )
  const binary = await findRedis().catch((cause: unknown) => {
    throw new RehearsalProblem(cause instanceof Error ? cause.message : String(cause), { cause })
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-redis-'))
  await guard.watchFolder(folder)
  const cache = new Cache(options, folder)
  try {
    await cache.start(binary)
  } catch (error) {
    await cache.stop()
    throw error
  }
  return cache
}

/**
 * Roles and tokens are ElastiCache's: what its API tells is played as soon as it is seen. What a drill does to nodes is not told
 * to the API, so that a killed primary stays the primary until TestFailover says otherwise.
 *
 *   TestFailover ─ seen ─ old primary killed ─ promotion ─ replica promoted, routes changed ─ replacement ─ old one is back,
 *                                                                                              empty, a replica
 */
export class Cache {
  readonly group: ReplicationGroup
  /** Holds what the nodes write, until it is stopped. */
  readonly folder: string
  readonly #options: CacheOptions
  readonly #times: CacheTimes
  readonly #nodes: Node[] = []
  readonly #replacements = new Map<Node, NodeJS.Timeout>()
  readonly #end = new AbortController()
  readonly #followings: (() => void)[] = []
  #primaryId: string
  #tokens: readonly string[] = []
  #routes = ''
  /** What changes nodes does so one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  /** Use {@link startCache}. */
  constructor(options: CacheOptions, folder: string) {
    this.group = options.group
    this.#options = options
    this.#times = { ...TIMES, ...options.times }
    this.folder = folder
    const { id, nodes } = options.group
    const primary = nodes.find(({ role }) => role === 'primary')
    if (primary === undefined)
      throw new RehearsalProblem(`replication group ${id} has no primary; wanted: one`)
    this.#primaryId = primary.id
  }

  /** The id of the node that is the primary now. */
  get primary(): string {
    return this.#primaryId
  }

  /** What has become of the declared ones by now. */
  get nodes(): readonly PlayedNode[] {
    return this.#nodes.map((node) => ({
      node: node.id,
      role: node.id === this.#primaryId ? 'primary' : 'replica',
      isUp: node.isAwake && node.isInSync,
    }))
  }

  /** Where the group's names lead now, by `host:port` as clients ask for them. */
  routes(): Routes {
    const { primaryEndpoint, readerEndpoint, nodes } = this.group
    const primary = this.#nodeOf(this.#primaryId)
    // On AWS the reader endpoint leads to one replica after the other; here to the first that has everything.
    const reader = this.#nodes.find((node) => node !== primary && node.isInSync) ?? primary
    const routed: (readonly [Endpoint, Node])[] = [
      [primaryEndpoint, primary],
      ...(readerEndpoint === undefined ? [] : [[readerEndpoint, reader] as const]),
      ...nodes.map(({ id, endpoint }) => [endpoint, this.#nodeOf(id)] as const),
    ]
    return Object.fromEntries(
      routed.map(([{ host, port }, node]) => [`${host}:${port}`, { host: '127.0.0.1', port: node.port }]),
    )
  }

  /** Ends a node, or all of them, at once: connections break, and new ones are refused. */
  async kill(id?: string): Promise<void> {
    const nodes = this.#chosen(id)
    for (const node of nodes) this.#tell('node', 'is killed', node)
    // At once, and again when it is certain that nothing starts it just now.
    await Promise.all(nodes.map((node) => this.#down(node)))
    await this.#inTurn(async () => {
      await Promise.all(nodes.map((node) => this.#down(node)))
      this.#reroute()
    })
  }

  /** Starts what is down, a node or all of them, empty, each in its role; resolves when replicas have everything. */
  async restart(id?: string): Promise<void> {
    const nodes = this.#chosen(id)
    await this.#inTurn(async () => {
      const down = nodes.filter((node) => !node.isUp)
      const primary = this.#nodeOf(this.#primaryId)
      if (down.includes(primary)) await this.#start(primary)
      await Promise.all(down.filter((node) => node !== primary).map((node) => this.#start(node)))
      await this.#followPrimary(this.#nodes.filter((node) => !node.isInSync))
    })
  }

  /** Silences a node, or all of them: connections stay open, are even accepted, and nobody answers. */
  pause(id?: string): void {
    for (const node of this.#chosen(id)) {
      node.pause()
      this.#tell('node', 'is silent', node)
    }
  }

  /** Roles may be others than before. */
  async resume(id?: string): Promise<void> {
    const nodes = this.#chosen(id)
    for (const node of nodes) {
      node.resume()
      this.#tell('node', 'answers again', node)
    }
    await this.#inTurn(() => this.#followPrimary(nodes))
  }

  /** Ends everything, and removes what was written. */
  async stop(): Promise<void> {
    this.#end.abort()
    for (const end of this.#followings) end()
    const downAll = () => Promise.all(this.#nodes.map((node) => this.#down(node)))
    await downAll()
    await this.#turn
    await downAll()
    rmSync(this.folder, { recursive: true, force: true })
    this.#options.guard.forgetFolder(this.folder)
  }

  /** For {@link startCache}, once. */
  async start(binary: string): Promise<void> {
    const { group, interval = INTERVAL } = this.#options
    this.#tokens = await this.#tellTokens()
    await this.#makeNodes(binary)
    await this.restart()
    const [first] = this.#nodes
    const version = await first?.version()
    this.#tell('node', `runs redis-server ${version} for ${group.engine} ${group.engineVersion}`)
    for (const what of group.notRehearsed) this.#tell('not-rehearsed', what)
    const failed = (message: string): void => this.#tell('problem', message)
    this.#followings.push(
      follow(() => this.#lookAtRoles(), interval, failed),
      follow(() => this.#lookAtTokens(), interval, failed),
    )
  }

  async #makeNodes(binary: string): Promise<void> {
    const { group, guard, authority } = this.#options
    const administrator = makeAdministrator()
    const tls = authority === undefined || !group.hasTls ? undefined : await this.#makeCertificate(authority)
    for (const { id } of group.nodes) {
      const reach = {
        port: await freePort(),
        administrator,
        ...(tls === undefined || authority === undefined ? {} : { ca: authority.certificate }),
      }
      const node: Node = new Node({
        id,
        folder: path.join(this.folder, id),
        binary,
        guard,
        directives: group.directives,
        ...(tls === undefined ? {} : { tls }),
        reach,
        died: (lastWords) => {
          this.#tell('problem', `has ended by itself: ${lastWords}`, node)
          this.#reroute()
        },
      })
      this.#nodes.push(node)
    }
  }

  /** One for all nodes: any of them may be the primary. */
  async #makeCertificate(authority: Authority): Promise<TlsFiles> {
    const { primaryEndpoint, readerEndpoint, nodes } = this.group
    const hosts = [
      primaryEndpoint,
      ...(readerEndpoint ? [readerEndpoint] : []),
      ...nodes.map((n) => n.endpoint),
    ]
    const names = new Set([...hosts.map(({ host }) => host), 'localhost', '127.0.0.1'])
    const { cert, key } = await authority.issue([...names])
    const file = (name: string, text: string): string => {
      const where = path.join(this.folder, name)
      writeFileSync(where, text, { mode: 0o600 })
      return where
    }
    return {
      cert: file('cert.pem', cert),
      key: file('key.pem', key),
      ca: file('ca.pem', authority.certificate),
    }
  }

  /** In its role, empty. */
  async #start(node: Node): Promise<void> {
    if (this.#end.signal.aborted) return
    clearTimeout(this.#replacements.get(node))
    const primary = this.#nodeOf(this.#primaryId)
    if (node === primary) {
      await node.start(this.#tokens)
      this.#tell('node', 'is up, the primary', node)
      return
    }
    await node.start(this.#tokens, primary)
    this.#tell('node', `is up, a replica of ${primary.id}`, node)
  }

  async #down(node: Node): Promise<void> {
    clearTimeout(this.#replacements.get(node))
    await node.kill()
  }

  async #lookAtRoles(): Promise<void> {
    const { api, group } = this.#options
    const nodes = await readNodes(api, group.id)
    const primary = nodes.find(({ role }) => role === 'primary')
    const to = this.#nodes.find(({ id }) => id === primary?.id)
    if (to !== undefined && to.id !== this.#primaryId) await this.#inTurn(() => this.#failOver(to))
    const [told, known] = [nodes, group.nodes].map((some) => some.map(({ id }) => id).join(', '))
    if (told !== known)
      throw new RehearsalProblem(`ElastiCache has the nodes ${told} by now; played are ${known}`)
  }

  /** User guide, "Minimizing downtime … with Multi-AZ", "Failure scenarios when only the primary node fails". */
  async #failOver(to: Node): Promise<void> {
    const from = this.#nodeOf(this.#primaryId)
    this.#tell('failover', `is taken offline: ElastiCache makes ${to.id} the primary`, from)
    await this.#down(from)
    await sleep(this.#times.promotion, undefined, { signal: this.#end.signal })
    if (to.isUp) await to.promote()
    this.#primaryId = to.id
    this.#tell('failover', 'is the primary', to)
    this.#reroute()
    const replace = (): void => void this.#replace(from)
    this.#replacements.set(from, setTimeout(replace, this.#times.replacement))
    await this.#followPrimary(this.#nodes)
  }

  /** A silent one is told when it answers again. */
  async #followPrimary(nodes: readonly Node[]): Promise<void> {
    const primary = this.#nodeOf(this.#primaryId)
    const replicas = nodes.filter((node) => node !== primary && node.isAwake)
    await Promise.all(replicas.map((node) => node.follow(primary)))
    if (primary.isAwake) await Promise.all(replicas.map((node) => node.untilInSync()))
    this.#reroute()
  }

  async #replace(node: Node): Promise<void> {
    await this.restart(node.id).catch((error: unknown) => {
      this.#tell(
        'problem',
        `is not replaced: ${error instanceof Error ? error.message : String(error)}`,
        node,
      )
    })
  }

  async #lookAtTokens(): Promise<void> {
    this.#tokens = await this.#tellTokens()
    // One that is silent hears of it when it answers again.
    const awake = this.#nodes.filter((node) => node.isAwake)
    const changed = await Promise.all(awake.map((node) => node.take(this.#tokens)))
    if (!changed.includes(true)) return
    this.#tell('tokens', tokensSaid(this.#tokens))
  }

  /** @throws {RehearsalProblem} where a group that asks for a token would let everybody in */
  async #tellTokens(): Promise<readonly string[]> {
    const { [this.group.id]: tokens } = await this.#options.tokens()
    if (tokens !== undefined && tokens.length > 0) return tokens
    if (!this.group.asksForToken) return ['']
    throw new RehearsalProblem(
      `nobody tells the token of replication group ${this.group.id}; wanted: one or two`,
    )
  }

  #reroute(): void {
    const routes = JSON.stringify(this.routes())
    if (routes === this.#routes || this.#end.signal.aborted) return
    const isFirst = this.#routes === ''
    this.#routes = routes
    if (!isFirst) this.#options.rerouted?.()
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(async () => {
      if (!this.#end.signal.aborted) await action()
    })
    this.#turn = done.catch(() => undefined)
    return done
  }

  #tell(kind: CacheEntry['kind'], said: string, node?: Node): void {
    if (this.#end.signal.aborted) return
    this.#options.tell({ at: Date.now(), kind, ...(node === undefined ? {} : { node: node.id }), said })
  }

  #chosen(id: string | undefined): readonly Node[] {
    return id === undefined ? this.#nodes : [this.#nodeOf(id)]
  }

  #nodeOf(id: string): Node {
    const found = this.#nodes.find((node) => node.id === id)
    if (found !== undefined) return found
    const ids = this.#nodes.map((node) => node.id).join(', ')
    throw new RehearsalProblem(`there is no cache node ${id}; wanted: one of ${ids}`)
  }
}

function tokensSaid(tokens: readonly string[]): string {
  const count = tokens.filter((token) => token !== '').length
  if (count === tokens.length) return `takes ${count} ${count === 1 ? 'token' : 'tokens'} from now on`
  return `takes connections without a token from now on${count === 0 ? '' : ', and with any'}`
}
