import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

const MAIN = path.join(import.meta.dirname, '../src/main.ts')

/** The API as a process of its own, as users run it. */
export interface OwnProcessApi {
  readonly url: string
  readonly child: ChildProcess
  /** What it wrote so far. */
  readonly output: { stdout: string; stderr: string }
  /** Sends the signal, waits for the end, and tells how it ended. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export interface OwnProcessOptions {
  /** Settings by their environment names; `PORT` is a free one unless given. */
  readonly environment: Readonly<Record<string, string>>
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[]
}

/** Starts the API and resolves when it listens; rejects with what it wrote when it ends before. */
export async function startOwnProcess({
  environment,
  nodeFlags = [],
}: OwnProcessOptions): Promise<OwnProcessApi> {
  const child = spawn(process.execPath, [...nodeFlags, MAIN], {
    // Nothing of the test's own settings may leak in.
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stderr !== null) {
      createInterface(child.stderr).on('line', (line) => {
        const found = /ready at (http:\S+)/.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    ended.then(
      () => reject(new Error(`the API ended before it listened:\n${output.stderr}${output.stdout}`)),
      reject,
    )
  })
  return {
    url,
    child,
    output,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await ended
      return { code: child.exitCode, signal: child.signalCode }
    },
  }
}
