import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Chance } from '@cartwright/test-servers'
import type { CartInput } from './cart-specification.ts'
import { NOBODY_LISTENS } from './front.ts'
import { Shopper } from './shopper.ts'

const ADD: CartInput = { does: 'add', cart: 'basket', line: 'tea', quantity: 2 }
const CART = { version: 3, lines: [{ productId: 'tea', quantity: 2 }] }

/** The keys of the requests that have come, in their order. */
let keys: (string | undefined)[]
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void
let server: Server
let url: string
beforeEach(async () => {
  keys = []
  server = createServer((incoming, outgoing) => {
    keys.push(incoming.headers['idempotency-key'] as string | undefined)
    answer(incoming, outgoing)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await once(server.close(), 'close')
})

/** As clients of several seeds ask: some have a key, some give up at once. */
async function askOften(input: CartInput) {
  const asked = []
  for (let seed = 1; seed <= 8; seed += 1) {
    const shopper = new Shopper(`client ${seed}`, new Chance(seed), [url])
    keys = []
    asked.push({ operation: await shopper.ask(input), keys, shopper })
    shopper.close()
  }
  return asked
}

const status =
  (code: number, body: unknown, headers = {}) =>
  (_: IncomingMessage, outgoing: ServerResponse): void =>
    void outgoing.writeHead(code, headers).end(JSON.stringify(body))

test('what is answered is what was heard', async () => {
  answer = status(200, CART)

  for (const { operation } of await askOften(ADD)) {
    expect(operation).toMatchObject({ input: ADD, output: { kind: 'cart', version: 3, lines: { tea: 2 } } })
  }
})

test('a change whose answer is lost may have happened, and is sent again only with its key', async () => {
  answer = (incoming) => incoming.socket.destroy()

  const asked = await askOften(ADD)

  for (const { operation, keys: sent } of asked) {
    expect(operation).toMatchObject({ output: undefined, answered: Number.POSITIVE_INFINITY })
    expect(new Set(sent).size).toBe(1)
    if (sent[0] === undefined) expect(sent).toHaveLength(1)
  }
  expect(asked.some(({ keys: sent }) => sent.length > 1)).toBe(true)
})

test('where nobody listens nothing has happened', async () => {
  answer = status(NOBODY_LISTENS, {})

  for (const { operation } of await askOften(ADD)) expect(operation).toBeUndefined()
})

test('an answer that was kept is counted', async () => {
  answer = status(200, CART, { 'Idempotent-Replayed': 'true' })

  for (const { shopper } of await askOften(ADD)) expect(shopper.replays).toBe(1)
})

test.each([
  ['a defect', status(500, { code: 'internal' })],
  ['no JSON', (_: IncomingMessage, outgoing: ServerResponse) => void outgoing.end('<html>')],
])('%s is an answer that no right API gives, after which anything may have happened', async (_, strange) => {
  answer = strange

  for (const { operation, shopper } of await askOften(ADD)) {
    expect(operation).toMatchObject({ output: undefined })
    expect(shopper.strange[0]).toContain('basket')
  }
})
