import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RehearsalProblem } from './problem.ts'
import { type RehearsalFolder, runsAlready } from './rehearsal/running.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

/**
 * Starts a rehearsal that goes on when this process ends, and shows what it says until it runs. It hears by their channel
 * when its starter is gone before that, and ends as well.
 *
 * @throws {RehearsalProblem} where it ends before it runs
 */
export async function runInBackground(folder: RehearsalFolder, args: readonly string[]): Promise<void> {
  const other = folder.claimed()
  if (other !== undefined) throw runsAlready(other)
  writeFileSync(folder.log, '', { mode: 0o600 })
  const log = openSync(folder.log, 'a+')
  const child = spawn(process.execPath, [MAIN, ...args], {
    // In a group of its own: Ctrl-C in the terminal ends its starter, not it.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  let offset = 0
  const buffer = Buffer.alloc(64 * 1024)
  const show = (): void => {
    for (let read = -1; read !== 0; offset += read) {
      read = readSync(log, buffer, 0, buffer.length, offset)
      process.stdout.write(buffer.subarray(0, read))
    }
  }
  const showing = setInterval(show, 100)
  const code = await Promise.race([
    once(child, 'message').then(() => undefined),
    once(child, 'exit').then(([code]: unknown[]) => ({ code })),
  ])
  clearInterval(showing)
  show()
  closeSync(log)
  if (code !== undefined)
    throw new RehearsalProblem(`it has ended (exit code ${String(code.code)}); what it said is above`)
  child.disconnect()
  child.unref()
}
