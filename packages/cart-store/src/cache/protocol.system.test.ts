// The rules of docs/reference/cache-protocol.md, one by one, on real servers. What happens when everything happens at
// once is what `npm run verify` tries.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CartId } from '@cartwright/cart-domain'
import {
  type DynamoServer,
  type HttpFaultProxy,
  type RedisServer,
  startDynamo,
  startHttpFaultProxy,
  startRedis,
  startTcpFaultProxy,
  type TcpFaultProxy,
} from '@cartwright/test-servers'
import { createClient } from '@redis/client'
import { adding, answer, call, change, decided, fresh, NOW } from '../contract/builders.ts'
import { createTable, openDynamoStore } from '../dynamodb/index.ts'
import type { CartStore } from '../port.ts'
import { add, bound, openClient, QUICK, reading, until, untilCache, untilRead } from './cached-stores.ts'
import type { RecordStore } from './record.ts'
import { TIMES } from './times.ts'

let dynamo: DynamoServer
let redis: RedisServer
/** Two processes, each with its own way to Redis. */
let proxies: TcpFaultProxy[]
let a: CartStore
let b: CartStore
const opened: CartStore[] = []

beforeAll(async () => {
  dynamo = await startDynamo()
  await createTable({ table: 'carts', client: dynamo.client })
})
afterAll(() => dynamo.stop())

async function setUp(): Promise<void> {
  redis = await startRedis()
  proxies = await Promise.all([startTcpFaultProxy(redis.port), startTcpFaultProxy(redis.port)])
  const [first, second] = await Promise.all(
    proxies.map(({ port }) => open({ url: `redis://127.0.0.1:${port}` })),
  )
  a = first as CartStore
  b = second as CartStore
  await untilCache('on', a, b)
}

async function tearDown(): Promise<void> {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  await redis.stop()
}

async function open(options: Partial<Parameters<typeof openClient>[0]> = {}): Promise<CartStore> {
  const store = await openClient({ dynamo, url: redis.url, ...options })
  opened.push(store)
  return store
}

/** A client whose commits stop before they are sent, and after they have landed, until they are let go. */
async function openHesitant(times: Partial<typeof QUICK> = {}) {
  const steps = { send: Promise.withResolvers<void>(), tell: Promise.withResolvers<void>(), reached: '' }
  const store = await open({
    times,
    record: (record: RecordStore) => ({
      ...bound(record),
      commit: async (commit, at, permission) => {
        await permission?.obtain(at)
        steps.reached = 'permitted'
        await steps.send.promise
        const outcome = await record.commit(commit, at, permission)
        steps.reached = 'landed'
        await steps.tell.promise
        return outcome
      },
    }),
  })
  await untilCache('on', store)
  return { store, steps }
}

describe('documents', () => {
  beforeAll(setUp)
  afterAll(tearDown)

  test('a change leaves its document, for every process', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(a, id, 'hit v1')

    await untilRead(b, id, 'hit v1')
    await add(b, id)
    await untilRead(b, id, 'hit v2')
    await untilRead(a, id, 'hit v2')
  })

  test('a reader leaves what it has read, also that there is no cart', async () => {
    const id = fresh<CartId>()

    await untilRead(a, id, 'miss v0')
    await untilRead(b, id, 'hit v0')
    await add(a, id)

    await untilRead(b, id, 'hit v1')
  })

  test('an expired cart is unknown, whatever the document says', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(a, id, 'hit v1')

    await until('the document has answered', async () => {
      let found = ''
      const observer = { took: () => undefined, cache: (outcome: string) => (found = outcome) }
      expect(await b.read(id, { ...call(NOW + 86_400_001), observer })).toMatchObject({ version: 0 })
      return found === 'hit'
    })
  })

  test('a commit that changes no cart needs no fence and leaves the document', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(a, id, 'hit v1')
    await b.commit({ cartId: id, carts: [], answer: answer() }, call())

    await untilRead(b, id, 'hit v1')
  })
})

describe('fences', () => {
  beforeAll(setUp)
  afterAll(tearDown)

  test('nobody gets a document while a commit is under way, and afterwards everybody gets the new one', async () => {
    const { store, steps } = await openHesitant()
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(a, id, 'hit v1')

    const adding = add(store, id)
    await until('it is about to commit', () => steps.reached === 'permitted')
    await untilRead(a, id, 'fenced v1')
    steps.send.resolve()
    await until('it has landed', () => steps.reached === 'landed')
    await untilRead(a, id, 'fenced v2')
    steps.tell.resolve()
    await adding

    await untilRead(a, id, 'hit v2')
  })

  test('a reader whom a writer has overtaken does not fill', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    const slow = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const reader = await open({
      record: (record) => ({
        ...bound(record),
        readForChange: async (...args) => {
          const read = await record.readForChange(...args)
          reached.resolve()
          await slow.promise
          return read
        },
      }),
    })
    await untilCache('on', reader)

    // A busy process may bypass the cache for a moment, and would never come to the fill.
    let read = Promise.resolve('')
    await until('it is about to fill', async () => {
      await expireDocuments()
      read = reading(reader, id)
      return Promise.race([reached.promise.then(() => true), read.then(() => false)])
    })
    await add(a, id)
    await untilRead(a, id, 'hit v2')
    await expireDocuments()
    slow.resolve()

    expect(await read).toBe('miss v1')
    await untilRead(b, id, 'miss v2')
  })

  test('two writers that meet leave no document', async () => {
    const { store, steps } = await openHesitant()
    const id = fresh<CartId>()
    await add(a, id)
    const losing = change(store, id, adding())
    await until('it is about to commit', () => steps.reached === 'permitted')
    await add(b, id)
    steps.send.resolve()
    steps.tell.resolve()

    expect((await losing).outcome).toEqual({ kind: 'conflict' })
    await until('all fences are lifted', async () => (await fencesOf(id)).length === 0)
    await untilRead(a, id, 'miss v2')
  })

  test('whose outcome is unknown stand, and when they are reaped their commits are refused', async () => {
    const record = await startHttpFaultProxy(dynamo.client.endpoint)
    const own = { ...dynamo, client: { ...dynamo.client, endpoint: record.url } }
    const store = await open({ dynamo: own })
    await untilCache('on', store)
    const id = fresh<CartId>()
    await add(a, id)
    const late = decided(await b.readForChange(id, call()), adding())
    const commit = decided(await store.readForChange(id, call()), adding())
    loseAnswersOf(record)

    const giving = store.commit(commit, { ...call(), deadline: performance.now() + 300 })
    await expect(giving).rejects.toMatchObject({ outcome: 'unknown' })
    await untilRead(a, id, 'fenced v2')
    record.set(() => undefined)
    await until('the fence is reaped', async () => !(await reading(a, id)).startsWith('fenced'))

    // Decided on what was read before the fence was removed: nobody reads v3 who was told of none.
    expect(await b.commit(late, call())).toEqual({ kind: 'conflict' })
    expect(await fencesOf(id)).toEqual([])
    await add(b, id)
    await untilRead(a, id, 'hit v3')
    await store.close()
    opened.splice(opened.indexOf(store), 1)
    await record.stop()
  })

  test('a commit whose fence was reaped before it was sent is refused, though nobody else has written', async () => {
    const { store, steps } = await openHesitant()
    const id = fresh<CartId>()
    await add(a, id)
    const delayed = change(store, id, adding())
    await until('it is about to commit', () => steps.reached === 'permitted')
    await until('the fence is reaped', async () => !(await reading(a, id)).startsWith('fenced'))
    steps.send.resolve()
    steps.tell.resolve()

    expect((await delayed).outcome).toEqual({ kind: 'conflict' })
    expect(await reading(a, id)).toMatch(/v1$/)
    await add(store, id)
  })

  test('creating a cart is refused as well after its fence was reaped', async () => {
    const { store, steps } = await openHesitant()
    const id = fresh<CartId>()
    const delayed = change(store, id, adding())
    await until('it is about to commit', () => steps.reached === 'permitted')
    await until('the fence is reaped', async () => !(await reading(a, id)).startsWith('fenced'))
    steps.send.resolve()
    steps.tell.resolve()

    expect((await delayed).outcome).toEqual({ kind: 'conflict' })
    expect(await reading(a, id)).toMatch(/v0$/)
    await add(store, id)
    await untilRead(a, id, 'hit v1')
  })

  test('a merge fences both carts, and leaves both documents', async () => {
    const [target, source] = [fresh<CartId>(), fresh<CartId>()]
    await add(a, target)
    await add(b, source)
    const [read, from] = [await a.readForChange(target, call()), await a.readForChange(source, call())]
    const merge = decided(read, { type: 'merge', source: from.cart, strategy: 'sum' }, { source: from })
    expect(await a.commit(merge, call())).toEqual({ kind: 'committed' })

    await untilRead(a, target, 'hit v2')
    expect(await b.read(target, call())).toMatchObject({ lines: [{ quantity: 2 }] })
    await untilRead(b, source, 'hit v2')
  })
})

describe('Redis', () => {
  beforeEach(setUp)
  afterEach(tearDown)

  test.each(['killed', 'stopped', 'gone for new connections'])(
    '%s: reads go on, changes wait a moment, and later there is a cache again',
    async (how) => {
      const id = fresh<CartId>()
      await add(a, id)
      await untilRead(b, id, 'hit v1')
      const { port, pid } = redis
      if (how === 'killed') await redis.stop()
      else if (how === 'stopped') process.kill(pid, 'SIGSTOP')
      else for (const proxy of proxies) proxy.set('refuse')

      await untilRead(b, id, 'bypass v1')
      await add(a, id)
      await untilRead(b, id, 'bypass v2')
      await add(b, id)
      await untilRead(a, id, 'bypass v3')

      if (how === 'killed') redis = await startRedis({ port })
      else if (how === 'stopped') process.kill(pid, 'SIGCONT')
      else for (const proxy of proxies) proxy.set('pass')
      await untilCache('on', a, b)
      expect(await reading(a, id)).toMatch(/ v3$/)
      await add(a, id)
      await untilRead(b, id, 'hit v4')
    },
  )

  test('held up for one process: it turns the cache off before it changes what the other may be reading', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(b, id, 'hit v1')
    proxies[0]?.set('hold')
    let newest = 1
    const adding = add(a, id).then(() => {
      newest = 2
    })

    while (newest === 1) {
      expect(await reading(b, id)).toMatch(/ v[12]$/)
      await sleep(5)
    }
    await adding
    await untilRead(b, id, 'bypass v2')
  })

  test('silent on the connections that there are: they are given up for new ones', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(b, id, 'hit v1')
    proxies[1]?.silence()

    // Without a change, which would turn the cache off.
    await untilRead(b, id, 'hit v1', 20_000)
  })

  test('too slow for one process to set fences: it is the odd one out, though it is connected', async () => {
    proxies[0]?.delay(QUICK.fenceAttempt)
    for (let round = 0; a.cache?.isOddOneOut !== true; round += 1) {
      expect(round).toBeLessThan(10)
      await add(a, fresh<CartId>())
      await untilCache('on', b)
    }
    expect(b.cache?.isOddOneOut).toBe(false)

    proxies[0]?.delay(0)
    await until('it is one of them again', () => a.cache?.isOddOneOut === false)
  })

  test('slow: reads do not wait for it long', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    const { get, rest } = TIMES
    const impatient = await open({ url: `redis://127.0.0.1:${proxies[1]?.port}`, times: { get, rest } })
    await untilCache('on', impatient)
    proxies[1]?.delay(500)
    const trips: string[] = []
    const observer = { took: (part: string) => trips.push(part), cache: () => undefined }
    for (let n = 0; n < 5; n += 1)
      expect(await impatient.read(id, { ...call(), observer })).toMatchObject({ version: 1 })

    // The first read has waited for a moment, and the next ones leave it alone.
    expect(trips.filter((part) => part === 'cache').length).toBeLessThan(5)
    expect(trips.filter((part) => part === 'store')).toHaveLength(5)
  })

  test('that evicts is never used', async () => {
    const evicting = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    const told: string[] = []
    await redis.stop()
    const id = fresh<CartId>()
    await add(a, id)
    for (const store of opened.splice(0)) await store.close()
    const store = await open({ url: evicting.url, warn: (message) => told.push(message) })
    await until('it says why', () => told.some((message) => /noeviction/.test(message)))

    expect(store.cache).toMatchObject({ state: 'off' })
    await add(store, id)
    await untilRead(store, id, 'bypass v2')
    await evicting.stop()
  })

  test('full: fences are set all the same, and nothing more is kept', async () => {
    const id = fresh<CartId>()
    await add(a, id)
    await untilRead(b, id, 'hit v1')
    await withRedis((command) => command('CONFIG', 'SET', 'maxmemory', '100kb'))

    await add(a, id)
    await until('the fence is lifted', async () => (await fencesOf(id)).length === 0)
    await untilRead(b, id, 'miss v2')
    expect(b.cache).toMatchObject({ state: 'on' })
  })
})

describe('the epoch', () => {
  beforeEach(setUp)
  afterEach(tearDown)

  test('a commit waits until it is known, and is not made when that comes too late', async () => {
    const epoch = await startHttpFaultProxy(dynamo.client.endpoint)
    const own = { ...dynamo, client: { ...dynamo.client, endpoint: epoch.url } }
    const store = await open({ dynamo: own })
    await untilCache('on', store)
    const id = fresh<CartId>()
    const commit = decided(await store.readForChange(id, call()), adding())
    epoch.set(({ body }) => (body.includes('"epoch"') ? { does: 'cut-before' } : undefined))
    await untilCache('uncertain', store)

    const giving = store.commit(commit, { ...call(), deadline: performance.now() + 300 })
    await expect(giving).rejects.toMatchObject({ outcome: 'none', reason: 'unreachable' })
    await untilRead(store, id, 'bypass v0')
    const waiting = store.commit(commit, call())
    epoch.set(() => undefined)
    expect(await waiting).toEqual({ kind: 'committed' })

    await store.close()
    opened.splice(opened.indexOf(store), 1)
    await epoch.stop()
  })

  test('closed by hand stays off', async () => {
    const before = a.cache?.epoch ?? 0
    await closeByHand(before + 1)
    await untilCache('off', a, b)
    await sleep(3 * QUICK.hold)

    expect(a.cache).toEqual({ state: 'off', epoch: before + 1, isOddOneOut: false })
    await openByHand()
    await untilCache('on', a, b)
  })

  test('on, keeps a store from being opened past the cache', async () => {
    const past = openDynamoStore({ table: 'carts', client: dynamo.client })

    await expect(past).rejects.toThrow(
      /^the table carts has a cache in front of it \(epoch \d+\); wanted: STORE=cached/,
    )
  })

  test('of others that a process cannot reach, again and again, makes it the odd one out', async () => {
    proxies[0]?.set('refuse')
    for (let round = 0; a.cache?.isOddOneOut !== true; round += 1) {
      expect(round).toBeLessThan(10)
      await add(a, fresh<CartId>())
      await untilCache('on', b)
    }
    expect(b.cache?.isOddOneOut).toBe(false)

    proxies[0]?.set('pass')
    await until('it is one of them again', () => a.cache?.isOddOneOut === false)
  })
})

/** Redis drops documents by their age; here at once. */
async function expireDocuments(): Promise<void> {
  await withRedis(async (command) => {
    for (const key of await command<string[]>('KEYS', '*')) await command('HDEL', key, 'document')
  })
}

async function fencesOf(id: CartId): Promise<string[]> {
  return withRedis(async (command) => {
    const keys = await command<string[]>('KEYS', `*:${id}`)
    const fields = await Promise.all(keys.map((key) => command<string[]>('HKEYS', key)))
    return fields.flat().filter((field) => field.startsWith('fence:'))
  })
}

async function withRedis<Result>(
  work: (command: <Reply>(...args: string[]) => Promise<Reply>) => Promise<Result>,
): Promise<Result> {
  const operator = createClient({ url: redis.url })
  await operator.connect()
  try {
    return await work(
      <Reply>(...args: string[]) => operator.sendCommand(args) as Promise<unknown> as Promise<Reply>,
    )
  } finally {
    operator.destroy()
  }
}

function loseAnswersOf(record: HttpFaultProxy): void {
  record.set(({ headers }) => {
    return String(headers['x-amz-target']).endsWith('.TransactWriteItems') ? { does: 'cut-after' } : undefined
  })
}

async function closeByHand(n: number): Promise<void> {
  await putEpoch({ n: { N: String(n) }, closed: { BOOL: true } })
}

async function openByHand(): Promise<void> {
  await putEpoch({ n: { N: String(a.cache?.epoch) } })
}

async function putEpoch(attributes: Record<string, object>): Promise<void> {
  const { DynamoDBClient, PutItemCommand } = await import('@aws-sdk/client-dynamodb')
  const client = new DynamoDBClient(dynamo.client)
  // The attributes are plain numbers and flags.
  const Item = { pk: { S: 'cache' }, sk: { S: 'epoch' }, ...attributes } as Record<string, { S: string }>
  await client.send(new PutItemCommand({ TableName: 'carts', Item }))
  client.destroy()
}
