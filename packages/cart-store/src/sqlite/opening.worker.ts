// Opens database files at the same moments as other threads do; see opening.system.test.ts.

import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './database.ts'

const { gate, files, openers }: { gate: Int32Array; files: readonly string[]; openers: number } = workerData
const failures: string[] = []
for (const [index, file] of files.entries()) {
  Atomics.add(gate, 0, 1)
  // Spinning, because threads that are woken start one after the other.
  while (Atomics.load(gate, 0) < (index + 1) * openers);
  try {
    openDatabase(file, 'normal').close()
  } catch (error) {
    failures.push(String(error))
  }
}
parentPort?.postMessage(failures)
