// What `npm test` runs: types, lint, then every jest test. With arguments, which are jest's filters and options
// (`npm test -- money`), only jest, so that a short look stays short. The last line counts what passed and failed.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Commands } from './command.ts'
import { runJest } from './jest-run.ts'
import { oneCheck, sum, summaryLine } from './tally.ts'
import { runTasks } from './turbo.ts'

const root = resolve(import.meta.dirname, '../..')
const filters = process.argv.slice(2)
const commands = new Commands()
// Tests and the tools they run leave files in the temporary folder; this one goes when they are done.
const scratch = mkdtempSync(join(tmpdir(), 'cartwright-test-'))

const tallies = []
try {
  if (filters.length === 0) {
    tallies.push(oneCheck(await runTasks(commands, root, ['types'])))
    tallies.push(oneCheck(await runTasks(commands, root, ['lint'])))
  }
  tallies.push(await runJest(commands, root, filters, scratch))
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
}

const total = sum(tallies)
console.log(summaryLine(total))
process.exitCode = total.failed === 0 ? 0 : 1
