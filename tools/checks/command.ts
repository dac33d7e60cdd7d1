import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Runs commands one after the other on this process's terminal. A stop request ends the one that runs and lets
 * none start after it.
 */
export class Commands {
  #stopped = false
  #running: ChildProcess | undefined

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#stop(signal))
  }

  /** @returns the exit code; 1 when a signal ended it or it was not started at all */
  async run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    if (this.#stopped) return 1
    // In a group of its own: a signal has to reach all of it, as shells between npx, turbo and a task pass none on.
    const child = spawn(command, args, { stdio: 'inherit', env, detached: true })
    this.#running = child
    return new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${command} does not start`, { cause: error })))
      child.once('exit', (code) => {
        this.#running = undefined
        resolve(code ?? 1)
      })
    })
  }

  #stop(signal: NodeJS.Signals): void {
    this.#stopped = true
    if (this.#running?.pid === undefined) return
    try {
      process.kill(-this.#running.pid, signal)
    } catch {
      // The group has just ended by itself.
    }
  }
}
