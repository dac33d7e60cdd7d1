import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'

const OPENERS = 4
const FILES = 40

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'opening-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a new file can be opened by several at the same moment', async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const files = Array.from({ length: FILES }, (_, index) => path.join(folder, `${index}`, 'cart.db'))

  const failures = await Promise.all(Array.from({ length: OPENERS }, () => opener({ gate, files })))

  expect(failures).toEqual(Array.from({ length: OPENERS }, () => []))
}, 60_000)

/** Opens every file as soon as all openers are there, and tells what failed. */
function opener(given: { readonly gate: Int32Array; readonly files: readonly string[] }): Promise<string[]> {
  const worker = new Worker(path.join(import.meta.dirname, 'opening.worker.ts'), {
    workerData: { ...given, openers: OPENERS },
  })
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
}
