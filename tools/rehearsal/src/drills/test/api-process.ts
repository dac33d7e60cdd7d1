import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const MAIN = path.resolve(import.meta.dirname, '../../../../../apps/cart-api/src/main.ts')

/** The API as a process of its own, with its carts in a folder that others may share. */
export class ApiProcess {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(folder: string): Promise<ApiProcess> {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        LOG_LEVEL: 'error',
        EVENTS: 'none',
        DATA_DIR: folder,
        SQLITE_SYNCHRONOUS: 'normal',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const port = await new Promise<number>((resolve, reject) => {
      let words = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words += text
        const found = /ready at http:\S+:(\d+)/.exec(words)?.[1]
        if (found !== undefined) resolve(Number(found))
      })
      child.once('exit', () => reject(new Error(`an API process ended before it listened:\n${words}`)))
    })
    return new ApiProcess(child, port)
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}
