import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTable } from '@cartwright/cart-store/dynamodb'
import {
  Chance,
  type DynamoServer,
  type HttpFaultProxy,
  type HttpFaults,
  type PassingRequest,
  startDynamo,
  startHttpFaultProxy,
} from '@cartwright/test-servers'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
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
  for (const api of apis) expect(await api.stop()).toEqual({ code: 0, signal: null })
  await proxy.stop()
  await server.stop()
})
afterAll(endOwnProcesses)

/** An add with a key of its own. */
interface Add {
  readonly client: number
  /** Which of the processes was asked first. */
  readonly process: number
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
    } catch (error) {
      throw new Error(`the race went so: ${JSON.stringify(figures, undefined, 2)}`, { cause: error })
    }
  },
  1000 * SECONDS + 120_000,
)

/** Adds, one after the other, until the time is over; comes back at once when refused, sooner than it is asked to. */
async function write(client: number, cartId: string, outcomes: Outcomes, end: number): Promise<void> {
  for (let n = 1; performance.now() < end; n += 1) {
    // As behind a load balancer: sometimes the one process, sometimes the other.
    const process = (client + n) % apis.length
    const add = { client, process, key: `${client}.${n}`, quantity: 1 + (n % 3) }
    settle(add, await send(add, process, cartId, outcomes), outcomes)
  }
}

/** Sends the client's doubtful adds again, to the process that has not seen them, each until it is known. */
async function resolve(
  client: number,
  cartId: string,
  outcomes: Outcomes,
  doubtful: readonly Add[],
): Promise<void> {
  for (const add of doubtful.filter((one) => one.client === client)) {
    const other = (add.process + 1) % apis.length
    let answer = await send(add, other, cartId, outcomes)
    while (answer.status === 503) {
      await sleep(1000 * Number(answer.headers['retry-after']))
      answer = await send(add, other, cartId, outcomes)
    }
    settle(add, answer, outcomes)
  }
}

async function send(
  { client, key, quantity }: Add,
  process: number,
  cartId: string,
  outcomes: Outcomes,
): Promise<Answer> {
  const start = performance.now()
  const answer = await connectionOf(client).ask(urlOf(process), {
    method: 'POST',
    path: '/cart/items',
    headers: { 'X-Cart-ID': cartId, 'Idempotency-Key': key },
    body: { productId: PRODUCT, quantity },
  })
  outcomes.longestWait = Math.max(outcomes.longestWait, performance.now() - start)
  return answer
}

/** Notes what the answer says; one that may not be given at all ends the test. */
function settle(add: Add, { status, headers, text }: Answer, { made, refused, unknown }: Outcomes): void {
  // The API's own answers: a cart, or a problem.
  const body = JSON.parse(text) as { version: number } | { code: string; outcome?: string }
  if (status === 200 && 'version' in body) {
    made.push({ add, version: body.version, replayed: headers['idempotent-replayed'] === 'true' })
    return
  }
  expect({ status, body, retryAfter: headers['retry-after'] }).toEqual({
    status: 503,
    body: expect.objectContaining({
      code: expect.stringMatching(/^(too-much-contention|store-unavailable)$/),
    }),
    retryAfter: expect.stringMatching(/^[1-9][0-9]*$/),
  })
  if ('outcome' in body && body.outcome === 'unknown') unknown.push(add)
  else if ('code' in body) refused.push({ add, code: body.code })
}

async function show(cartId: string): Promise<unknown> {
  const request = { method: 'GET', path: '/cart', headers: { 'X-Cart-ID': cartId } }
  return JSON.parse((await connectionOf(0).ask(urlOf(0), request)).text) as unknown
}

function connectionOf(client: number): KeepAliveClient {
  return clients[client] as KeepAliveClient // there are as many as clients
}

function urlOf(process: number): string {
  return (apis[process] as OwnProcessApi).url // an index within the list
}

function addsOf(client: number, made: Outcomes['made']): number {
  return made.filter(({ add }) => add.client === client).length
}

function countsOf(codes: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/**
 * Of one transaction in twenty the answer is lost, so that it is asked for again. And every few seconds nothing is
 * answered for longer than a request lives, which then cannot know what became of it: the transactions are made all
 * the same, or, in every second of these outages, never arrive.
 */
function losses(chance: Chance): HttpFaults {
  const start = performance.now()
  return (request) => {
    if (!isTransaction(request)) return undefined
    const time = performance.now() - start
    if (time % OUTAGE_EVERY >= OUTAGE_EVERY - OUTAGE) {
      return { does: Math.floor(time / OUTAGE_EVERY) % 2 === 0 ? 'cut-after' : 'cut-before' }
    }
    return chance.below(20) === 0 ? { does: 'cut-after' } : undefined
  }
}

function isTransaction({ headers }: PassingRequest): boolean {
  return String(headers['x-amz-target']).endsWith('.TransactWriteItems')
}
