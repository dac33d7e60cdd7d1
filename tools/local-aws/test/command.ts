import { spawn } from 'node:child_process'
import path from 'node:path'

/** What became of a command. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
}

export function start(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv },
): Running {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
  })
  // An error instead of an id is what `ended` tells.
  return { pid: child.pid ?? 0, ended }
}

/** `npm run aws`, without npm. */
export function aws(args: readonly string[], env: NodeJS.ProcessEnv): Running {
  return start(process.execPath, [path.join(import.meta.dirname, '../src/main.ts'), ...args], { env })
}
