import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheFolder } from '../cache-folder.ts'
import {
  EXIT,
  emulatorArguments,
  emulatorEnvironment,
  type Identity,
  identityAt,
  identityIn,
  PACKAGE,
} from '../emulator.ts'
import { findMoto } from '../find/moto.ts'
import { LocalAwsProblem } from '../problem.ts'
import { end, isRunning } from './process.ts'

/** How long it may take to start, and to end when it is asked to, in milliseconds. */
const START_PATIENCE = 60_000
const END_PATIENCE = 10_000

/**
 * The one emulator of this user that runs on when its starter ends.
 *
 * Nobody but the emulator itself writes about it. It takes a lock that the kernel gives back when it dies, writes into
 * the lock's file who holds it, and into the state file where it listens, once it does. So two that are started at the
 * same time end as one, a starter that is killed leaves nothing half done, and no word of a dead emulator is believed:
 * it has to answer with the same name.
 */
export class Background {
  readonly #env: NodeJS.ProcessEnv
  readonly folder: string

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env
    this.folder = path.join(cacheFolder(env), 'local-aws')
    mkdirSync(this.folder, { recursive: true })
  }

  /** The emulator that runs and answers, if there is one. */
  async running(): Promise<Identity | undefined> {
    const state = identityIn(this.#read('state.json'))
    if (state === undefined || !isRunning(state.pid, state.instance)) return undefined
    const answering = await identityAt(state.endpoint)
    return answering?.instance === state.instance ? state : undefined
  }

  /**
   * Starts it unless it runs.
   *
   * @param port a free one unless given
   * @param tell is told what takes a while
   */
  async up(
    port: number | undefined,
    tell: (line: string) => void,
  ): Promise<{ readonly emulator: Identity; readonly isNew: boolean }> {
    const python = await findMoto(this.#env, tell)
    for (const began = performance.now(); performance.now() - began < START_PATIENCE; await sleep(100)) {
      const emulator = await this.running()
      if (emulator !== undefined) {
        if (port === undefined || port === emulator.port) return { emulator, isNew: false }
        throw new LocalAwsProblem(
          `it runs already, on port ${emulator.port}; wanted: ${port}. End it first: npm run aws -- down`,
        )
      }
      const started = await this.#start(python, port)
      if (started !== undefined) return { emulator: started, isNew: true }
      // Another one is being started, or being ended.
    }
    throw new LocalAwsProblem(
      `${this.#holder() ?? 'an emulator'} does not answer for ${START_PATIENCE / 1000} s. End it: npm run aws -- down`,
    )
  }

  /** Ends it, also one that does not answer; whether there was one. */
  async down(): Promise<boolean> {
    const held = this.#held()
    if (held === undefined) return false
    await end(held.pid, held.instance, END_PATIENCE)
    return true
  }

  /** @returns undefined when another one holds the lock */
  async #start(python: string, port: number | undefined): Promise<Identity | undefined> {
    const instance = randomUUID()
    const log = openSync(this.#file('emulator.log'), 'a', 0o600)
    const args = [
      ...['--instance', instance, '--port', String(port ?? 0)],
      ...['--lock', this.#file('lock'), '--state', this.#file('state.json')],
    ]
    const child = spawn(python, emulatorArguments(args), {
      cwd: PACKAGE,
      env: emulatorEnvironment(this.#env),
      stdio: ['ignore', log, log],
      // In a group of its own: Ctrl-C in the terminal ends its starter, not it.
      detached: true,
    })
    closeSync(log)
    const ended = once(child, 'exit').then(([code]: unknown[]) => ({ code }))
    for (const began = performance.now(); performance.now() - began < START_PATIENCE; ) {
      const end = await Promise.race([ended, sleep(50)])
      if (end !== undefined) {
        if (end.code === EXIT.locked) return undefined
        if (end.code === EXIT.portTaken) {
          throw new LocalAwsProblem(
            `port ${port} is taken by something else; without --port a free one is found`,
          )
        }
        throw new Error(
          `the AWS emulator does not start (exit code ${String(end.code)}):\n${this.#lastWords()}`,
        )
      }
      const state = identityIn(this.#read('state.json'))
      if (state?.instance === instance) {
        child.unref()
        return state
      }
    }
    child.kill('SIGKILL')
    throw new Error(
      `the AWS emulator does not listen after ${START_PATIENCE / 1000} s:\n${this.#lastWords()}`,
    )
  }

  /** Who holds the lock, by the word of the lock's file, if that process is really one of ours. */
  #held(): Pick<Identity, 'pid' | 'instance'> | undefined {
    try {
      const { pid, instance } = JSON.parse(this.#read('lock')) as Partial<Identity>
      if (typeof pid !== 'number' || typeof instance !== 'string') return undefined
      return isRunning(pid, instance) ? { pid, instance } : undefined
    } catch {
      return undefined
    }
  }

  #holder(): string | undefined {
    const held = this.#held()
    return held === undefined ? undefined : `the emulator of process ${held.pid}`
  }

  #lastWords(): string {
    return this.#read('emulator.log').slice(-4_000)
  }

  #read(name: string): string {
    try {
      return readFileSync(this.#file(name), 'utf8')
    } catch {
      return ''
    }
  }

  #file(name: string): string {
    return path.join(this.folder, name)
  }
}
