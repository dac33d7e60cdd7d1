// Redis as it is at its worst: a replica that lags takes over, two servers believe in themselves, a primary comes back.
// Whatever happens, nobody reads an older cart than the newest that was acknowledged.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CartId } from '@cartwright/cart-domain'
import { type DynamoServer, type RedisPair, startDynamo, startRedisPair } from '@cartwright/test-servers'
import { adding, call, decided, fresh } from '../contract/builders.ts'
import { createTable } from '../dynamodb/index.ts'
import type { CartStore } from '../port.ts'
import {
  add,
  bound,
  type ClientOptions,
  openClient,
  reading,
  until,
  untilCache,
  untilRead,
} from './cached-stores.ts'

type Client = 'a' | 'b'

let dynamo: DynamoServer
let pair: RedisPair<Client>
let a: CartStore
let b: CartStore
const opened: CartStore[] = []

beforeEach(async () => {
  dynamo = await startDynamo()
  await createTable({ table: 'carts', client: dynamo.client })
  pair = await startRedisPair({ clients: ['a', 'b'] })
  a = await open('a')
  b = await open('b')
  await untilCache('on', a, b)
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await pair.stop()
  await dynamo.stop()
})

async function open(client: Client, record?: ClientOptions['record']): Promise<CartStore> {
  const options = { dynamo, url: pair.endpoint(client).url }
  const store = await openClient(record === undefined ? options : { ...options, record })
  opened.push(store)
  return store
}

/** A cart at version 1 whose document both servers have, and at version 2 what only the primary knows. */
async function cartThatTheReplicaMissed(): Promise<CartId> {
  const id = fresh<CartId>()
  await add(a, id)
  await untilRead(b, id, 'hit v1')
  await pair.catchUp()
  pair.lag()
  await add(a, id)
  await untilRead(b, id, 'hit v2')
  return id
}

/** Reads through both all the time, as long as `work` takes, and longer; `newest` tells what must be seen. */
async function expectFresh(id: CartId, newest: () => number, work: () => Promise<void>): Promise<void> {
  let done = false
  const working = work().finally(() => {
    done = true
  })
  for (let more = 50; more > 0; more -= done ? 1 : 0) {
    for (const store of [a, b]) {
      const wanted = newest()
      const { version } = await store.read(id, call())
      expect(version).toBeGreaterThanOrEqual(wanted)
    }
    await sleep(5)
  }
  await working
}

test.each(['cut', 'left'] as const)(
  'a replica that lagged is promoted, connections are %s',
  async (connections) => {
    const id = await cartThatTheReplicaMissed()
    let newest = 2

    await expectFresh(
      id,
      () => newest,
      async () => {
        await pair.failOver({ connections })
        await add(b, id)
        newest = 3
        await untilCache('on', a, b)
        await add(a, id)
        newest = 4
      },
    )
    await untilRead(b, id, 'hit v4')
  },
)

test('two primaries, one for each process', async () => {
  const id = await cartThatTheReplicaMissed()
  let newest = 2

  await expectFresh(
    id,
    () => newest,
    async () => {
      await pair.failOver({ former: 'primary', clients: ['b'] })
      for (const store of [a, b, a, b]) {
        await add(store, id)
        newest += 1
      }
      await pair.reunite()
      await untilCache('on', a, b)
      await add(a, id)
      newest += 1
    },
  )
  await untilRead(b, id, `hit v${newest}`)
})

test('failed over and back beside a connection that nobody used meanwhile', async () => {
  const id = fresh<CartId>()
  await add(a, id)
  await untilRead(b, id, 'hit v1')
  await pair.catchUp()
  // Its fence never reaches the replica.
  pair.lag()
  let seen = ''
  const writer = await open('b', (record) => ({
    ...bound(record),
    commit: async (commit, at, permission) => {
      await permission?.obtain(at)
      await pair.failOver({ clients: [] })
      await pair.failBack({ connections: 'left' })
      const outcome = await record.commit(commit, at, permission)
      // The same server as before to whoever knows its run id; it has the old document and no fence.
      seen = await reading(a, id)
      return outcome
    },
  }))
  await until(
    'the writer reaches Redis',
    () => writer.cache?.state === 'on' || writer.cache?.state === 'warming',
  )
  const commit = decided(await writer.readForChange(id, call()), adding())

  expect(await writer.commit(commit, call())).toEqual({ kind: 'committed' })
  expect(seen).toBe('bypass v2')
  expect(await reading(b, id)).toMatch(/ v2$/)
})

test('a primary that is demoted where it is', async () => {
  const id = await cartThatTheReplicaMissed()

  await pair.demote()
  await untilRead(b, id, 'bypass v2')
  await add(a, id)
  expect(await reading(b, id)).toMatch(/ v3$/)
  pair.moveEndpoints()
  await untilCache('on', a, b)
  expect(await reading(a, id)).toMatch(/ v3$/)
})

test.each(['empty', 'with old data'])('a primary that is killed and comes back %s', async (how) => {
  const id = fresh<CartId>()
  await add(a, id)
  await untilRead(b, id, 'hit v1')
  await pair.snapshot()
  await add(a, id)
  await untilRead(b, id, 'hit v2')
  let newest = 2

  await expectFresh(
    id,
    () => newest,
    async () => {
      await pair.kill()
      await (how === 'empty' ? pair.restartEmpty() : pair.restartWithOldData())
      await add(b, id)
      newest = 3
      await untilCache('on', a, b)
    },
  )
})
