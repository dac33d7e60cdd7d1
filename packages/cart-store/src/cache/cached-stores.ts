import { setTimeout as sleep } from 'node:timers/promises'
import type { CartId } from '@cartwright/cart-domain'
import type { DynamoServer } from '@cartwright/test-servers'
import { adding, call, change } from '../contract/builders.ts'
import { openDynamoStore } from '../dynamodb/index.ts'
import type { CacheStatus, CartStore } from '../port.ts'
import type { RecordStore } from './record.ts'
import { openCachedStore } from './store.ts'
import { type CacheTimes, TIMES } from './times.ts'

/** The protocol's times, shortened so that a test need not wait for a cache to ripen. */
export const QUICK: CacheTimes = {
  ...TIMES,
  poll: 100,
  hold: 400,
  longestCommit: 300,
  staleFence: 300,
  firstReopening: 100,
  lastReopening: 200,
  shortEpoch: 0,
  // The machine may be busy with other tests.
  get: 1_000,
  rest: 200,
}

export interface ClientOptions {
  readonly dynamo: DynamoServer
  /** Of Redis. */
  readonly url: string
  readonly times?: Partial<CacheTimes>
  readonly warn?: (message: string) => void
  /** Stands in for the record, or wraps it. */
  readonly record?: (record: RecordStore) => RecordStore
}

/** One process's cached store on the table `carts`. */
export async function openClient({ dynamo, url, times, warn, record }: ClientOptions): Promise<CartStore> {
  const real = await openDynamoStore({ table: 'carts', client: dynamo.client, behindCache: true })
  return openCachedStore({
    record: record?.(real) ?? real,
    url,
    times: { ...QUICK, ...times },
    ...(warn === undefined ? {} : { warn }),
  })
}

/** The methods of a record store, for an object that takes its place and does something else in some of them. */
export function bound(record: RecordStore): RecordStore {
  return {
    name: record.name,
    outbox: record.outbox,
    epochs: record.epochs,
    read: record.read.bind(record),
    readForChange: record.readForChange.bind(record),
    readAnswer: record.readAnswer.bind(record),
    readOrder: record.readOrder.bind(record),
    commit: record.commit.bind(record),
    raiseGate: record.raiseGate.bind(record),
    check: record.check.bind(record),
    close: record.close.bind(record),
  }
}

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patience = 10_000,
): Promise<void> {
  for (const end = performance.now() + patience; !(await condition()); await sleep(10)) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
  }
}

/** Resolves when every one of them sees the cache like this. */
export function untilCache(state: CacheStatus['state'], ...stores: readonly CartStore[]): Promise<void> {
  const seen = () => stores.map(({ cache }) => cache?.state).join(', ')
  return until(`the cache is ${state} for all`, () =>
    stores.every(({ cache }) => cache?.state === state),
  ).catch((error: Error) => {
    throw new Error(`${error.message}; seen: ${seen()}`)
  })
}

/** The version that is read, and where it came from. */
export async function reading(store: CartStore, id: CartId): Promise<string> {
  let found = 'nothing told'
  const observer = {
    took: () => undefined,
    cache: (outcome: string) => {
      found = outcome
    },
  }
  const { version } = await store.read(id, { ...call(), observer })
  return `${found} v${version}`
}

/**
 * Reads until the cart is found as wanted: a busy process may bypass the cache for a moment. An older version than wanted is
 * never right.
 *
 * @param wanted as {@link reading} tells it
 */
export async function untilRead(
  store: CartStore,
  id: CartId,
  wanted: string,
  patience?: number,
): Promise<void> {
  const versionOf = (told: string): number => Number(told.slice(told.lastIndexOf('v') + 1))
  const isFound = async (): Promise<boolean> => {
    const read = await reading(store, id)
    expect(versionOf(read)).toBeGreaterThanOrEqual(versionOf(wanted))
    return read === wanted
  }
  await until(`it reads: ${wanted}`, isFound, patience)
}

/** Adds to the cart once, without asking a second time. */
export async function add(store: CartStore, id: CartId): Promise<void> {
  expect((await change(store, id, adding())).outcome).toEqual({ kind: 'committed' })
}
