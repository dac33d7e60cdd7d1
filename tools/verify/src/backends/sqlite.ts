import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openSqliteStore } from '@cartwright/cart-store'
import { type Backend, BRISK, nothing, REQUESTS } from './backend.ts'

/** A data folder that the processes share. */
export async function sqliteBackend(processes: number): Promise<Backend> {
  const folder = mkdtempSync(path.join(tmpdir(), 'verify-'))
  const file = path.join(folder, 'cartwright.db')
  return {
    environments: Array.from({ length: processes }, () => ({ ...REQUESTS, DATA_DIR: folder })),
    open: async () => openSqliteStore({ file }),
    begin: async () => nothing,
    pace: BRISK,
    stop: async () => rmSync(folder, { recursive: true }),
  }
}
