import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/** How long a child may take to say or answer something, or to end, in milliseconds. */
const PATIENCE = 30_000
/** How much of its last words is kept for the message when it fails, in characters. */
const LAST_WORDS = 4_000

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv
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
      stdio: options.ipc === true ? [...stdio, 'ipc'] : stdio,
    })
    this.#ended = once(this.#process, 'exit')
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

  /** Sends the question and waits for the answer: one at a time. The child's program answers in `Answer`. */
  ask<Answer>(question: unknown): Promise<Answer> {
    return this.#unlessItEnds((resolve) => {
      this.#process.once('message', resolve)
      // A child that ends before it can read the question is told by its end.
      this.#process.send(question as never, () => undefined)
      return () => this.#process.off('message', resolve)
    })
  }

  /** Ends it, gently at first. */
  async stop(): Promise<void> {
    if (this.#hasEnded()) return
    const late = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE)
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
