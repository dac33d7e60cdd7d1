import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Runs commands on this process's terminal. A stop request ends those that run and lets none start after it.
 */
export class Commands {
  #stopped = false
  readonly #running = new Set<ChildProcess>()

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#stop(signal))
  }

  /** @returns the exit code; 1 when a signal ended it or it was not started at all */
  async run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    if (this.#stopped) return 1
    // In a group of its own: a signal has to reach all of it, as shells between npx, turbo and a task pass none on.
    const child = spawn(command, args, { stdio: 'inherit', env, detached: true })
    this.#running.add(child)
    return new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${command} does not start`, { cause: error })))
      child.once('exit', (code) => {
        this.#running.delete(child)
        resolve(code ?? 1)
      })
    })
  }

  #stop(signal: NodeJS.Signals): void {
    this.#stopped = true
    for (const { pid } of this.#running) {
      try {
        if (pid !== undefined) process.kill(-pid, signal)
      } catch {
        // The group has just ended by itself.
      }
    }
  }
}
