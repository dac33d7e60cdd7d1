import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const MAIN = path.resolve(import.meta.dirname, '../../../../apps/cart-api/src/main.ts')

/** API processes of one test file, each a real one, and the folders of their carts. */
export class Apis {
  readonly #children: ChildProcess[] = []
  readonly #folders: string[] = []

  /** A folder for carts, which goes when all stop. */
  folder(): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'smoke-'))
    this.#folders.push(folder)
    return folder
  }

  /** @returns where it listens */
  start(folder: string, settings: NodeJS.ProcessEnv = {}): Promise<string> {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        LOG_LEVEL: 'error',
        EVENTS: 'none',
        DATA_DIR: folder,
        SQLITE_SYNCHRONOUS: 'normal',
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#children.push(child)
    return new Promise((resolve, reject) => {
      let words = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words += text
        const url = /ready at (http:\S+)/.exec(words)?.[1]
        if (url !== undefined) resolve(url)
      })
      child.once('exit', () => reject(new Error(`an API process ended before it listened:\n${words}`)))
    })
  }

  async stop(): Promise<void> {
    for (const child of this.#children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
}
