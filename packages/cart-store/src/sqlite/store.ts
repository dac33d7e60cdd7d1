import type { DatabaseSync } from 'node:sqlite'
import {
  type Cart,
  type CartEvent,
  type CartId,
  type CartState,
  type EpochMs,
  type Order,
  type OrderId,
  unknownCart,
} from '@cartwright/cart-domain'
import {
  type Call,
  type CartRead,
  type CartStore,
  type Commit,
  type CommitOutcome,
  type KeptAnswer,
  type Outbox,
  type OutboxRow,
  type Revision,
  StoreUnavailable,
} from '../port.ts'
import { RecentCarts } from '../recent-carts.ts'
import { openDatabase, type Synchronous, touch, unavailable } from './database.ts'
import { GroupCommit } from './group-commit.ts'

export interface SqliteOptions {
  /** The database file; it and its folder are made where they are missing. */
  readonly file: string
  /** @default full */
  readonly synchronous?: Synchronous
}

/** What the condition of a commit compares; `undefined` where the cart was unknown. */
type SqliteRevision = { readonly incarnation: string; readonly version: number } | undefined

/** How often expired rows are taken out, in milliseconds, and how many of a table in one transaction. */
const PURGE_INTERVAL = 10_000
const PURGE_SLICE = 500

/**
 * The embedded store: one SQLite file in WAL mode. Several processes may use the same file; conditions are
 * checked inside `BEGIN IMMEDIATE`, so none of them ever acts on what another has changed meanwhile.
 *
 * @throws {StoreNotOpened} when the file cannot be used.
 */
export function openSqliteStore(options: SqliteOptions): CartStore {
  return new SqliteStore(openDatabase(options.file, options.synchronous ?? 'full'))
}

class SqliteStore implements CartStore {
  readonly name = 'sqlite'
  readonly outbox: Outbox
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #commits: GroupCommit
  readonly #recent = new RecentCarts()
  readonly #purging: NodeJS.Timeout
  #isPurging = false

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
    this.#commits = new GroupCommit(database)
    this.outbox = this.#openOutbox()
    this.#purging = setInterval(() => void this.#purge(), PURGE_INTERVAL).unref()
  }

  read(id: CartId, call: Call): Promise<CartState> {
    return this.#timed(call, () => {
      call.observer?.cache('bypass')
      return this.#readCart(id, call.now) ?? unknownCart(id)
    })
  }

  readForChange(id: CartId, call: Call): Promise<CartRead> {
    return this.#timed(call, () => {
      const cart = this.#readCart(id, call.now)
      const revision: SqliteRevision =
        cart === undefined ? undefined : { incarnation: cart.incarnation, version: cart.version }
      // Opaque to everybody else; `#holds` takes it back.
      return { cart: cart ?? unknownCart(id), revision: revision as unknown as Revision }
    })
  }

  readAnswer(cartId: CartId, key: string, call: Call): Promise<KeptAnswer | undefined> {
    return this.#timed(call, () => this.#readAnswer(cartId, key, call.now))
  }

  readOrder(id: OrderId, call: Call): Promise<Order | undefined> {
    return this.#timed(call, () => {
      const row = this.#statements.order.get(id)
      return row === undefined ? undefined : (JSON.parse(String(row['document'])) as Order)
    })
  }

  async commit(commit: Commit, call: Call): Promise<CommitOutcome> {
    const start = performance.now()
    try {
      const outcome = await this.#commits.run(call.deadline, () => this.#apply(commit, call.now))
      // Not before: what a failed transaction would have written was never a version of the cart.
      if (outcome.kind === 'committed') for (const { cart } of commit.carts) this.#recent.put(cart)
      return outcome
    } finally {
      call.observer?.took('store', performance.now() - start)
    }
  }

  /** A real write: a full disk can still be read. */
  async check(call: Call): Promise<void> {
    const start = performance.now()
    try {
      await this.#commits.run(call.deadline, () => touch(this.#database))
    } finally {
      call.observer?.took('store', performance.now() - start)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#purging)
    await this.#commits.close()
    if (this.#database.isOpen) this.#database.close()
  }

  /** Runs inside the transaction. Conditions first, writes last: a refused commit has written nothing. */
  #apply(commit: Commit, now: EpochMs): CommitOutcome {
    const { answer, outbox, order } = commit
    if (answer !== undefined) {
      const kept = this.#readAnswer(commit.cartId, answer.key, now)
      if (kept !== undefined) return { kind: 'answered', kept }
    }
    for (const { cart, revision } of commit.carts) {
      if (!this.#holds(cart.id, revision, now)) return { kind: 'conflict' }
    }
    const write = this.#statements
    for (const { cart } of commit.carts) {
      write.putCart.run(cart.id, cart.incarnation, cart.version, cart.expiresAt, JSON.stringify(cart))
    }
    if (order !== undefined) write.putOrder.run(order.orderId, JSON.stringify(order))
    if (answer !== undefined) {
      const { key, kept } = answer
      write.putAnswer.run(commit.cartId, key, kept.expiresAt, JSON.stringify(kept))
    }
    if (outbox !== undefined) {
      write.putOutbox.run(outbox.id, outbox.cartId, outbox.createdAt, JSON.stringify(outbox.events))
    }
    return { kind: 'committed' }
  }

  #holds(id: CartId, revision: Revision, now: EpochMs): boolean {
    // Made by `readForChange` above.
    const expected = revision as unknown as SqliteRevision
    const row = this.#statements.revision.get(id)
    if (expected === undefined) return row === undefined || Number(row['expires_at']) <= now
    return row?.['incarnation'] === expected.incarnation && row['version'] === expected.version
  }

  #readCart(id: CartId, now: EpochMs): Cart | undefined {
    const row = this.#statements.revision.get(id)
    if (row === undefined || Number(row['expires_at']) <= now) return undefined
    const recent = this.#recent.get(id, row['incarnation'], row['version'])
    if (recent !== undefined) return recent
    // In this process nothing comes between the two statements, but another process may: the document decides.
    const document = this.#statements.cart.get(id, now)?.['document']
    if (document === undefined) return undefined
    // Written by `#apply` from a Cart.
    const cart = JSON.parse(String(document)) as Cart
    this.#recent.put(cart)
    return cart
  }

  #readAnswer(cartId: CartId, key: string, now: EpochMs): KeptAnswer | undefined {
    const row = this.#statements.answer.get(cartId, key, now)
    return row === undefined ? undefined : (JSON.parse(String(row['document'])) as KeptAnswer)
  }

  #openOutbox(): Outbox {
    const statements = this.#statements
    return {
      pending: ({ createdBefore, limit }, call) =>
        this.#timed(call, () => statements.pending.all(createdBefore, limit).map(outboxRow)),
      remove: (rows, call) =>
        this.#commits.run(call.deadline, () => {
          for (const { id } of rows) statements.removeOutbox.run(id)
        }),
      backlog: (call) =>
        this.#timed(call, () => {
          const row = statements.backlog.get()
          const oldest = row?.['oldest']
          return { rows: Number(row?.['rows']), ...(typeof oldest === 'number' ? { oldest } : {}) }
        }),
    }
  }

  /**
   * Expired rows count as absent at once; this only gives their space back. In slices, each with the commits that
   * wait meanwhile, until none is left: however many expire, they are taken out as fast as others come in.
   */
  async #purge(): Promise<void> {
    if (this.#isPurging) return
    this.#isPurging = true
    const now = Date.now()
    const { purgeCarts, purgeAnswers } = this.#statements
    try {
      for (let full = true; full; ) {
        full = await this.#commits.run(performance.now() + PURGE_INTERVAL, () => {
          const carts = purgeCarts.run(now, PURGE_SLICE).changes
          return Math.max(Number(carts), Number(purgeAnswers.run(now, PURGE_SLICE).changes)) === PURGE_SLICE
        })
      }
    } catch {
      // The next round tries again; a store that cannot write shows in every commit.
    } finally {
      this.#isPurging = false
    }
  }

  /** Reads never wait, so a call past its deadline is refused instead of started. */
  async #timed<Result>(call: Call, work: () => Result): Promise<Result> {
    const start = performance.now()
    if (start > call.deadline) {
      throw new StoreUnavailable('sqlite: the deadline passed before the read', {
        outcome: 'none',
        reason: 'unreachable',
      })
    }
    try {
      return work()
    } catch (error) {
      throw unavailable(error)
    } finally {
      call.observer?.took('store', performance.now() - start)
    }
  }
}

function outboxRow(row: Record<string, unknown>): OutboxRow {
  return {
    id: String(row['id']),
    // Written by `#apply` from an OutboxRow.
    cartId: String(row['cart_id']) as CartId,
    createdAt: Number(row['created_at']),
    events: JSON.parse(String(row['events'])) as CartEvent[],
  }
}

type Statements = ReturnType<typeof prepareStatements>

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql)
  return {
    cart: prepare('SELECT document FROM carts WHERE id = ? AND expires_at > ?'),
    revision: prepare('SELECT incarnation, version, expires_at FROM carts WHERE id = ?'),
    putCart: prepare(
      `INSERT INTO carts (id, incarnation, version, expires_at, document) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation, version = excluded.version,
         expires_at = excluded.expires_at, document = excluded.document`,
    ),
    order: prepare('SELECT document FROM orders WHERE id = ?'),
    putOrder: prepare('INSERT INTO orders (id, document) VALUES (?, ?)'),
    answer: prepare('SELECT document FROM answers WHERE cart_id = ? AND key = ? AND expires_at > ?'),
    putAnswer: prepare(
      `INSERT INTO answers (cart_id, key, expires_at, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (cart_id, key) DO UPDATE SET expires_at = excluded.expires_at, document = excluded.document`,
    ),
    putOutbox: prepare('INSERT INTO outbox (id, cart_id, created_at, events) VALUES (?, ?, ?, ?)'),
    pending: prepare(
      `SELECT id, cart_id, created_at, events FROM outbox WHERE created_at <= ? ORDER BY created_at, rowid LIMIT ?`,
    ),
    removeOutbox: prepare('DELETE FROM outbox WHERE id = ?'),
    backlog: prepare('SELECT count(*) AS rows, min(created_at) AS oldest FROM outbox'),
    purgeCarts: prepare(
      'DELETE FROM carts WHERE rowid IN (SELECT rowid FROM carts WHERE expires_at <= ? LIMIT ?)',
    ),
    purgeAnswers: prepare(
      'DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers WHERE expires_at <= ? LIMIT ?)',
    ),
  }
}
