import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTable } from '@cartwright/cart-store/dynamodb'
import {
  type DynamoServer,
  type HttpFault,
  type HttpFaultProxy,
  startDynamo,
  startHttpFaultProxy,
} from '@cartwright/test-servers'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { Chance } from './chance.ts'
import { type Answer, KeepAliveClient } from './keep-alive.ts'

const CLIENTS = 64
/** How long they write, in seconds. */
const SECONDS = Number(process.env['CARTWRIGHT_CONTENTION_SECONDS'] ?? '10')
/** How long a request may take, in milliseconds: short, so that some are refused. */
const DEADLINE = 500
/** What an answer may come later than that on a machine that is busy with other things: it only tells of hanging. */
const MARGIN = 10_000
/** How often DynamoDB's answers to one of the processes are lost for longer than a request lives, in milliseconds. */
const OUTAGE_EVERY = 2_500
const OUTAGE = 2 * DEADLINE

const PRODUCT = 'canvas-tote'

let server: DynamoServer
let proxy: HttpFaultProxy
let apis: OwnProcessApi[]
let clients: KeepAliveClient[]
beforeAll(async () => {
  server = await startDynamo()
  await createTable({ table: 'carts', client: server.client })
  proxy = await startHttpFaultProxy(server.client.endpoint)
  const { endpoint, region, credentials } = server.client
  apis = await Promise.all(
    [endpoint, proxy.url].map((url) => {
      return startOwnProcess({
        environment: {
          STORE: 'dynamodb',
          TABLE_NAME: 'carts',
          AWS_ENDPOINT_URL: url,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          MAX_LINE_QUANTITY: '2147483647',
          REQUEST_TIMEOUT_MS: String(DEADLINE),
          LOG_LEVEL: 'silent',
        },
      })
    }),
  )
  clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient())
})
afterAll(async () => {
  for (const client of clients) client.close()
  await endOwnProcesses()
  await proxy.stop()
  await server.stop()
})

/** An add with a key of its own. */
interface Add {
  readonly client: number
  readonly key: string
  readonly quantity: number
}

/** What became of the adds. */
interface Outcomes {
  /** Answered with 200, with the cart's version that the answer tells. */
  readonly made: { readonly add: Add; readonly version: number; readonly replayed: boolean }[]
  /** Answered with 503, certainly not made. */
  readonly refused: { readonly add: Add; readonly code: string }[]
  /** Answered with 503, perhaps made. */
  readonly unknown: Add[]
  /** Of all answers, in milliseconds. */
  longestWait: number
}

test(
  `${CLIENTS} clients write to one cart of two processes for ${SECONDS} s while answers of DynamoDB are lost`,
  async () => {
    const cartId = randomUUID()
    const seed = randomInt(2 ** 31)
    const outcomes: Outcomes = { made: [], refused: [], unknown: [], longestWait: 0 }
    proxy.set(losses(new Chance(seed)))

    const end = performance.now() + 1000 * SECONDS
    await Promise.all(clients.map((_, client) => write(client, cartId, outcomes, end)))
    proxy.set(() => undefined)
    const acknowledged = outcomes.made.length
    const doubtful = outcomes.unknown.splice(0)
    await Promise.all(clients.map((_, client) => resolve(client, cartId, outcomes, doubtful)))

    const { made, refused, longestWait } = outcomes
    const resolved = made.slice(acknowledged)
    const figures = {
      seed,
      acknowledged,
      refused: countsOf(refused.map(({ code }) => code)),
      unknown: doubtful.length,
      'of these made the first time': resolved.filter(({ replayed }) => replayed).length,
      'longest wait in ms': Math.round(longestWait),
      'fewest of a client': Math.min(...clients.map((_, n) => addsOf(n, made.slice(0, acknowledged)))),
    }
    try {
      // All that was told as made is there, all that was told as refused is not, each once.
      const total = made.reduce((sum, { add }) => sum + add.quantity, 0)
      expect(await show(cartId)).toMatchObject({ itemCount: total, version: made.length })
      expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: made.length }, (_, index) => index + 1),
      )
      // Everybody got on.
      expect(figures['fewest of a client']).toBeGreaterThan(0)
      expect(longestWait).toBeLessThan(DEADLINE + MARGIN)
      // What is to be tried has happened.
      expect(refused.length).toBeGreaterThan(0)
      expect(resolved).toHaveLength(doubtful.length)
      expect(doubtful.length).toBeGreaterThan(0)
      expect(figures['of these made the first time']).toBeGreaterThan(0)
    } catch (error) {
      throw new Error(`the race went so: ${JSON.stringify(figures, undefined, 2)}`, { cause: error })
    }
  },
  1000 * SECONDS + 120_000,
)

/**
 * Of one transaction in twenty the answer is lost, and now and then of all for a while: after it was made (its
 * repetitions are lost as well, so its request never learns of it), or before it arrived.
 */
function losses(chance: Chance): (request: { readonly headers: object }) => HttpFault | undefined {
  const start = performance.now()
  const kinds: readonly HttpFault['does'][] = []
  void kinds
  return (request) => {
    if (!isTransaction(request)) return undefined
    const time = performance.now() - start
    const outage = Math.floor(time / OUTAGE_EVERY)
    if (time % OUTAGE_EVERY > OUTAGE_EVERY - OUTAGE) {
      return { does: outage % 3 === 2 ? 'cut-before' : 'cut-after' }
    }
    return chance.below(20) === 0 ? { does: 'cut-after' } : undefined
  }
}
