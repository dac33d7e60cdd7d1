import { randomUUID } from 'node:crypto'
import {
  type Cart,
  type CartId,
  type CartState,
  type Order,
  type OrderId,
  unknownCart,
} from '@cartwright/cart-domain'
import { untilAnswered } from '../attempts.ts'
import {
  type Call,
  type CartRead,
  type CartStore,
  type Commit,
  type CommitOutcome,
  type KeptAnswer,
  type Revision,
  StoreUnavailable,
} from '../port.ts'
import { UnderWay } from '../under-way.ts'
import { type CredentialsSource, RedisConnection } from './connection.ts'
import { faultOf } from './faults.ts'
import { luaScript } from './lua-script.ts'
import { RedisOutbox } from './outbox.ts'
import { Replicas } from './replicas.ts'

export interface RedisStoreOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`; `rediss` is TLS. */
  readonly url: string
  /** Stands before every key. @default cartwright: */
  readonly prefix?: string
  /** How long one attempt may take, in milliseconds. @default 1000 */
  readonly attemptTimeout?: number
  /** How many replicas must have a change before it is acknowledged. @default 0 */
  readonly replicas?: number
  /** Who connects; without it, what the URL says. */
  readonly credentials?: CredentialsSource
  /** Hears why the connection was lost. */
  readonly warn?: (message: string) => void
}

/** What was in a cart's hash when it was read, expired or not; empty texts for what was not there. */
interface RedisRevision {
  readonly incarnation: string
  readonly version: string
}

/** What `commit.lua` answers with. */
type CommitReply =
  | readonly ['committed', entry: string]
  | readonly ['answered', document: string]
  | readonly ['conflict']

const COMMIT = luaScript(new URL('commit.lua', import.meta.url))

/** How long a commit is remembered, in seconds: longer than anybody goes on sending it. */
const TOKEN_LIFETIME = 120
/** How long an expired cart stays, in milliseconds: clocks disagree, and reads judge expiry themselves. */
const GRACE = 60_000
/** How long one attempt may take, in milliseconds. */
const ATTEMPT_TIMEOUT = 1_000
/** How long opening waits for the connection, in milliseconds. */
const OPENING_PATIENCE = 5_000

/**
 * Redis alone holds everything. A commit is one script, so it is atomic and in order; what is acknowledged is in the
 * primary's memory, and on its disk as far as `appendfsync` says; with `replicas`, in the memory of so many of them.
 *
 * It can lose acknowledged changes where Redis itself does: when a replica that lags is promoted (ElastiCache; not
 * MemoryDB), when it is started empty or with old data, when two primaries believe in themselves.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<CartStore> {
  const { prefix = 'cartwright:', attemptTimeout: patience = ATTEMPT_TIMEOUT, replicas = 0 } = options
  const keys = new Keys(prefix)
  const connection = new RedisConnection(options)
  await connection.settled(OPENING_PATIENCE)
  if (replicas === 0) return new RedisStore({ connection, keys, patience })
  const waiting = new RedisConnection(options)
  await waiting.settled(OPENING_PATIENCE)
  const asked = new Replicas({ connection: waiting, wanted: replicas, mark: keys.mark, patience })
  return new RedisStore({ connection, keys, patience, replicas: asked })
}

/** The names of the keys. */
class Keys {
  readonly #prefix: string
  readonly outbox: string
  /** Written for the sake of being written. */
  readonly mark: string

  constructor(prefix: string) {
    this.#prefix = prefix
    this.outbox = `${prefix}outbox`
    this.mark = `${prefix}mark`
  }

  cart(id: string): string {
    return `${this.#prefix}cart:${id}`
  }

  answer(cartId: string, key: string): string {
    // A cart's id has no colon, so no two pairs share a name.
    return `${this.#prefix}answer:${cartId}:${key}`
  }

  order(id: string): string {
    return `${this.#prefix}order:${id}`
  }

  token(id: string): string {
    return `${this.#prefix}commit:${id}`
  }
}

/** What the store is made of. */
interface Parts {
  readonly connection: RedisConnection
  readonly keys: Keys
  /** How long one attempt may take, in milliseconds. */
  readonly patience: number
  /** Absent where nobody waits for them. */
  readonly replicas?: Replicas
}

class RedisStore implements CartStore {
  readonly name = 'redis'
  readonly outbox: RedisOutbox
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #patience: number
  readonly #replicas: Replicas | undefined
  readonly #underWay = new UnderWay()
  #closed = false

  constructor({ connection, keys, patience, replicas }: Parts) {
    this.#connection = connection
    this.#keys = keys
    this.#patience = patience
    this.#replicas = replicas
    this.outbox = new RedisOutbox(this.#keys.outbox, (args, call, writes) => this.#send(args, call, writes))
  }

  async read(id: CartId, call: Call): Promise<CartState> {
    call.observer?.cache('bypass')
    return (await this.readForChange(id, call)).cart
  }

  async readForChange(id: CartId, call: Call): Promise<CartRead> {
    const fields = ['incarnation', 'version', 'expiresAt', 'document']
    const [incarnation, version, expiresAt, document] = await this.#send<(string | null)[]>(
      ['HMGET', this.#keys.cart(id), ...fields],
      call,
    )
    const revision: RedisRevision = { incarnation: incarnation ?? '', version: version ?? '' }
    const isThere = document != null && Number(expiresAt) > call.now
    return {
      // Written by `commit` from a Cart.
      cart: isThere ? (JSON.parse(document) as Cart) : unknownCart(id),
      // Opaque to everybody else; `commit` takes it back.
      revision: revision as unknown as Revision,
    }
  }

  async readAnswer(cartId: CartId, key: string, call: Call): Promise<KeptAnswer | undefined> {
    const name = this.#keys.answer(cartId, key)
    return this.#untilAnswered(call, false, async (patience) => {
      const until = performance.now() + patience
      const [expiresAt, document] = await this.#connection.send<(string | null)[]>(
        ['HMGET', name, 'expiresAt', 'document'],
        patience,
      )
      if (document == null || Number(expiresAt) <= call.now) return undefined
      // Whoever gets it takes it for an acknowledgement, which the first one to ask may not have got.
      await this.#replicas?.have(answerRead(name), document, until - performance.now())
      return keptOf(document)
    })
  }

  async readOrder(id: OrderId, call: Call): Promise<Order | undefined> {
    const document = await this.#send<string | null>(['GET', this.#keys.order(id)], call)
    return document === null ? undefined : (JSON.parse(document) as Order)
  }

  commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    return this.#underWay.track(this.#commit(commit, call))
  }

  async check(call: Call): Promise<void> {
    const token = this.#keys.token('check')
    await this.#untilAnswered(call, true, async (patience) => {
      const until = performance.now() + patience
      // A write, which a replica and a full server refuse.
      await this.#connection.send(['SET', token, '1', 'EX', String(TOKEN_LIFETIME)], patience)
      await this.#replicas?.have(['GET', token], '1', until - performance.now())
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#underWay.ended()
    this.#connection.close()
    this.#replicas?.close()
  }

  async #commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    if (this.#closed) throw closed()
    const { answer, order, outbox, carts } = commit
    // The same for every sending of this decision, another one for the next.
    const token = this.#keys.token(randomUUID())
    const kept = this.#keys.answer(commit.cartId, answer?.key ?? '')
    const keys = [
      token,
      kept,
      ...carts.map(({ cart }) => this.#keys.cart(cart.id)),
      this.#keys.order(order?.orderId ?? ''),
      this.#keys.outbox,
    ]
    const args = [
      String(call.now),
      String(TOKEN_LIFETIME),
      ...(answer === undefined ? ['', ''] : [String(answer.kept.expiresAt), JSON.stringify(answer.kept)]),
      order === undefined ? '' : JSON.stringify(order),
      ...(outbox === undefined
        ? ['', '', '', '']
        : [outbox.id, outbox.cartId, String(outbox.createdAt), JSON.stringify(outbox.events)]),
      ...carts.flatMap(({ cart, revision }) => {
        // Made by `readForChange` above.
        const { incarnation, version } = revision as unknown as RedisRevision
        const { expiresAt } = cart
        return [
          ...[incarnation, version, cart.incarnation, String(cart.version)],
          ...[String(expiresAt), String(expiresAt + GRACE), JSON.stringify(cart)],
        ]
      }),
    ]
    const [kind, value = ''] = await this.#untilAnswered(call, true, async (patience) => {
      const until = performance.now() + patience
      const reply = await this.#connection.run<CommitReply>(COMMIT, keys, args, patience)
      if (this.#replicas !== undefined && reply[0] !== 'conflict') {
        const evidence = reply[0] === 'committed' ? ['GET', token] : answerRead(kept)
        await this.#replicas.have(evidence, reply[1], until - performance.now())
      }
      return reply
    })
    if (kind === 'answered') return { kind, kept: keptOf(value) }
    if (kind === 'conflict') return { kind }
    if (outbox !== undefined) this.outbox.remember(outbox, value)
    return { kind: 'committed' }
  }

  #send<Reply>(args: readonly string[], call: Call, writes = false): Promise<Reply> {
    return this.#untilAnswered(call, writes, (patience) => this.#connection.send<Reply>(args, patience))
  }

  async #untilAnswered<Reply>(
    call: Call,
    writes: boolean,
    attempt: (patience: number) => Promise<Reply>,
  ): Promise<Reply> {
    if (this.#closed) throw closed()
    return untilAnswered<Reply, never>(call, {
      store: this.name,
      attempt,
      judge: faultOf,
      patience: this.#patience,
      writes,
    })
  }
}

/** What finds an answer's document under its key. */
function answerRead(key: string): string[] {
  return ['HGET', key, 'document']
}

function keptOf(document: string): KeptAnswer {
  // Written by `commit` from a KeptAnswer.
  return JSON.parse(document) as KeptAnswer
}

function closed(): StoreUnavailable {
  return new StoreUnavailable('redis: the store is closed', { outcome: 'none', reason: 'unreachable' })
}
