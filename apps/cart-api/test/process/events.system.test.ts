import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CartEvent } from '@cartwright/cart-domain'
import request from 'supertest'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { KeepAliveClient } from './keep-alive.ts'

const KILLS = 6
const CARTS = ['cart-a', 'cart-b', 'cart-c', 'cart-d']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-events-'))
})
afterEach(async () => {
  await endOwnProcesses()
  rmSync(folder, { recursive: true })
})

test('however often the process dies, each change is told at least once, and nothing that did not happen', async () => {
  for (let round = 0; round < KILLS; round += 1) {
    const api = await start()
    const adding = CARTS.map((cartId) => addUntilGone(api, cartId))
    await sleep(100 + 100 * Math.random())
    api.child.kill('SIGKILL')
    await Promise.all([...adding, api.ended])
  }

  const api = await start()
  const versions = new Map<string, number>()
  for (const cartId of CARTS) {
    const cart = await request(api.url).get('/cart').set('X-Cart-ID', cartId)
    versions.set(cartId, cart.body.version)
  }
  // Rows that the dead have left are taken over after the grace of ten seconds.
  while ([...versions].some(([cartId, version]) => told(cartId).length < version)) await sleep(200)

  expect(await outboxOf(api)).toMatchObject({ rows: expect.any(Number) })
  for (const [cartId, version] of versions) {
    expect(version).toBeGreaterThan(KILLS)
    expect(told(cartId)).toEqual(Array.from({ length: version }, (_, index) => index + 1))
  }
}, 60_000)

test('what is left at SIGTERM is told before the process ends', async () => {
  const api = await start()
  const adding = CARTS.map((cartId) => addUntilGone(api, cartId))
  await sleep(300)

  const ended = await api.stop()
  await Promise.all(adding)
  const next = await startOwnProcess({ environment: { DATA_DIR: folder } })

  expect(ended).toEqual({ code: 0, signal: null })
  for (const cartId of CARTS) {
    const { version } = (await request(next.url).get('/cart').set('X-Cart-ID', cartId)).body
    expect(told(cartId)).toEqual(Array.from({ length: version }, (_, index) => index + 1))
  }
})

function start(): Promise<OwnProcessApi> {
  return startOwnProcess({
    environment: { DATA_DIR: folder, EVENTS: 'log', LOG_LEVEL: 'warn', MAX_LINE_QUANTITY: '2147483647' },
  })
}

async function addUntilGone(api: OwnProcessApi, cartId: string): Promise<void> {
  const client = new KeepAliveClient()
  const added = {
    method: 'POST',
    path: '/cart/items',
    headers: { 'X-Cart-ID': cartId },
    body: { productId: 'canvas-tote', quantity: 1 },
  }
  try {
    for (;;) await client.ask(api.url, added)
  } catch {
    // It is gone.
  } finally {
    client.close()
  }
}

async function outboxOf(api: OwnProcessApi): Promise<{ readonly rows: number } | undefined> {
  return (await request(api.url).get('/health')).body.outbox
}

/** The versions of the cart that events tell of, each once, in order. A line that a death has torn tells of nothing. */
function told(cartId: string): number[] {
  const lines = readFileSync(path.join(folder, 'events.ndjson'), 'utf8').split('\n')
  const events = lines.flatMap((line): CartEvent[] => {
    try {
      return [JSON.parse(line) as CartEvent]
    } catch {
      return []
    }
  })
  const versions = events.filter((event) => event.cartId === cartId).map(({ version }) => version)
  return [...new Set(versions)].sort((a, b) => a - b)
}
