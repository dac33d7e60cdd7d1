import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTable } from '@cartwright/cart-store/dynamodb'
import {
  Chance,
  type DynamoServer,
  type RedisServer,
  startDynamo,
  startRedis,
  untilCached,
} from '@cartwright/test-servers'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { KeepAliveClient } from './keep-alive.ts'

/** How long Redis is away, in seconds. */
const OUTAGE = Number(process.env['CARTWRIGHT_OUTAGE_SECONDS'] ?? '30')
/** How long it is there before and after, in seconds: an epoch that ends within ten seconds is not followed by another. */
const BEFORE = 12
const AFTER = 5
const CLIENTS = 16
const CARTS = 40
/** The pause of a client between two requests, in milliseconds. */
const PAUSE = 20

let dynamo: DynamoServer
let redis: RedisServer
let apis: OwnProcessApi[]
beforeAll(async () => {
  ;[dynamo, redis] = await Promise.all([startDynamo(), startRedis()])
  await createTable({ table: 'carts', client: dynamo.client })
  const { endpoint, region, credentials } = dynamo.client
  apis = await Promise.all(
    [1, 2].map(() =>
      startOwnProcess({
        environment: {
          STORE: 'cached',
          TABLE_NAME: 'carts',
          REDIS_URL: redis.url,
          AWS_ENDPOINT_URL: endpoint,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          MAX_LINE_QUANTITY: '2147483647',
          LOG_LEVEL: 'warn',
        },
      }),
    ),
  )
  await Promise.all(apis.map(untilCached))
}, 60_000)
afterAll(async () => {
  for (const api of apis) expect(await api.stop()).toEqual({ code: 0, signal: null })
  await redis.stop()
  await dynamo.stop()
})
afterAll(endOwnProcesses)

type Phase = 'before' | 'during' | 'after'

/** One request as its client saw it. */
interface Seen {
  readonly phase: Phase
  readonly method: 'GET' | 'POST'
  readonly status: number
  readonly milliseconds: number
  readonly cache: string
}

test(
  `no request fails because Redis is away for ${OUTAGE} s`,
  async () => {
    const seen: Seen[] = []
    /** By cart: the newest version that anybody was told of. */
    const newest = new Map<string, number>()
    const stale: string[] = []
    let phase: Phase = 'before'
    let over = false
    const shop = async (client: KeepAliveClient, chance: Chance): Promise<void> => {
      while (!over) {
        const cartId = `cart-${chance.below(CARTS)}`
        const method = chance.below(4) === 0 ? 'POST' : 'GET'
        const body = { productId: 'canvas-tote', quantity: 1 }
        const asked = method === 'GET' ? { method, path: '/cart' } : { method, path: '/cart/items', body }
        const known = newest.get(cartId) ?? 0
        const [sent, begun] = [performance.now(), phase]
        const url = (apis[chance.below(apis.length)] as OwnProcessApi).url
        const { status, headers, text } = await client.ask(url, {
          ...asked,
          headers: { 'X-Cart-ID': cartId },
        })
        const milliseconds = performance.now() - sent
        seen.push({ phase: begun, method, status, milliseconds, cache: String(headers['x-cache']) })
        // A refusal has no version.
        const version = (JSON.parse(text) as { version?: number }).version ?? known
        if (version < known)
          stale.push(`${cartId}: v${version} after v${known}, ${headers['x-cache']}, ${begun}`)
        newest.set(cartId, Math.max(version, newest.get(cartId) ?? 0))
        await sleep(PAUSE)
      }
    }
    const seed = randomInt(2 ** 31)
    const clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient())
    const shopping = Promise.all(clients.map((client, n) => shop(client, new Chance(seed + n))))

    await sleep(1000 * BEFORE)
    phase = 'during'
    const { port } = redis
    await redis.stop()
    await sleep(1000 * OUTAGE)
    redis = await startRedis({ port })
    await Promise.all(apis.map(untilCached))
    phase = 'after'
    await sleep(1000 * AFTER)
    over = true
    await shopping
    for (const client of clients) client.close()

    console.log(
      `Redis away for ${OUTAGE} s, seed ${seed}\n${(['before', 'during', 'after'] as const).map((one) => tell(seen, one)).join('\n')}`,
    )
    expect(seen.filter(({ status }) => status !== 200)).toEqual([])
    expect(stale).toEqual([])
    // Something has been shown: the cache was used before and after.
    expect(hitsOf(seen, 'before')).toBeGreaterThan(0)
    expect(hitsOf(seen, 'after')).toBeGreaterThan(0)
  },
  1000 * (BEFORE + OUTAGE + AFTER) + 120_000,
)

/** The share of reads that the cache has answered. */
function hitsOf(seen: readonly Seen[], phase: Phase): number {
  const reads = seen.filter((one) => one.phase === phase && one.method === 'GET')
  return reads.filter(({ cache }) => cache === 'hit').length / reads.length
}

function tell(seen: readonly Seen[], phase: Phase): string {
  const times = (method: Seen['method']) =>
    seen
      .filter((one) => one.phase === phase && one.method === method)
      .map(({ milliseconds }) => milliseconds)
      .sort((a, b) => a - b)
  const figures = (['GET', 'POST'] as const).map((method) => {
    const sorted = times(method)
    const p99 = sorted[Math.floor(0.99 * sorted.length)] ?? 0
    return `${sorted.length} ${method}, p99 ${p99.toFixed(0)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(0)} ms`
  })
  return `${phase}: ${figures.join('; ')}; hits ${(100 * hitsOf(seen, phase)).toFixed(0)} % of reads`
}
