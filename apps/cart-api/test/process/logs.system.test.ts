import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import request from 'supertest'
import { endOwnProcesses, startOwnProcess } from '../own-process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-logs-'))
})
afterEach(async () => {
  await endOwnProcesses()
  rmSync(folder, { recursive: true })
})

test('at its most talkative the log has every request, and no id, key or body of anybody', async () => {
  const api = await startOwnProcess({
    environment: { DATA_DIR: folder, IDENTITY: 'header', LOG_LEVEL: 'trace' },
  })
  const secrets = ['cart-4711', 'cart-0815', 'user-ann', 'key-4711', 'canvas-tote', 'token-of-ann', 'x-path']
  const headers = { 'X-Cart-ID': 'cart-4711', 'X-User-ID': 'user-ann', Authorization: 'Bearer token-of-ann' }
  const ask = request(api.url)
  const item = { productId: 'canvas-tote', quantity: 1 }

  await ask.post('/cart/items').set('X-Cart-ID', 'cart-0815').send(item)
  await ask.post('/cart/items').set(headers).set('Idempotency-Key', 'key-4711').send(item)
  await ask.patch('/cart/items/canvas-tote?variant=x-path').set(headers).send({ quantity: 2 })
  await ask.post('/cart/merge').set(headers).send({ sourceCartId: 'cart-0815' })
  const order = await ask.post('/checkout/start').set(headers).send({})
  await ask.get(`/checkout/${order.body.orderId}`).set(headers)
  await ask.get('/cart').set({ ...headers, 'X-User-ID': 'user-ben' })
  await ask.get('/x-path?cart=cart-4711').set(headers)
  await ask.post('/cart/items').set(headers).type('json').send('{"productId":"canvas-tote')
  await api.stop()

  const lines = api.output.stdout.trim().split('\n')
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(logged.filter(({ msg }) => msg === 'request')).toHaveLength(9)
  expect(logged).toContainEqual(
    expect.objectContaining({ cart: hashOf('cart-4711'), user: hashOf('user-ann'), status: 201 }),
  )
  for (const secret of [...secrets, 'user-ben', String(order.body.orderId)]) {
    expect(`${api.output.stdout}${api.output.stderr}`).not.toContain(secret)
  }
})

/** As the operating guide tells to make it. */
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12)
}
