import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describeStoreContract } from './contract.ts'
import { openSqliteStore } from './sqlite/store.ts'

describeStoreContract('sqlite', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'trial-'))
  const open = async () => openSqliteStore({ file: path.join(folder, 'carts.db') })
  return { open, openAnother: open, dispose: () => rm(folder, { recursive: true }) }
})
