import type { CartId } from '@cartwright/cart-domain'
import {
  type DynamoServer,
  dynamoRefusal,
  type HttpFault,
  type HttpFaultProxy,
  type PassingRequest,
  startDynamo,
  startHttpFaultProxy,
} from '@cartwright/test-servers'
import {
  adding,
  answer,
  call,
  decided,
  expectNothingWritten,
  expectWritten,
  fresh,
  pendingOf,
  unknownRow,
} from '../contract/builders.ts'
import type { Call, CartStore, Commit } from '../port.ts'
import { createTable } from './create-table.ts'
import { openDynamoStore } from './store.ts'

const TABLE = 'carts'
/** How long an attempt may take here, in milliseconds. */
const ATTEMPT_TIMEOUT = 300

let server: DynamoServer
let proxy: HttpFaultProxy
/** Goes through the proxy. */
let store: CartStore
/** Goes straight to the server, and sees what is really there. */
let witness: CartStore
beforeAll(async () => {
  server = await startDynamo()
  await createTable({ table: TABLE, client: server.client })
  proxy = await startHttpFaultProxy(server.client.endpoint)
  store = await openDynamoStore({
    table: TABLE,
    client: { ...server.client, endpoint: proxy.url },
    attemptTimeout: ATTEMPT_TIMEOUT,
  })
  witness = await openDynamoStore({ table: TABLE, client: server.client })
})
afterEach(() => proxy.set(() => undefined))
afterAll(async () => {
  await store.close()
  await witness.close()
  await proxy.stop()
  await server.stop()
})

const LOST_AFTER: HttpFault = { does: 'cut-after' }
const LOST_BEFORE: HttpFault = { does: 'cut-before' }
const TOO_LATE: HttpFault = { does: 'late', milliseconds: 2 * ATTEMPT_TIMEOUT }
const BROKEN: HttpFault = dynamoRefusal(500, 'InternalServerError')
const THROTTLED: HttpFault = dynamoRefusal(400, 'ProvisionedThroughputExceededException')
const IN_PROGRESS: HttpFault = dynamoRefusal(400, 'TransactionInProgressException')
const CONFLICT: HttpFault = dynamoRefusal(400, 'TransactionCanceledException', {
  CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }, { Code: 'None' }],
})
const ITEM_THROTTLED: HttpFault = dynamoRefusal(400, 'TransactionCanceledException', {
  CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }, { Code: 'None' }],
})
const DENIED: HttpFault = dynamoRefusal(400, 'AccessDeniedException')

describe('a commit is made once', () => {
  test.each([
    ['its answer is lost', [LOST_AFTER]],
    ['its answer is lost again and again', [LOST_AFTER, LOST_AFTER, LOST_AFTER]],
    ['its answer comes too late', [TOO_LATE]],
    ['it never arrived', [LOST_BEFORE]],
    ['DynamoDB failed', [BROKEN, BROKEN]],
    ['DynamoDB throttled it', [THROTTLED, THROTTLED, THROTTLED]],
    ['an item of it was throttled', [ITEM_THROTTLED]],
    ['another transaction held an item', [CONFLICT, CONFLICT]],
    ['its first sending is still in progress', [LOST_AFTER, IN_PROGRESS]],
    ['everything comes together', [THROTTLED, TOO_LATE, CONFLICT, LOST_AFTER, BROKEN]],
  ])('although %s', async (_, faults) => {
    const commit = await newCommit()
    onTransactions(...faults)

    const outcome = await store.commit(commit, call())

    expect(outcome).toEqual({ kind: 'committed' })
    await expectWritten(witness, commit)
    expect(await pendingOf(witness, commit.cartId)).toHaveLength(1)
  })
})

describe('at the deadline a commit tells whether it may have been made', () => {
  test.each([
    ['throttled', THROTTLED, 'none', 'throttled', false],
    ['in conflict with others', CONFLICT, 'none', 'contention', false],
    ['never arrived', LOST_BEFORE, 'unknown', 'unreachable', false],
    ['unanswered', LOST_AFTER, 'unknown', 'unreachable', true],
    ['answered too late', TOO_LATE, 'unknown', 'unreachable', true],
    ['failed', BROKEN, 'unknown', 'unreachable', false],
  ] as const)('%s all the time', async (_, fault, outcome, reason, made) => {
    const commit = await newCommit()
    proxy.set(() => fault)

    const committing = store.commit(commit, soon())

    await expect(committing).rejects.toMatchObject({ name: 'StoreUnavailable', outcome, reason })
    if (made) await expectWritten(witness, commit)
    else await expectNothingWritten(witness, commit, [])
  })

  test('and an answer that was lost is not forgotten because of what came after', async () => {
    const commit = await newCommit()
    let sent = 0
    proxy.set(({ headers }) => {
      if (!isA(headers, 'TransactWriteItems')) return undefined
      sent += 1
      return sent === 1 ? LOST_AFTER : THROTTLED
    })

    // The deadline may cut off the last one.
    const committing = store.commit(commit, { ...call(), deadline: performance.now() + 10 * ATTEMPT_TIMEOUT })

    await expect(committing).rejects.toMatchObject({
      outcome: 'unknown',
      reason: expect.stringMatching(/^(throttled|unreachable)$/),
    })
    expect(sent).toBeGreaterThan(1)
    await expectWritten(witness, commit)
  })
})

test('a commit that is lost, and overtaken by another, is refused', async () => {
  const nobody = await store.readForChange(fresh<CartId>(), call())
  const [lost, winner] = [decided(nobody, adding(1)), decided(nobody, adding(2))]
  const overtake = witness.commit(winner, call())
  proxy.set(takeTurns([LOST_BEFORE]))
  await overtake

  expect(await store.commit(lost, call())).toEqual({ kind: 'conflict' })
  await expectWritten(witness, winner)
})

test('a retry of a request whose answer was lost meets its own success, not a conflict', async () => {
  const nobody = await store.readForChange(fresh<CartId>(), call())
  const kept = answer()
  const first = decided(nobody, adding(), { answer: kept })
  proxy.set(() => LOST_AFTER)
  await expect(store.commit(first, soon())).rejects.toMatchObject({ outcome: 'unknown' })
  proxy.set(() => undefined)

  // Decided on what was read before, as a client does that sends everything again.
  const again = decided(nobody, adding(), { answer: kept })

  expect(await store.commit(again, call())).toEqual({ kind: 'answered', kept: kept.kept })
  expect(await pendingOf(witness, first.cartId)).toHaveLength(1)
})

describe('reads', () => {
  test.each([
    ['throttled', THROTTLED],
    ['lost', LOST_AFTER],
    ['answered too late', TOO_LATE],
    ['failed', BROKEN],
  ])('that are %s are asked again', async (_, fault) => {
    const commit = await newCommit()
    await witness.commit(commit, call())
    proxy.set(takeTurns([fault, fault]))

    expect(await store.read(commit.cartId, call())).toStrictEqual(commit.carts[0]?.cart)
  })

  test('fail at the deadline, without a doubt about their effect', async () => {
    proxy.set(() => LOST_AFTER)

    await expect(store.read(fresh(), soon())).rejects.toMatchObject({
      outcome: 'none',
      reason: 'unreachable',
    })
  })

  test('that are forbidden are asked once', async () => {
    let asked = 0
    proxy.set(() => {
      asked += 1
      return DENIED
    })

    await expect(store.read(fresh(), call())).rejects.toMatchObject({ name: 'StoreUnavailable' })
    expect(asked).toBe(1)
  })
})

test('rows of the outbox that DynamoDB leaves unprocessed are removed all the same', async () => {
  const commit = await newCommit()
  await witness.commit(commit, call())
  const row = commit.outbox ?? unknownRow()
  let left = 2
  proxy.set(({ headers, body }) => {
    if (!isA(headers, 'BatchWriteItem') || left === 0) return undefined
    left -= 1
    const { RequestItems } = JSON.parse(body.toString()) as { RequestItems: object }
    return {
      does: 'answer',
      answer: { status: 200, body: JSON.stringify({ UnprocessedItems: RequestItems }) },
    }
  })

  await store.outbox.remove([row], call())

  expect(await pendingOf(witness, commit.cartId)).toEqual([])
})

describe('opening', () => {
  test('a table that is not there is told with its name and region', async () => {
    const opening = openDynamoStore({ table: 'elsewhere', client: server.client })

    await expect(opening).rejects.toThrow(
      'there is no DynamoDB table elsewhere in eu-west-1; wanted: one with the keys pk and sk',
    )
  })

  test('a table that may not be read is told', async () => {
    proxy.set(() => DENIED)

    const opening = openDynamoStore({ table: TABLE, client: { ...server.client, endpoint: proxy.url } })

    await expect(opening).rejects.toThrow('the DynamoDB table carts may not be read')
  })

  test('a DynamoDB that is away for now is no reason not to start', async () => {
    proxy.set(() => LOST_BEFORE)
    const opened = await openDynamoStore({ table: TABLE, client: { ...server.client, endpoint: proxy.url } })
    proxy.set(() => undefined)

    await opened.check(call())
    await opened.close()
  }, 20_000)
})

async function newCommit(): Promise<Commit> {
  return decided(await witness.readForChange(fresh<CartId>(), call()), adding(), { answer: answer() })
}

/** A call that is given up soon. */
function soon(): Call {
  return { ...call(), deadline: performance.now() + 3 * ATTEMPT_TIMEOUT }
}

/** One fault for each transaction, then none. */
function onTransactions(...faults: HttpFault[]): void {
  const next = takeTurns(faults)
  proxy.set((request) => (isA(request.headers, 'TransactWriteItems') ? next() : undefined))
}

function takeTurns(faults: readonly HttpFault[]): () => HttpFault | undefined {
  const left = [...faults]
  return () => left.shift()
}

function isA(headers: PassingRequest['headers'], operation: string): boolean {
  return String(headers['x-amz-target']).endsWith(`.${operation}`)
}

test('credentials that do not come hold nothing up, and what waited for them is not made later', async () => {
  const late = Promise.withResolvers<typeof server.client.credentials>()
  const waiting = await openDynamoStore({
    table: TABLE,
    attemptTimeout: ATTEMPT_TIMEOUT,
    behindCache: true,
    client: { ...server.client, credentials: () => late.promise },
  })
  const commit = decided(await witness.readForChange(fresh<CartId>(), call()), adding(), { answer: answer() })

  const giving = waiting.commit(commit, soon())
  await expect(giving).rejects.toMatchObject({ name: 'StoreUnavailable' })
  late.resolve(server.client.credentials)
  await waiting.close()

  await expectNothingWritten(witness, commit, [])
})

test('a store that was opened while DynamoDB was away commits nothing past a cache', async () => {
  proxy.set(() => BROKEN)
  const late = await openDynamoStore({
    table: TABLE,
    client: { ...server.client, endpoint: proxy.url },
    attemptTimeout: ATTEMPT_TIMEOUT,
  })
  proxy.set(() => undefined)
  const commit = decided(await late.readForChange(fresh<CartId>(), call()), adding())
  const behind = await openDynamoStore({ table: TABLE, client: server.client, behindCache: true })
  expect(await behind.epochs.follow({ n: 1, on: 'a/b' }, call())).toBe(true)

  await expect(late.commit(commit, soon())).rejects.toMatchObject({
    outcome: 'none',
    message: expect.stringMatching(/has a cache in front of it \(epoch 1\); wanted: STORE=cached/),
  })
  expect(await behind.epochs.follow({ n: 2 }, call())).toBe(true)
  expect(await late.commit(commit, call())).toEqual({ kind: 'committed' })
  await behind.close()
  await late.close()
})
