import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { MutantName } from './mutants/mutants.ts'

const MAIN = fileURLToPath(new URL('../../../apps/cart-api/src/main.ts', import.meta.url))
const PRELOAD = new URL('mutants/preload.ts', import.meta.url).href

/** An API process that can be killed and started again; it never outlives this one. */
export class ApiProcess {
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #url = ''

  /** @param mutant which rule of the product is left out; none without it */
  constructor(environment: Readonly<Record<string, string>>, mutant?: MutantName) {
    this.#environment = { ...environment, ...(mutant === undefined ? {} : { VERIFY_MUTANT: mutant }) }
  }

  /** Where it listens, or listened last. */
  get url(): string {
    return this.#url
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', PRELOAD, MAIN], {
      env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', ...this.#environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    let words = ''
    this.#url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words += text
        const url = /ready at (http:\S+)/.exec(words)?.[1]
        if (url !== undefined) resolve(url)
      })
      child.once('exit', () => reject(new Error(`an API process ended before it listened:\n${words}`)))
      child.once('error', reject)
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  /** Kills it and waits for its end. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}
