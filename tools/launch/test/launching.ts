import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { until } from './processes.ts'
import type { TinyWorkspace } from './tiny-workspace.ts'

// A start that installs takes a second, and many on a busy machine: this is only against hanging.
jest.setTimeout(60_000)

/** What a command that has ended leaves behind. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface LaunchOptions {
  /** Added to the environment. */
  readonly environment?: NodeJS.ProcessEnv
  /** The command in front of `launch.mjs`. @default the Node that runs this test */
  readonly host?: readonly string[]
  /** What can be read from standard input. */
  readonly input?: string
}

/** A command that runs, in a process group of its own. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''

  constructor(folder: string, [file, ...args]: readonly string[], { environment, input }: LaunchOptions) {
    this.child = spawn(String(file), args, {
      cwd: folder,
      detached: true,
      env: { ...inherited(), ...environment },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    this.child.stdin?.end(input)
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = once(this.child, 'close').then(([code, signal]) => ({
      code: code as number | null, // as documented for 'close'
      signal: signal as NodeJS.Signals | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }))
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('it has not been started')
    return this.child.pid
  }

  /** Waits until it has written this on either stream. */
  async says(text: string): Promise<void> {
    const said = (): boolean => `${this.#stdout}${this.#stderr}`.includes(text)
    await until(() => said() || this.child.exitCode !== null, `"${text}"`)
    if (!said()) throw new Error(`it ended without saying "${text}": ${this.#stdout}${this.#stderr}`)
  }
}

/** What `npm start` does with these arguments for `launch.mjs`, without npm. */
export function start(
  workspace: TinyWorkspace,
  args: readonly string[] = ['hello.ts'],
  options: LaunchOptions = {},
): Running {
  const launcher = workspace.path('tools/launch/launch.mjs')
  return new Running(workspace.folder, [...(options.host ?? [process.execPath]), launcher, ...args], options)
}

export function launch(
  workspace: TinyWorkspace,
  args?: readonly string[],
  options?: LaunchOptions,
): Promise<Ended> {
  return start(workspace, args, options).ended
}

/**
 * Nothing of this run's own environment leaks in but what finds programs, package caches and the registry. The Node
 * that runs this test comes first on PATH.
 */
function inherited(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|SSL_|NODE_EXTRA|npm_config_)/.test(name),
  )
  const found = `${path.dirname(process.execPath)}:${process.env['PATH']}`
  return { ...Object.fromEntries(kept), PATH: found, npm_config_update_notifier: 'false' }
}
