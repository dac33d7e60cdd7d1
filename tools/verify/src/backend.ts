import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CartStore, openSqliteStore } from '@cartwright/cart-store'
import { createTable, openDynamoStore } from '@cartwright/cart-store/dynamodb'
import { openRedisStore } from '@cartwright/cart-store/redis'
import {
  type HttpFault,
  startDynamo,
  startHttpFaultProxy,
  startRedis,
  startTcpFaultProxy,
} from '@cartwright/test-servers'
import type { Chance } from './chance.ts'
import type { FaultName, StoreName } from './faults.ts'

/** The store of a run, and what can go wrong with it. */
export interface Backend {
  /** The settings of each API process. */
  readonly environments: readonly Readonly<Record<string, string>>[]
  /** The store as it is, past everything that goes wrong. */
  open(): Promise<CartStore>
  /** Lets something go wrong for the n-th process, until the returned function is called. */
  begin(fault: FaultName, process: number, chance: Chance): Promise<() => Promise<void>>
  stop(): Promise<void>
}

/** Those settings make lost answers frequent, and requests short enough for many of them. */
const REQUEST_TIMEOUT = { REQUEST_TIMEOUT_MS: '3000', MAX_LINE_QUANTITY: '2147483647' }
/** What Redis answers within a millisecond is on its way for so many of them when something is to happen to it. */
const LATENCY = 50
const nothing = async (): Promise<void> => undefined

export function startBackend(store: StoreName, processes: number): Promise<Backend> {
  switch (store) {
    case 'sqlite':
      return sqliteBackend(processes)
    case 'redis':
      return redisBackend(processes)
    case 'dynamodb':
      return dynamoBackend(processes)
  }
}

async function sqliteBackend(processes: number): Promise<Backend> {
  const folder = mkdtempSync(path.join(tmpdir(), 'verify-'))
  const file = path.join(folder, 'cartwright.db')
  return {
    environments: Array.from({ length: processes }, () => ({ ...REQUEST_TIMEOUT, DATA_DIR: folder })),
    open: async () => openSqliteStore({ file }),
    begin: async () => nothing,
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

async function redisBackend(processes: number): Promise<Backend> {
  const folder = mkdtempSync(path.join(tmpdir(), 'verify-'))
  const durable = { folder, args: ['--appendonly', 'yes', '--appendfsync', 'always'] }
  let server = await startRedis(durable)
  const { port, url } = server
  const proxies = await Promise.all(Array.from({ length: processes }, () => startTcpFaultProxy(port)))
  return {
    environments: proxies.map((proxy) => {
      return { ...REQUEST_TIMEOUT, STORE: 'redis', REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
    }),
    open: () => openRedisStore({ url }),
    begin: async (fault, index) => {
      const proxy = proxies[index]
      proxy?.delay(LATENCY)
      if (fault === 'slow') return async () => proxy?.delay(0)
      // With answers on their way for a while, something is lost that was carried out.
      await sleep(2 * LATENCY)
      if (fault === 'restart') {
        process.kill(server.pid, 'SIGKILL')
        await server.stop()
        server = await startRedis({ ...durable, port })
      } else if (fault === 'cut') proxy?.cut()
      else if (fault === 'lost') proxy?.set('no-replies')
      proxy?.delay(0)
      return async () => {
        // Cut before anything passes again: what was answered meanwhile would only be late.
        if (fault === 'lost') proxy?.cut()
        proxy?.set('pass')
      }
    },
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()))
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function dynamoBackend(processes: number): Promise<Backend> {
  const server = await startDynamo()
  const options = { table: 'carts', client: server.client }
  await createTable(options)
  const proxies = await Promise.all(
    Array.from({ length: processes }, () => startHttpFaultProxy(server.client.endpoint)),
  )
  const { region, credentials } = server.client
  return {
    environments: proxies.map((proxy) => ({
      ...REQUEST_TIMEOUT,
      STORE: 'dynamodb',
      TABLE_NAME: 'carts',
      AWS_ENDPOINT_URL: proxy.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    })),
    open: () => openDynamoStore(options),
    begin: async (fault, index, chance) => {
      const proxy = proxies[index]
      proxy?.set(({ headers }) => {
        const isCommit = String(headers['x-amz-target']).endsWith('.TransactWriteItems')
        return chance.next() < 0.3 ? httpFault(fault, isCommit, chance) : undefined
      })
      return async () => proxy?.set(() => undefined)
    },
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()))
      await server.stop()
    },
  }
}

function httpFault(fault: FaultName, isCommit: boolean, chance: Chance): HttpFault | undefined {
  switch (fault) {
    case 'lost':
      return { does: chance.of(['cut-before', 'cut-after', 'cut-after'] as const) }
    case 'slow':
      return { does: 'late', milliseconds: 20 + chance.below(1_500) }
    case 'throttle':
      return refusal('ProvisionedThroughputExceededException')
    case 'conflict':
      return isCommit
        ? refusal('TransactionCanceledException', { CancellationReasons: [{ Code: 'TransactionConflict' }] })
        : undefined
    default:
      return undefined
  }
}

function refusal(name: string, members: object = {}): HttpFault {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: name,
    ...members,
  })
  return {
    does: 'answer',
    answer: { status: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body },
  }
}
