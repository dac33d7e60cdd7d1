import { randomUUID } from 'node:crypto'
import {
  type CancellationReason,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  ResourceNotFoundException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  type Cart,
  type CartId,
  type CartState,
  type EpochMs,
  type Order,
  type OrderId,
  unknownCart,
} from '@cartwright/cart-domain'
import type { EpochRecord, Permission, RecordStore } from '../cache/record.ts'
import {
  type Call,
  type CartRead,
  type CartWrite,
  type Commit,
  type CommitOutcome,
  type KeptAnswer,
  type Outbox,
  type Revision,
  StoreNotOpened,
  StoreUnavailable,
} from '../port.ts'
import { UnderWay } from '../under-way.ts'
import { pack, unpack } from './document.ts'
import { DynamoEpochs } from './epochs.ts'
import { NotPermitted } from './faults.ts'
import { fits, type Item } from './item-size.ts'
import { DynamoOutbox, outboxItem } from './outbox.ts'
import { Sender } from './sender.ts'
import { answerKey, cartKey, type Key, orderKey, TTL_ATTRIBUTE, ttlAfter } from './table.ts'

export interface DynamoOptions {
  /** The table's name; see `table.ts` for what it looks like. */
  readonly table: string
  /** Of the SDK's client: region, endpoint, credentials. The environment's own where they are missing. */
  readonly client?: Pick<DynamoDBClientConfig, 'region' | 'endpoint' | 'credentials'>
  /**
   * How long one attempt may take, in milliseconds.
   * @default 1000
   */
  readonly attemptTimeout?: number
  /**
   * Whether changes are made through a cache, or not at all. One that is made past it would be hidden by it.
   * @default false
   */
  readonly behindCache?: boolean
}

/**
 * What was in a cart's item when it was read, expired or not. A commit demands exactly this again: no attribute that
 * was not there, none that has changed.
 */
interface DynamoRevision {
  readonly incarnation: string | undefined
  readonly version: string | undefined
  /** Raised to refuse the commits that were decided before; see `raiseGate`. */
  readonly gate: string | undefined
}

/** How long the table is asked for when the store is opened, in milliseconds. */
const OPENING_PATIENCE = 5_000
/** Connections at once; more requests than that wait for one. */
const MOST_CONNECTIONS = 128

/**
 * The store for many tasks: one DynamoDB table. A commit is one TransactWriteItems of at most five items, whose
 * conditions DynamoDB judges atomically.
 *
 * @throws {StoreNotOpened} when there is no such table, or it may not be read. One that does not answer is no reason:
 *   every task would end and start in circles as long as DynamoDB is away.
 */
export async function openDynamoStore(options: DynamoOptions): Promise<RecordStore> {
  const client = new DynamoDBClient({
    ...options.client,
    // Repeating is ours: see Sender.
    maxAttempts: 1,
    requestHandler: {
      httpsAgent: { maxSockets: MOST_CONNECTIONS },
      httpAgent: { maxSockets: MOST_CONNECTIONS },
    },
  })
  const region = await regionOf(client)
  const patience = options.attemptTimeout ?? 1_000
  const sender = new Sender(client, patience)
  const behindCache = options.behindCache === true
  // Behind a cache the epoch has a connection of its own: it must not wait for carts when DynamoDB is slow.
  const epochs = behindCache
    ? new Sender(new DynamoDBClient({ ...options.client, maxAttempts: 1 }), patience)
    : sender
  const store = new DynamoStore({ table: options.table, sender, epochs, behindCache })
  const close = async (problem: string, cause?: unknown): Promise<never> => {
    await store.close()
    throw new StoreNotOpened(problem, { cause })
  }
  try {
    await store.assertNoCache({ now: Date.now(), deadline: performance.now() + OPENING_PATIENCE })
  } catch (error) {
    if (error instanceof HasCache) return close(error.message)
    const cause = error instanceof StoreUnavailable ? error.cause : error
    const problem = openingProblem(cause, options.table, region)
    return problem === undefined ? store : close(problem, cause)
  }
  return store
}

/** Changes that go past a cache would be hidden by it. */
class HasCache extends StoreUnavailable {
  constructor(message: string) {
    super(message, { outcome: 'none', reason: 'unreachable' })
  }
}

interface DynamoStoreParts {
  readonly table: string
  readonly sender: Sender
  /** For the epoch. */
  readonly epochs: Sender
  readonly behindCache: boolean
}

class DynamoStore implements RecordStore {
  readonly name = 'dynamodb'
  readonly outbox: Outbox
  readonly epochs: EpochRecord
  readonly #table: string
  readonly #sender: Sender
  readonly #epochs: Sender
  readonly #underWay = new UnderWay()
  /** Whether it is certain that no change goes past a cache. */
  #isGuarded: boolean

  constructor({ table, sender, epochs, behindCache }: DynamoStoreParts) {
    this.#table = table
    this.#sender = sender
    this.#epochs = epochs
    this.#isGuarded = behindCache
    this.outbox = new DynamoOutbox(table, sender)
    this.epochs = new DynamoEpochs(table, epochs)
  }

  /** @throws {HasCache} when others read this table's carts from a cache, and this store would change them behind it */
  async assertNoCache(call: Call): Promise<void> {
    const { n, on } = await this.epochs.read(call)
    if (on !== undefined && !this.#isGuarded) {
      throw new HasCache(
        `the table ${this.#table} has a cache in front of it (epoch ${n}); wanted: STORE=cached, or the cache turned off first`,
      )
    }
    this.#isGuarded = true
  }

  async read(id: CartId, call: Call): Promise<CartState> {
    call.observer?.cache('bypass')
    return cartOf(id, await this.#get(cartKey(id), call), call.now)
  }

  async readForChange(id: CartId, call: Call): Promise<CartRead> {
    const item = await this.#get(cartKey(id), call)
    const revision: DynamoRevision = {
      incarnation: item?.['incarnation']?.S,
      version: item?.['version']?.N,
      gate: item?.['gate']?.N,
    }
    // Opaque to everybody else; `writesOf` takes it back.
    return { cart: cartOf(id, item, call.now), revision: revision as unknown as Revision }
  }

  async readAnswer(cartId: CartId, key: string, call: Call): Promise<KeptAnswer | undefined> {
    const item = await this.#get(answerKey(cartId, key), call)
    if (item === undefined || Number(item['expiresAt']?.N) <= call.now) return undefined
    return unpack<KeptAnswer>(item['document'])
  }

  async readOrder(id: OrderId, call: Call): Promise<Order | undefined> {
    const item = await this.#get(orderKey(id), call)
    return item === undefined ? undefined : unpack<Order>(item['document'])
  }

  commit(commit: Commit, call: Call, permission?: Permission): Promise<CommitOutcome> {
    return this.#underWay.track(this.#commit(commit, call, permission))
  }

  async raiseGate(id: CartId, call: Call): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { ...cartKey(id) },
      // Where there is no cart, the gate stands in an item of its own for a while: creating one is refused as well.
      UpdateExpression: 'ADD #gate :one SET #ttl = if_not_exists(#ttl, :ttl)',
      ExpressionAttributeNames: { '#gate': 'gate', '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':one': { N: '1' }, ':ttl': ttlAfter(call.now) },
    })
    await this.#sender.ask((client, options) => client.send(command, options), call, true)
  }

  async check(call: Call): Promise<void> {
    await this.#get(orderKey(''), call)
  }

  async close(): Promise<void> {
    await this.#underWay.ended()
    this.#sender.close()
    this.#epochs.close()
  }

  async #commit(commit: Commit, call: Call, permission?: Permission): Promise<CommitOutcome> {
    const writes = writesOf(commit, this.#table, call.now)
    // DynamoDB was away when the store was opened.
    if (!this.#isGuarded) await this.assertNoCache(call)
    if (writes.some(({ Put }) => Put !== undefined && !fits(Put.Item ?? {}))) return { kind: 'too-large' }
    // One token for all sendings of this decision: DynamoDB makes of them one transaction, for ten minutes.
    const command = new TransactWriteItemsCommand({
      TransactItems: writes,
      ClientRequestToken: randomUUID(),
    })
    if (permission !== undefined) onlyWith(permission, command)
    const sent = await this.#sender.send(
      (client, options) => client.send(command, options),
      call,
      true,
      permission && (() => permission.obtain(call)),
    )
    if (!('cancelled' in sent)) return { kind: 'committed' }
    return sent.cancelled === 'too large' ? { kind: 'too-large' } : judge(sent.reasons, commit)
  }

  async #get(key: Key, call: Call): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: { ...key }, ConsistentRead: true })
    return (await this.#sender.ask((client, options) => client.send(command, options), call)).Item
  }
}

/** Asks once more where the request is handed to the network: finding credentials and signing take their time. */
function onlyWith(permission: Permission, command: TransactWriteItemsCommand): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      if (!permission.holds()) throw new NotPermitted()
      return next(args)
    },
    { name: 'permission', step: 'deserialize', priority: 'low' },
  )
}

function cartOf(id: CartId, item: Item | undefined, now: EpochMs): CartState {
  // A raised gate may stand in an item of its own, without a cart.
  if (item?.['document'] === undefined || Number(item['expiresAt']?.N) <= now) return unknownCart(id)
  return unpack<Cart>(item['document'])
}

/** The answer first: `judge` reads the reasons by their places. */
function writesOf(commit: Commit, table: string, now: EpochMs): TransactWriteItem[] {
  const { answer, order, outbox } = commit
  const put = (Item: Item, condition: Partial<NonNullable<TransactWriteItem['Put']>> = {}) => ({
    Put: { TableName: table, Item: { ...Item }, ...condition },
  })
  return [
    ...(answer === undefined ? [] : [put(answerItem(commit.cartId, answer), unlessKept(now))]),
    ...commit.carts.map((write) => put(cartItem(write), onlyAfter(write))),
    ...(order === undefined ? [] : [put({ ...orderKey(order.orderId), document: pack(order) })]),
    ...(outbox === undefined ? [] : [put(outboxItem(outbox))]),
  ]
}

function answerItem(cartId: CartId, { key, kept }: NonNullable<Commit['answer']>): Item {
  return {
    ...answerKey(cartId, key),
    expiresAt: { N: String(kept.expiresAt) },
    [TTL_ATTRIBUTE]: ttlAfter(kept.expiresAt),
    document: pack(kept),
  }
}

function unlessKept(now: EpochMs) {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
    ExpressionAttributeValues: { ':now': { N: String(now) } },
    // The answer itself comes back with the refusal: no second read that could come too late.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const
}

function cartItem({ cart, revision }: CartWrite): Item {
  const { gate } = revisionOf(revision)
  return {
    ...cartKey(cart.id),
    incarnation: { S: cart.incarnation },
    version: { N: String(cart.version) },
    ...(gate === undefined ? {} : { gate: { N: gate } }),
    expiresAt: { N: String(cart.expiresAt) },
    [TTL_ATTRIBUTE]: ttlAfter(cart.expiresAt),
    document: pack(cart),
  }
}

/** The condition that nobody has committed, and no gate been raised, since the cart was read. */
function onlyAfter({ revision }: CartWrite) {
  const conditions: string[] = []
  const values: Record<string, { S: string } | { N: string }> = {}
  const { incarnation, version, gate } = revisionOf(revision)
  const demand = (name: string, value: { S: string } | { N: string } | undefined): void => {
    if (value === undefined) return void conditions.push(`attribute_not_exists(#${name})`)
    conditions.push(`#${name} = :${name}`)
    values[`:${name}`] = value
  }
  demand('incarnation', incarnation === undefined ? undefined : { S: incarnation })
  demand('version', version === undefined ? undefined : { N: version })
  demand('gate', gate === undefined ? undefined : { N: gate })
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: { '#incarnation': 'incarnation', '#version': 'version', '#gate': 'gate' },
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  }
}

/** The record before the carts: a retry must meet its own first success, which has also changed the cart. */
function judge(reasons: readonly CancellationReason[], { answer }: Commit): CommitOutcome {
  const [first] = reasons
  if (answer === undefined || first?.Code !== 'ConditionalCheckFailed') return { kind: 'conflict' }
  return { kind: 'answered', kept: unpack<KeptAnswer>(first.Item?.['document']) }
}

function revisionOf(revision: Revision): DynamoRevision {
  // Made by `readForChange` above.
  return revision as unknown as DynamoRevision
}

function openingProblem(cause: unknown, table: string, region: string): string | undefined {
  if (cause instanceof ResourceNotFoundException) {
    return `there is no DynamoDB table ${table} in ${region}; wanted: one with the keys pk and sk (TABLE_NAME, AWS_REGION)`
  }
  const { name, message } = cause as { name?: string; message?: string }
  if (name === 'AccessDeniedException') return `the DynamoDB table ${table} may not be read: ${message}`
  if (name === 'CredentialsProviderError') return `there are no credentials for AWS: ${message}`
  if (name === 'UnrecognizedClientException' || name === 'ValidationException') {
    return `DynamoDB refuses to show the table ${table}: ${message}`
  }
  return undefined
}

async function regionOf(client: DynamoDBClient): Promise<string> {
  try {
    return await client.config.region()
  } catch (cause) {
    throw new StoreNotOpened('AWS_REGION is not set; wanted: the region of the DynamoDB table', { cause })
  }
}
