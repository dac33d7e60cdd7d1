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
import { type CredentialsSource, RedisConnection } from './connection.ts'
import { faultOf } from './faults.ts'
import { luaScript } from './lua-script.ts'
import { RedisOutbox } from './outbox.ts'

export interface RedisStoreOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`; `rediss` is TLS. */
  readonly url: string
  /** Stands before every key. @default cartwright: */
  readonly prefix?: string
  /** How long one attempt may take, in milliseconds. @default 1000 */
  readonly attemptTimeout?: number
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

const COMMIT = luaScript(new URL('commit.lua', import.meta.url))

/** How long a commit is remembered, in seconds: longer than anybody goes on sending it. */
const TOKEN_LIFETIME = 120
/** How long an expired cart stays, in milliseconds: clocks disagree, and reads judge expiry themselves. */
const GRACE = 60_000
/** How long opening waits for the connection, in milliseconds. */
const OPENING_PATIENCE = 5_000

/**
 * Redis alone holds everything. A commit is one script, so it is atomic and in order; what is acknowledged is in the
 * primary's memory, and on its disk as far as `appendfsync` says.
 *
 * It can lose acknowledged changes where Redis itself does: when a replica that lags is promoted (ElastiCache; not
 * MemoryDB), when it is started empty or with old data, when two primaries believe in themselves.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<CartStore> {
  const connection = new RedisConnection(options)
  await connection.settled(OPENING_PATIENCE)
  return new RedisStore(connection, options)
}

/** The names of the keys. */
class Keys {
  readonly #prefix: string
  readonly outbox: string

  constructor(prefix: string) {
    this.#prefix = prefix
    this.outbox = `${prefix}outbox`
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

class RedisStore implements CartStore {
  readonly name = 'redis'
  readonly outbox: RedisOutbox
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #patience: number
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  constructor(
    connection: RedisConnection,
    { prefix = 'cartwright:', attemptTimeout = 1_000 }: RedisStoreOptions,
  ) {
    this.#connection = connection
    this.#keys = new Keys(prefix)
    this.#patience = attemptTimeout
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
    const [expiresAt, document] = await this.#send<(string | null)[]>(
      ['HMGET', this.#keys.answer(cartId, key), 'expiresAt', 'document'],
      call,
    )
    return document != null && Number(expiresAt) > call.now ? keptOf(document) : undefined
  }

  async readOrder(id: OrderId, call: Call): Promise<Order | undefined> {
    const document = await this.#send<string | null>(['GET', this.#keys.order(id)], call)
    return document === null ? undefined : (JSON.parse(document) as Order)
  }

  commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    const committing = this.#commit(commit, call)
    this.#underWay.add(committing)
    return committing.finally(() => this.#underWay.delete(committing))
  }

  async check(call: Call): Promise<void> {
    // A write, which a replica and a full server refuse.
    await this.#send(['SET', this.#keys.token('check'), '1', 'EX', String(TOKEN_LIFETIME)], call, true)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    this.#connection.close()
  }

  async #commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    if (this.#closed) throw closed()
    const { answer, order, outbox, carts } = commit
    const keys = [
      // The same for every sending of this decision, another one for the next.
      this.#keys.token(randomUUID()),
      this.#keys.answer(commit.cartId, answer?.key ?? ''),
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
    const [kind, value = ''] = await untilAnswered(call, {
      store: this.name,
      attempt: (patience) =>
        this.#connection.run<['committed' | 'conflict' | 'answered', string?]>(COMMIT, keys, args, patience),
      judge: faultOf,
      patience: this.#patience,
      writes: true,
    })
    if (kind === 'answered') return { kind, kept: keptOf(value) }
    if (kind === 'conflict') return { kind }
    if (outbox !== undefined) this.outbox.remember(outbox, value)
    return { kind: 'committed' }
  }

  async #send<Reply>(args: readonly string[], call: Call, writes = false): Promise<Reply> {
    if (this.#closed) throw closed()
    return untilAnswered<Reply, never>(call, {
      store: this.name,
      attempt: (patience) => this.#connection.send<Reply>(args, patience),
      judge: faultOf,
      patience: this.#patience,
      writes,
    })
  }
}

function keptOf(document: string): KeptAnswer {
  // Written by `commit` from a KeptAnswer.
  return JSON.parse(document) as KeptAnswer
}

function closed(): StoreUnavailable {
  return new StoreUnavailable('redis: the store is closed', { outcome: 'none', reason: 'unreachable' })
}
