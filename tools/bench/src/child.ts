import { type ChildProcess, type Serializable, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/** How long a child may take to say or answer something, or to end, in milliseconds. */
const PATIENCE = 30_000
/** How much of its last words is kept for the message when it fails, in characters. */
const LAST_WORDS = 4_000

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv
  /** @default the benchmark's own */
  readonly cwd?: string
  /** Where its standard output goes: an open file, or nowhere. */
  readonly stdout?: number
  /** Whether it can be asked; it must then end by itself when it is disconnected. */
  readonly ipc?: boolean
  /** Ends it. */
  readonly signal: AbortSignal
}

/** A process that the benchmark has started, which never outlives it. */
export class Child {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  #stderr = ''

  constructor(name: string, command: string, args: readonly string[], options: ChildOptions) {
    const stdio: StdioOptions = ['ignore', options.stdout ?? 'ignore', 'pipe']
    this.#name = name
    this.#process = spawn(command, args, {
      env: options.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: options.ipc === true ? [...stdio, 'ipc'] : stdio,
    })
    // Not `exit`: its last words are still on their way then.
    this.#ended = once(this.#process, 'close')
    // A child that does not start at all shows in whatever is awaited next.
    this.#ended.catch(() => undefined)
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-LAST_WORDS)
    })
    const end = (): void => void this.#process.kill()
    options.signal.addEventListener('abort', end, { once: true })
    this.#process.once('exit', () => options.signal.removeEventListener('abort', end))
  }

  /** What the pattern's first group finds in its standard error, as soon as it is there. */
  said(pattern: RegExp): Promise<string> {
    return this.#unlessItEnds((resolve) => {
      const look = (): void => {
        const found = pattern.exec(this.#stderr)?.[1]
        if (found !== undefined) resolve(found)
      }
      this.#process.stderr?.on('data', look)
      return () => this.#process.stderr?.off('data', look)
    })
  }

  /** Sends the question and waits for the answer; one at a time. */
  ask<Answer>(question: Serializable): Promise<Answer> {
    return this.#unlessItEnds((resolve) => {
      // Both ends of the channel are ours, so the answer is what the asker knows it to be.
      const hear = (message: Serializable): void => resolve(message as Answer)
      this.#process.once('message', hear)
      // A question that cannot be delivered any more: the child has ended, which is told below.
      this.#process.send(question, () => undefined)
      return () => this.#process.off('message', hear)
    })
  }

  /** Waits until it has ended by itself, with success. */
  async succeeded(): Promise<void> {
    await this.#ended
    if (this.#process.exitCode === 0) return
    throw new Error(`${this.#name} has failed\n${this.#stderr}`.trimEnd())
  }

  /** Ends it, gently at first. */
  async stop(): Promise<void> {
    if (this.#hasEnded()) return
    const late = setTimeout(() => {
      this.#process.kill('SIGKILL')
      this.#process.stderr?.destroy()
    }, PATIENCE)
    this.#process.kill()
    await this.#ended
    clearTimeout(late)
  }

  #hasEnded(): boolean {
    const { exitCode, signalCode, pid } = this.#process
    return exitCode !== null || signalCode !== null || pid === undefined
  }

  /** `begin` gets what to call with the result, and returns what undoes its listening. */
  #unlessItEnds<Result>(begin: (resolve: (result: Result) => void) => () => unknown): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const ended = (): void => reject(new Error(`${this.#name} has ended\n${this.#stderr}`.trimEnd()))
    const late = setTimeout(
      () => reject(new Error(`${this.#name} has said nothing for ${PATIENCE / 1000} s`)),
      PATIENCE,
    )
    const stopListening = begin(resolve)
    this.#ended.then(ended, reject)
    return promise.finally(() => {
      clearTimeout(late)
      stopListening()
    })
  }
}
