import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import request from 'supertest'
import { endOwnProcesses, startOwnProcess } from '../own-process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-full-disk-'))
})
afterEach(async () => {
  await endOwnProcesses()
  rmSync(folder, { recursive: true })
})

test('a disk that takes nothing more: carts are shown, changes are refused, and health tells', async () => {
  const api = await startOwnProcess({ environment: { DATA_DIR: folder, LOG_LEVEL: 'fatal' } })
  const add = () => {
    return request(api.url)
      .post('/cart/items')
      .set('X-Cart-ID', 'cart-a')
      .send({ productId: 'canvas-tote', quantity: 1 })
  }
  expect((await add()).status).toBe(200)

  // Linux only. Files of this process may not grow beyond a page from now on, which writing meets as it meets a full disk.
  execFileSync('prlimit', ['--pid', String(api.child.pid), '--fsize=4096:'])
  const refused = await add()
  const shown = await request(api.url).get('/cart').set('X-Cart-ID', 'cart-a')
  while ((await request(api.url).get('/health')).body.store.state === 'up') await sleep(200)

  expect(refused).toMatchObject({ status: 503, body: { code: 'store-unavailable' } })
  expect(shown).toMatchObject({ status: 200, body: { version: 1 } })
  expect((await request(api.url).get('/health')).status).toBe(200)

  execFileSync('prlimit', ['--pid', String(api.child.pid), '--fsize=unlimited:'])
  expect(await add()).toMatchObject({ status: 200, body: { version: 2 } })
}, 30_000)
