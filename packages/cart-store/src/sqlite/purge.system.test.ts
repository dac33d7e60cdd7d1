import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer, call, fresh, NOW } from '../contract/builders.ts'
import { openSqliteStore } from './store.ts'

const ANSWERS = 5_000

test('however much expires is taken out in the background, and what lives stays', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'purge-'))
  const file = path.join(folder, 'cart.db')
  const store = openSqliteStore({ file, synchronous: 'normal' })
  const keep = (expiresAt: number) => {
    return store.commit({ cartId: fresh(), carts: [], answer: answer({ expiresAt }) }, call())
  }
  await Promise.all(Array.from({ length: ANSWERS }, () => keep(NOW - 1)))
  await keep(NOW + 3_600_000)
  const reader = new DatabaseSync(file, { readOnly: true })
  const count = reader.prepare('SELECT count(*) AS n FROM answers')
  expect(count.get()).toEqual({ n: ANSWERS + 1 })

  // One round begins every ten seconds; the test ends by its own limit where rounds take out too little.
  while (Number(count.get()?.['n']) > 1) await sleep(100)

  expect(count.get()).toEqual({ n: 1 })
  reader.close()
  await store.close()
  rmSync(folder, { recursive: true })
}, 19_000)
