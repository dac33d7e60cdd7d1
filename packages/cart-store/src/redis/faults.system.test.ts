import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CartId } from '@cartwright/cart-domain'
import {
  type RedisServer,
  startRedis,
  startTcpFaultProxy,
  type TcpFaultProxy,
} from '@cartwright/test-servers'
import { createClient } from '@redis/client'
import { adding, answer, call, decided, expectWritten, fresh, pendingOf } from '../contract/builders.ts'
import type { Call, CartStore, Commit } from '../port.ts'
import { openRedisStore } from './store.ts'

/** How long an attempt may take here, in milliseconds. */
const ATTEMPT_TIMEOUT = 200
/** Every acknowledged write is on disk. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always']

let folder: string
let server: RedisServer
let proxy: TcpFaultProxy
/** Goes through the proxy. */
let store: CartStore
/** Goes straight to the server, and sees what is really there. */
let witness: CartStore
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'redis-faults-'))
  server = await startRedis({ folder, args: DURABLE })
  proxy = await startTcpFaultProxy(server.port)
  store = await openRedisStore({
    url: `redis://127.0.0.1:${proxy.port}`,
    attemptTimeout: ATTEMPT_TIMEOUT,
  })
  witness = await openRedisStore({ url: server.url })
  // The server knows the script from here on: what the tests lose is its reply, not the word that it is unknown.
  await store.commit(await newCommit(), call())
})
afterEach(async () => {
  await store.close()
  await witness.close()
  await proxy.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function newCommit(): Promise<Commit> {
  return decided(await witness.readForChange(fresh<CartId>(), call()), adding(), { answer: answer() })
}

/** A call that is given up soon. */
function soon(): Call {
  return { ...call(), deadline: performance.now() + 4 * ATTEMPT_TIMEOUT }
}

test.each(['a lost connection', 'no reply'])(
  'a commit is made once in spite of %s',
  async (fault) => {
    for (let round = 0; round < 10; round += 1) {
      const commit = await newCommit()
      proxy.set('no-replies')

      const committing = store.commit(commit, call())
      await until(async () => (await pendingOf(witness, commit.cartId)).length > 0)
      if (fault === 'a lost connection') proxy.cut()
      else await sleep(1.5 * ATTEMPT_TIMEOUT)
      proxy.set('pass')

      expect(await committing).toEqual({ kind: 'committed' })
      await expectWritten(witness, commit)
      expect(await pendingOf(witness, commit.cartId)).toHaveLength(1)
    }
  },
  30_000,
)

test('at the deadline a commit tells that it may have been made, or that it certainly was not', async () => {
  const answered = await newCommit()
  proxy.set('no-replies')
  await expect(store.commit(answered, soon())).rejects.toMatchObject({ outcome: 'unknown' })
  await expectWritten(witness, answered)

  proxy.set('refuse')
  await sleep(50)
  await expect(store.commit(await newCommit(), soon())).rejects.toMatchObject({
    outcome: 'none',
    reason: 'unreachable',
  })
})

test('a server that is killed and started again has every acknowledged change, and the script again', async () => {
  const commits: Commit[] = []
  for (let n = 0; n < 20; n += 1) {
    const commit = await newCommit()
    await store.commit(commit, call())
    commits.push(commit)
  }
  const last = await newCommit()
  const { port, pid } = server

  process.kill(pid, 'SIGKILL')
  await server.stop()
  server = await startRedis({ folder, port, args: DURABLE })

  for (const commit of commits) await expectWritten(store, commit)
  expect(await store.commit(last, call())).toEqual({ kind: 'committed' })
}, 20_000)

test('a server that became a replica changes nothing, and that is certain', async () => {
  const commit = await newCommit()
  const operator = createClient({ url: server.url })
  await operator.connect()
  await operator.sendCommand(['REPLICAOF', '127.0.0.1', '1'])

  await expect(store.commit(commit, soon())).rejects.toMatchObject({ outcome: 'none' })
  await expect(store.check(soon())).rejects.toMatchObject({ outcome: 'none' })

  await operator.sendCommand(['REPLICAOF', 'NO', 'ONE'])
  operator.destroy()
  expect(await store.commit(commit, call())).toEqual({ kind: 'committed' })
})

test('a full server refuses changes and asks for less', async () => {
  const full = await startRedis({ args: ['--maxmemory', '100kb', '--maxmemory-policy', 'noeviction'] })
  const crowded = await openRedisStore({ url: full.url })
  const commit = decided(await crowded.readForChange(fresh<CartId>(), call()), adding())

  await expect(crowded.commit(commit, soon())).rejects.toMatchObject({ outcome: 'none', reason: 'throttled' })

  await crowded.close()
  await full.stop()
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5)
}
