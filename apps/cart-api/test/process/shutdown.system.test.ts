import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Chance } from '@cartwright/test-servers'
import fc from 'fast-check'
import request from 'supertest'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { audit } from './audit.ts'
import { KeepAliveClient } from './keep-alive.ts'
import { Ledger } from './ledger.ts'
import { Load } from './load.ts'

const ROUNDS = 4
const CLIENTS = 24

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-shutdown-'))
})
afterEach(async () => {
  await endOwnProcesses()
  rmSync(folder, { recursive: true })
})

test('SIGTERM under load cuts nobody off, and what was not answered has not happened', async () => {
  const signals = fc.array(fc.integer({ min: 50, max: 400 }), { minLength: ROUNDS, maxLength: ROUNDS })
  await fc.assert(
    fc.asyncProperty(signals, fc.integer(), async (plan, seed) => {
      const ledger = new Ledger()
      let heard = (): void => undefined
      const load = new Load({ ledger, chance: new Chance(seed), clients: CLIENTS, heard: () => heard() })

      for (const answers of plan) {
        const api = await start()
        let left = answers
        let signalled = Number.POSITIVE_INFINITY
        heard = () => {
          left -= 1
          if (left > 0 || signalled < Number.POSITIVE_INFINITY) return
          signalled = performance.now()
          api.child.kill('SIGTERM')
        }
        const ends = await load.run(api.url, () => false)

        expect(ends.filter(({ how }) => how === 'torn')).toEqual([])
        const cutOff = ends.filter(
          ({ how, sentAt }) => how === 'unanswered' && (sentAt ?? signalled) < signalled,
        )
        expect(cutOff).toEqual([])
        expect(await api.ended).toEqual({ code: 0, signal: null })
        expect(messagesOf(api).slice(-1)).toEqual(['stopped'])
        expect(messagesOf(api)).not.toContain(CUT_OFF)

        const next = await start()
        expect(await audit({ url: next.url, file: path.join(folder, 'cartwright.db'), ledger })).toEqual([])
        expect(ledger.unheard).toBe(0)
        await next.stop()
      }
      load.close()
    }),
    // A shorter plan would be another run: what the clients are at when the signal comes is not in the plan.
    { numRuns: 1, endOnFailure: true },
  )
}, 60_000)

describe('with SHUTDOWN_DELAY_SECONDS', () => {
  test('the process keeps serving, unready, and asks its clients to leave', async () => {
    const api = await start({ SHUTDOWN_DELAY_SECONDS: '2' })
    expect((await request(api.url).get('/ready')).status).toBe(200)

    api.child.kill('SIGTERM')
    await untilUnready(api)
    const ready = await request(api.url).get('/ready')
    const changed = await add(api, 'cart-a')
    const health = await request(api.url).get('/health')

    expect(ready).toMatchObject({
      status: 503,
      headers: { connection: 'close', 'retry-after': expect.any(String) },
      body: { code: 'shutting-down' },
    })
    expect(changed).toMatchObject({ status: 200, headers: { connection: 'close' }, body: { version: 1 } })
    expect(health).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(await api.ended).toEqual({ code: 0, signal: null })
  })

  test('whoever leaves when asked to, as a load balancer does, gets every answer', async () => {
    const api = await start({ SHUTDOWN_DELAY_SECONDS: '1' })
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      return askUntilToldToLeave(api, `cart-${index}`)
    })

    await sleep(100)
    api.child.kill('SIGTERM')
    const answers = (await Promise.all(clients)).flat()

    expect(answers.length).toBeGreaterThan(CLIENTS)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(await api.ended).toEqual({ code: 0, signal: null })
  })

  test('a second signal at once is the same one', async () => {
    const api = await start({ SHUTDOWN_DELAY_SECONDS: '1' })

    api.child.kill('SIGTERM')
    api.child.kill('SIGINT')

    expect(await api.ended).toEqual({ code: 0, signal: null })
    expect(messagesOf(api).slice(-1)).toEqual(['stopped'])
  })

  test('a second signal later ends the process at once', async () => {
    const api = await start({ SHUTDOWN_DELAY_SECONDS: '120' })

    api.child.kill('SIGTERM')
    await sleep(1_100)
    api.child.kill('SIGTERM')

    expect(await api.ended).toEqual({ code: 1, signal: null })
    expect(messagesOf(api)).not.toContain('stopped')
  })
})

describe('what does not hold up the end', () => {
  test('connections on which nobody asks anything', async () => {
    const api = await start()
    const silent = await open(api)
    const idle = await open(api)
    idle.write('GET /health HTTP/1.1\r\nHost: api\r\n\r\n')
    await once(idle, 'data')

    const ended = await api.stop()

    expect(ended).toEqual({ code: 0, signal: null })
    expect(messagesOf(api)).not.toContain(CUT_OFF)
    silent.destroy()
    idle.destroy()
  })

  test('requests that are never sent to their end', async () => {
    const api = await start({ DRAIN_TIMEOUT_SECONDS: '1' })
    const inHeaders = await open(api)
    inHeaders.write('GET /health HTTP/1.1\r\nHo')
    const inBody = await open(api)
    inBody.write(ADD_HEAD)
    await add(api, 'cart-b') // by now both have been read as far as they go

    const ended = await api.stop()

    expect(ended).toEqual({ code: 0, signal: null })
    expect(linesOf(api)).toContainEqual(expect.objectContaining({ msg: CUT_OFF, connections: 2 }))
    expect(messagesOf(api).slice(-1)).toEqual(['stopped'])
    inHeaders.destroy()
    inBody.destroy()
  })
})

describe('a log that nobody reads', () => {
  test('because its reader has gone does not hold up the end', async () => {
    const api = await start()
    api.child.stdout?.destroy()
    await add(api, 'cart-a')

    const ended = await api.stop()

    expect(ended).toEqual({ code: 0, signal: null })
  })

  test('because its reader stands still does not hold up the end', async () => {
    const api = await start({ LOG_LEVEL: 'trace' })
    api.child.stdout?.pause()
    // More than a pipe holds.
    const client = new KeepAliveClient()
    for (let n = 0; n < 1_000; n += 1) {
      await client.ask(api.url, { method: 'GET', path: '/health', headers: {} })
    }
    client.close()

    api.child.kill('SIGTERM')
    await once(api.child, 'exit')

    expect(api.child).toMatchObject({ exitCode: 0, signalCode: null })
    api.child.stdout?.resume()
  }, 20_000)
})

test('a request whose end comes after the signal is answered', async () => {
  const api = await start()
  const socket = await open(api)
  socket.write(ADD_HEAD)
  await add(api, 'cart-b')

  const answer = text(socket)
  api.child.kill('SIGTERM')
  await untilRefused(api)
  socket.write(ADD_BODY)

  expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nConnection: close\r\n.*"version":1/s)
  expect(await api.ended).toEqual({ code: 0, signal: null })
})

/** What the log says when somebody was cut off. */
const CUT_OFF = 'requests under way were cut off at the drain timeout'

const ADD_BODY = JSON.stringify({ productId: 'canvas-tote', quantity: 1 })
const ADD_HEAD = [
  'POST /cart/items HTTP/1.1',
  'Host: api',
  'X-Cart-ID: cart-a',
  'Content-Type: application/json',
  `Content-Length: ${ADD_BODY.length}`,
  '\r\n',
].join('\r\n')

function start(environment: Readonly<Record<string, string>> = {}): Promise<OwnProcessApi> {
  return startOwnProcess({
    environment: { DATA_DIR: folder, MAX_LINE_QUANTITY: '2147483647', ...environment },
  })
}

function linesOf(api: OwnProcessApi): { readonly msg: string }[] {
  const lines = api.output.stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as { msg: string })
}

function messagesOf(api: OwnProcessApi): string[] {
  return linesOf(api).map(({ msg }) => msg)
}

function add(api: OwnProcessApi, cartId: string): request.Test {
  return request(api.url).post('/cart/items').set('X-Cart-ID', cartId).send(ADD_BODY).type('json')
}

async function open(api: OwnProcessApi): Promise<Socket> {
  const { hostname, port } = new URL(api.url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  // How its end comes is not what these tests look at.
  return socket.on('error', () => undefined)
}

async function untilUnready(api: OwnProcessApi): Promise<void> {
  while ((await request(api.url).get('/ready')).status === 200) await sleep(10)
}

async function untilRefused(api: OwnProcessApi): Promise<void> {
  for (;;) {
    try {
      ;(await open(api)).destroy()
      await sleep(10)
    } catch {
      return
    }
  }
}

async function askUntilToldToLeave(api: OwnProcessApi, cartId: string) {
  const client = new KeepAliveClient()
  const answers = []
  const asked = {
    method: 'POST',
    path: '/cart/items',
    headers: { 'X-Cart-ID': cartId },
    body: { productId: 'canvas-tote', quantity: 1 },
  }
  try {
    for (;;) {
      const answer = await client.ask(api.url, asked)
      answers.push(answer)
      if (answer.headers['connection'] === 'close') return answers
    }
  } finally {
    client.close()
  }
}
