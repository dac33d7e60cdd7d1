import { setTimeout as sleep } from 'node:timers/promises'
import type { CartId } from '@cartwright/cart-domain'
import { type RedisPair, startRedisPair } from '@cartwright/test-servers'
import {
  adding,
  answer,
  call,
  cartOf,
  change,
  decided,
  expectWritten,
  fresh,
  pendingOf,
} from '../contract/builders.ts'
import type { Call, CartStore, Commit } from '../port.ts'
import { openRedisStore } from './store.ts'

/** How long an attempt may take here, in milliseconds. */
const ATTEMPT_TIMEOUT = 200

let pair: RedisPair<'store'>
let store: CartStore
/** Waits for no replica, and sees what is really in the primary. */
let witness: CartStore
beforeEach(async () => {
  pair = await startRedisPair({ clients: ['store'] })
  store = await open(1)
  witness = await openRedisStore({ url: pair.primary.url })
  // The script is known from here on.
  await store.commit(await newCommit(), call())
})
afterEach(async () => {
  await store.close()
  await witness.close()
  await pair.stop()
})

function open(replicas: number): Promise<CartStore> {
  return openRedisStore({ url: pair.endpoint('store').url, attemptTimeout: ATTEMPT_TIMEOUT, replicas })
}

async function newCommit(): Promise<Commit> {
  return decided(await witness.readForChange(fresh<CartId>(), call()), adding(), { answer: answer() })
}

/** A call that is given up soon. */
function soon(): Call {
  return { ...call(), deadline: performance.now() + 3 * ATTEMPT_TIMEOUT }
}

async function versionIn(server: typeof pair.primary, { carts: [write] }: Commit): Promise<string | null> {
  return server.command<string | null>('HGET', `cartwright:cart:${write?.cart.id}`, 'version')
}

test('what is acknowledged is in the replica, however many come at once', async () => {
  const commits = await Promise.all(Array.from({ length: 200 }, newCommit))

  await Promise.all(
    commits.map(async (commit) => {
      expect(await store.commit(commit, call())).toEqual({ kind: 'committed' })
      expect(await versionIn(pair.replica, commit)).toBe('1')
    }),
  )
}, 20_000)

describe('while the replica lags', () => {
  test('nothing is acknowledged, a repeat neither; then the repeat is, and it happened once', async () => {
    const commit = await newCommit()
    pair.lag()

    await expect(store.commit(commit, soon())).rejects.toMatchObject({ outcome: 'unknown' })
    // The same request again, as a client sends it: its key's answer is there, and would be lost with the primary.
    await expect(store.commit(commit, soon())).rejects.toMatchObject({ outcome: 'unknown' })
    await expect(store.readAnswer(commit.cartId, commit.answer?.key ?? '', soon())).rejects.toMatchObject({
      outcome: 'none',
    })
    await expectWritten(witness, commit)

    await pair.catchUp()
    expect(await store.commit(commit, call())).toEqual({ kind: 'answered', kept: commit.answer?.kept })
    expect(await store.readAnswer(commit.cartId, commit.answer?.key ?? '', call())).toEqual(
      commit.answer?.kept,
    )
    expect(await pendingOf(witness, commit.cartId)).toHaveLength(1)
  })

  test('a change waits as long as it may, and is then made once', async () => {
    const commit = await newCommit()
    pair.lag()

    const committing = store.commit(commit, call())
    await sleep(3 * ATTEMPT_TIMEOUT)
    await pair.catchUp()

    expect(await committing).toEqual({ kind: 'committed' })
    expect(await versionIn(pair.replica, commit)).toBe('1')
    expect(await pendingOf(witness, commit.cartId)).toHaveLength(1)
  })

  test('a connection that was lost and made anew acknowledges nothing either', async () => {
    const commit = await newCommit()
    pair.lag()

    const committing = store.commit(commit, { ...call(), deadline: performance.now() + 1_500 })
    const cutting = setInterval(() => pair.endpoint('store').cut(), 150)

    await expect(committing.finally(() => clearInterval(cutting))).rejects.toMatchObject({
      outcome: 'unknown',
    })
    await expectWritten(witness, commit)
  })

  test('carts are read meanwhile', async () => {
    const patient = await openRedisStore({ url: pair.endpoint('store').url, replicas: 1 })
    const commit = await newCommit()
    pair.lag()
    let isWaiting = true
    // Given up before the first WAIT ends: who stood behind it would not be answered earlier.
    const committing = patient
      .commit(commit, { ...call(), deadline: performance.now() + 450 })
      .catch(() => undefined)
      .finally(() => {
        isWaiting = false
      })

    for (let n = 0; n < 20; n += 1) await patient.read(fresh(), call())

    expect(isWaiting).toBe(true)
    await committing
    await patient.close()
  })
})

test('without its replica the primary acknowledges nothing, and the check tells', async () => {
  await pair.kill('replica')

  await expect(store.check(soon())).rejects.toMatchObject({ reason: 'unreachable' })
  await expect(store.commit(await newCommit(), soon())).rejects.toMatchObject({ outcome: 'unknown' })
})

test('a former primary that believes in itself acknowledges nothing', async () => {
  await pair.failOver({ former: 'primary', connections: 'left' })

  await expect(store.commit(await newCommit(), soon())).rejects.toMatchObject({ outcome: 'unknown' })
})

test('a failover loses nothing that was acknowledged, whenever it comes', async () => {
  // Of the store that does not wait some would be lost: the same test with `open(0)` fails.
  for (let round = 0; round < 6; round += 1) {
    const acknowledged: Commit[] = []
    let isOver = false
    const client = async (): Promise<void> => {
      while (!isOver) {
        const { commit, outcome } = await change(store, fresh<CartId>(), adding())
        if (outcome.kind === 'committed') acknowledged.push(commit)
      }
    }
    const clients = Array.from({ length: 8 }, client)
    await sleep(50 + 50 * Math.random())
    pair.lag()
    await sleep(100 * Math.random())
    // Connections that live on lead to a server that has become a replica.
    await pair.failOver({ connections: round % 2 === 0 ? 'cut' : 'left' })
    if (round % 2 === 1) {
      await sleep(100)
      pair.endpoint('store').cut()
    }
    await pair.catchUp()
    await sleep(100)
    isOver = true
    await Promise.all(clients)

    expect(acknowledged.length).toBeGreaterThan(10)
    for (const commit of acknowledged) {
      expect(await versionIn(pair.primary, commit)).toBe(String(cartOf(commit).version))
    }
  }
}, 60_000)
