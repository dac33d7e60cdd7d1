import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Chance } from '@cartwright/test-servers'
import { Front, NOBODY_LISTENS } from './front.ts'

const api = { url: '' }
let servers: Server[]
let front: Front
let requests: number
beforeEach(async () => {
  servers = []
  requests = 0
  front = await Front.start(api)
})
afterEach(async () => {
  await front.stop()
  for (const server of servers) await close(server)
})

/** From now on the API is there, on a port of its own. */
async function listen(name: string): Promise<Server> {
  const server = createServer((_, outgoing) => {
    requests += 1
    outgoing.end(name)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  servers.push(server)
  return server
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  server.closeAllConnections()
  await once(server.close(), 'close')
}

test('clients reach a process that was started again on another port', async () => {
  const first = await listen('first')
  expect(await (await fetch(front.url)).text()).toBe('first')
  await close(first)

  await listen('second')

  expect(await (await fetch(front.url)).text()).toBe('second')
})

test('clients are told where nobody listens: nothing has arrived', async () => {
  await close(await listen('gone'))

  expect((await fetch(front.url)).status).toBe(NOBODY_LISTENS)
})

test('in trouble some answers are lost of requests that have arrived, and well again none', async () => {
  await listen('here')
  front.trouble(new Chance(1))
  let heard = 0
  for (let request = 0; request < 50; request += 1) {
    await fetch(front.url).then(
      () => (heard += 1),
      () => undefined,
    )
  }
  expect(heard).toBeGreaterThan(10)
  expect(requests).toBeGreaterThan(heard)

  front.trouble(undefined)
  for (let request = 0; request < 20; request += 1) expect((await fetch(front.url)).status).toBe(200)
}, 30_000)
