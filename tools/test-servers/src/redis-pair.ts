import { setTimeout as sleep } from 'node:timers/promises'
import { RedisInstance } from './redis-instance.ts'
import { startTcpFaultProxy, type TcpFaultProxy } from './tcp-faults.ts'

/** One of the two servers, as tests may use it: straight, past every proxy. */
export type RedisOfPair = Pick<RedisInstance, 'name' | 'port' | 'url' | 'command' | 'info'>

/**
 * The primary's endpoint by name, as one client sees it: each has a way of its own, which can be cut, held (a half-open
 * connection), delayed or closed (`refuse`) without the others noticing.
 */
export interface RedisEndpoint extends Omit<TcpFaultProxy, 'retarget' | 'stop'> {
  readonly url: string
}

export interface RedisPairOptions<Client extends string> {
  /** Each gets an endpoint of its own. */
  readonly clients: readonly Client[]
  /** Arguments of both servers beside those that make them small, private and quick to replicate. */
  readonly args?: readonly string[]
}

export interface MoveOptions<Client extends string> {
  /** Whose endpoints lead to the new primary from now on. @default all */
  readonly clients?: readonly Client[]
  /**
   * What becomes of their open connections: `cut` ends them, `left` lets them live on, to where they have always led.
   *
   * @default cut
   */
  readonly connections?: 'cut' | 'left'
}

export interface FailOverOptions<Client extends string> extends MoveOptions<Client> {
  /**
   * What the former primary makes of it: `replica` of the new one, which costs it whatever the new one has not got; or
   * it goes on as `primary`, as a server does that is cut off from those who decide.
   *
   * @default replica
   */
  readonly former?: 'replica' | 'primary'
}

/** A replica connects and gets everything at once, where it usually waits for others that may want the same. */
const QUICK = ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0']
/** Links are heard of every second, and given up only after tests have ended: a lag is not a lost link. */
const LINKS = ['--repl-ping-replica-period', '1', '--repl-timeout', '120']
/** What a full copy leaves on the replica's disk would be data to start with. */
const TRACELESS = ['--rdb-del-sync-files', 'yes']
/** Whoever is stopped does not wait for a replica that lags. */
const HASTY = ['--shutdown-timeout', '0']
/** How long the replica may take to have everything, in milliseconds. */
const PATIENCE = 20_000

/** Starts A, the primary, and B, its replica. */
export async function startRedisPair<Client extends string>({
  clients,
  args = [],
}: RedisPairOptions<Client>): Promise<RedisPair<Client>> {
  const all = [...QUICK, ...LINKS, ...TRACELESS, ...HASTY, ...args]
  const [a, b] = await Promise.all([RedisInstance.start('A', all), RedisInstance.start('B', all)])
  const [toA, toB] = await Promise.all([startTcpFaultProxy(a.port), startTcpFaultProxy(b.port)])
  const ways = await Promise.all(
    clients.map(async (client) => [client, await startTcpFaultProxy(a.port)] as const),
  )
  const pair = new RedisPair({ instance: a, link: toA }, { instance: b, link: toB }, new Map(ways))
  await pair.begin()
  return pair
}

/** A server and the way that the other one takes to replicate it. */
interface Side {
  readonly instance: RedisInstance
  readonly link: TcpFaultProxy
}

/**
 * Two Redis servers that fail over as ElastiCache's do, step by step and only when told to.
 *
 * ```
 * client ── endpoint ──┐
 * client ── endpoint ──┴─► primary ── link ──► replica
 * ```
 *
 * Every arrow is a proxy, so each can be disturbed alone.
 */
export class RedisPair<Client extends string = string> {
  #primary: Side
  #replica: Side
  readonly #ways: ReadonlyMap<Client, TcpFaultProxy>
  /** Whether the one that should replicate believes that it is the primary. */
  #isSplit = false

  /** @param ways of the clients, all of them to the primary */
  constructor(primary: Side, replica: Side, ways: ReadonlyMap<Client, TcpFaultProxy>) {
    this.#primary = primary
    this.#replica = replica
    this.#ways = ways
  }

  /** Makes the replica one, once. */
  async begin(): Promise<void> {
    await this.#follow()
    await this.catchUp()
  }

  /** Where the endpoints lead, or will lead when they are moved. */
  get primary(): RedisOfPair {
    return this.#primary.instance
  }

  /** The other one, also while it believes that it is the primary. */
  get replica(): RedisOfPair {
    return this.#replica.instance
  }

  endpoint(client: Client): RedisEndpoint {
    const { port, set, delay, silence, cut } = this.#wayOf(client)
    return { url: `redis://127.0.0.1:${port}`, port, set, delay, silence, cut }
  }

  /** From now on the replica hears nothing of the primary, and knows nothing of that. For less than two minutes. */
  lag(): void {
    this.#primary.link.set('hold')
  }

  /** Ends a lag; resolves when the replica has everything that the primary has now. */
  async catchUp(): Promise<void> {
    this.#primary.link.set('pass')
    if (this.#isSplit) throw new Error('there are two primaries; wanted: a primary and its replica')
    const { instance } = this.#primary
    const wanted = Number((await instance.info('replication'))['master_repl_offset'])
    await until('the replica has everything', async () => {
      const { master_link_status: link, slave_repl_offset: offset } =
        await this.#replica.instance.info('replication')
      return link === 'up' && Number(offset) >= wanted
    })
  }

  /** Promotes the replica with what it has; what the link has held back is lost on the way. */
  async failOver({ former = 'replica', ...move }: FailOverOptions<Client> = {}): Promise<void> {
    const [from, to] = [this.#primary, this.#replica]
    await to.instance.command('REPLICAOF', 'NO', 'ONE')
    // First what it holds ends, then it holds no more.
    from.link.cut()
    from.link.set('pass')
    this.#primary = to
    this.#replica = from
    this.#isSplit = former === 'primary'
    // The dead and the paused are told when they come back.
    if (from.instance.isUp) await this.#follow()
    this.moveEndpoints(move)
  }

  /**
   * The reverse: the former primary, which has everything again, is promoted. Its run id is the one from before, so
   * whoever knows a server by that alone does not notice that it has been away.
   */
  async failBack(options: FailOverOptions<Client> = {}): Promise<void> {
    if (this.#isSplit) await this.reunite({ clients: [] })
    await this.catchUp()
    await this.failOver(options)
  }

  /** A failover that the endpoints have not followed yet: their server answers changes with READONLY. */
  async demote(): Promise<void> {
    await this.failOver({ clients: [] })
  }

  /** Endpoints that did not follow a failover do now. */
  moveEndpoints({ clients = [...this.#ways.keys()], connections = 'cut' }: MoveOptions<Client> = {}): void {
    for (const way of clients.map((client) => this.#wayOf(client))) {
      way.retarget(this.#primary.instance.port)
      if (connections === 'cut') way.cut()
    }
  }

  /** Of two primaries the former one gives in: it becomes a replica, and what only it had is lost. */
  async reunite(move: MoveOptions<Client> = {}): Promise<void> {
    this.#isSplit = false
    await this.#follow()
    this.moveEndpoints(move)
  }

  /** Keeps what is in the primary now, for {@link restartWithOldData}. */
  async snapshot(): Promise<void> {
    await this.#primary.instance.snapshot()
  }

  /** Ends one of them at once, the primary unless told otherwise. The replica does not take its place by itself. */
  async kill(which: 'primary' | 'replica' = 'primary'): Promise<void> {
    await this.#side(which).instance.kill()
  }

  /**
   * Starts it again, killed or not, with nothing in it, in the role that it has by now. When it is the primary, its
   * replica follows it, and loses everything as well.
   */
  async restartEmpty(which: 'primary' | 'replica' = 'primary'): Promise<void> {
    await this.#restart(which, 'empty')
  }

  /** The same with what was in it at its last {@link snapshot}. */
  async restartWithOldData(which: 'primary' | 'replica' = 'primary'): Promise<void> {
    await this.#restart(which, 'old')
  }

  /** Stops one of them in the middle of what it does (SIGSTOP): its connections stay open, and nobody answers. */
  pause(which: 'primary' | 'replica' = 'primary'): void {
    this.#side(which).instance.pause()
  }

  /** It goes on where it was. A primary that was replaced meanwhile is told so only then. */
  async resume(which: 'primary' | 'replica' = 'primary'): Promise<void> {
    this.#side(which).instance.resume()
    if (which === 'replica') await this.#follow()
  }

  async stop(): Promise<void> {
    const sides = [this.#primary, this.#replica]
    const proxies = [...this.#ways.values(), ...sides.map(({ link }) => link)]
    await Promise.all(proxies.map((proxy) => proxy.stop()))
    await Promise.all(sides.map(({ instance }) => instance.dispose()))
  }

  /** The one that should replicate does, unless it believes that it is the primary. */
  async #follow(): Promise<void> {
    if (!this.#isSplit) await this.#replica.instance.command('REPLICAOF', ...this.#master())
  }

  async #restart(which: 'primary' | 'replica', data: 'empty' | 'old'): Promise<void> {
    const follows = which === 'replica' && !this.#isSplit
    // From its first moment: it never takes a change of its own.
    await this.#side(which).instance.restart(data, follows ? ['--replicaof', ...this.#master()] : [])
  }

  #master(): [host: string, port: string] {
    return ['127.0.0.1', String(this.#primary.link.port)]
  }

  #side(which: 'primary' | 'replica'): Side {
    return which === 'primary' ? this.#primary : this.#replica
  }

  #wayOf(client: Client): TcpFaultProxy {
    const way = this.#ways.get(client)
    if (way !== undefined) return way
    throw new Error(`the client is ${client}; wanted: one of ${[...this.#ways.keys()].join(', ')}`)
  }
}

async function until(wanted: string, condition: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); performance.now() - began < PATIENCE; await sleep(5)) {
    if (await condition()) return
  }
  throw new Error(`got nothing for ${PATIENCE / 1000} s; wanted: ${wanted}`)
}
