import { spawn } from 'node:child_process'

/**
 * Runs commands one after the other on this process's terminal. A stop request ends the one that runs (Ctrl-C
 * reaches it by itself) and lets none start after it.
 */
export class Commands {
  #stopped = false
  #pass: ((signal: NodeJS.Signals) => void) | undefined

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#stop(signal))
  }

  /** @returns the exit code; 1 when a signal ended it or it was not started at all */
  async run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    if (this.#stopped) return 1
    const child = spawn(command, args, { stdio: 'inherit', env })
    this.#pass = (signal) => child.kill(signal)
    return new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${command} does not start`, { cause: error })))
      child.once('exit', (code) => resolve(code ?? 1))
    })
  }

  #stop(signal: NodeJS.Signals): void {
    this.#stopped = true
    this.#pass?.(signal)
  }
}
