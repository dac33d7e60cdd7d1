import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

const MAIN = path.join(import.meta.dirname, '../src/main.ts')

/** How a process ended: with an exit code, or by a signal. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The API as a process of its own, as users run it. */
export interface OwnProcessApi {
  readonly url: string
  readonly child: ChildProcess
  /** What it wrote so far; all that it ever wrote once `ended` is there. */
  readonly output: { stdout: string; stderr: string }
  readonly ended: Promise<Ending>
  /** Sends the signal, waits for the end, and tells how it ended. */
  stop(signal?: NodeJS.Signals): Promise<Ending>
}

export interface OwnProcessOptions {
  /** Settings by their environment names; `PORT` is a free one unless given. */
  readonly environment: Readonly<Record<string, string>>
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[]
}

type Launched = Omit<OwnProcessApi, 'url' | 'stop'>

const running = new Set<ChildProcess>()

/** Starts the API and resolves when it listens; rejects with what it wrote when it ends before. */
export async function startOwnProcess(options: OwnProcessOptions): Promise<OwnProcessApi> {
  const { child, output, ended } = launch(options)
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
    ended,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}

/** Starts the API where it is expected to give up by itself, and resolves with how it ended and what it wrote. */
export async function runOwnProcess(
  options: OwnProcessOptions,
): Promise<Ending & { readonly stdout: string; readonly stderr: string }> {
  const { output, ended } = launch(options)
  return { ...(await ended), ...output }
}

/** Kills whatever a failed test of this file has left running. */
export async function endOwnProcesses(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill('SIGKILL') && once(child, 'close')))
}

function launch({ environment, nodeFlags = [] }: OwnProcessOptions): Launched {
  const child = spawn(process.execPath, [...nodeFlags, MAIN], {
    // Nothing of the test's own settings may leak in. Events stay in the outbox, for tests to look at.
    env: { PATH: process.env['PATH'], PORT: '0', EVENTS: 'none', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  // `close` comes when its output has been read to the end; `exit` may come before.
  const ended = once(child, 'close').then(() => {
    running.delete(child)
    return { code: child.exitCode, signal: child.signalCode }
  })
  return { child, output, ended }
}
