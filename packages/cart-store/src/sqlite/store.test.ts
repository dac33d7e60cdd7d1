import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describeStoreContract } from '../contract.ts'
import { openSqliteStore } from './store.ts'

describe.each(['full', 'normal'] as const)('synchronous %s', (synchronous) => {
  describeStoreContract('sqlite', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sqlite-store-'))
    const open = async () => openSqliteStore({ file: path.join(folder, 'cart.db'), synchronous })
    return {
      open,
      openAnother: open,
      dispose: async () => rmSync(folder, { recursive: true }),
    }
  })
})
