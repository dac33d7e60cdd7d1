import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { type RedisServer, startRedis } from './redis.ts'
import { freePort } from './server-process.ts'

/** Where Redis looks for data when it starts, in its folder. */
const DUMP = 'dump.rdb'
/** What {@link RedisInstance.snapshot} keeps, in the same folder. */
const SNAPSHOT = 'snapshot.rdb'

/** A Redis that dies and comes back on the same port, as a machine does under its address. */
export class RedisInstance {
  readonly name: string
  readonly port: number
  readonly #folder: string
  readonly #args: readonly string[]
  /** Absent while it is dead. */
  #server: RedisServer | undefined
  #isPaused = false

  private constructor(name: string, port: number, args: readonly string[]) {
    this.name = name
    this.port = port
    this.#args = args
    this.#folder = mkdtempSync(path.join(tmpdir(), `redis-${name}-`))
  }

  /** @param args beside those of {@link startRedis} */
  static async start(name: string, args: readonly string[]): Promise<RedisInstance> {
    const instance = new RedisInstance(name, await freePort(), args)
    await instance.restart('empty')
    return instance
  }

  /** For whoever wants to see what is really here, past every proxy. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Whether it would answer now. */
  get isUp(): boolean {
    return this.#server !== undefined && !this.#isPaused
  }

  /** Sends one command on a connection of its own. */
  async command<Reply = string>(...args: string[]): Promise<Reply> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } })
    client.on('error', () => undefined)
    await client.connect()
    try {
      // The caller knows what its command is answered with.
      return (await client.sendCommand(args)) as unknown as Reply
    } finally {
      client.destroy()
    }
  }

  /** What INFO tells, by field. */
  async info(section = 'everything'): Promise<Readonly<Record<string, string>>> {
    const lines = (await this.command('INFO', section)).split('\r\n')
    return Object.fromEntries(lines.map((line) => line.split(/:(.*)/s).slice(0, 2)))
  }

  /** Keeps what is in it now, for a later restart with old data. */
  async snapshot(): Promise<void> {
    // A copy for a new replica may be under way, and Redis makes one at a time.
    for (let saved = false; !saved; ) {
      saved = await this.command('SAVE').then(
        () => true,
        async (error: Error) => {
          if (!/already in progress/.test(error.message)) throw error
          await sleep(20)
          return false
        },
      )
    }
    copyFileSync(this.#file(DUMP), this.#file(SNAPSHOT))
  }

  /** Ends it as a failing machine does: at once, and without a word. */
  async kill(): Promise<void> {
    if (this.#server === undefined) return
    process.kill(this.#server.pid, 'SIGKILL')
    await this.stop()
  }

  /** Starts it again with nothing, or with what was kept by the last {@link snapshot}. */
  async restart(data: 'empty' | 'old', args: readonly string[] = []): Promise<void> {
    if (data === 'old' && !existsSync(this.#file(SNAPSHOT))) {
      throw new Error(`${this.name} has no snapshot to start with; wanted: one taken before`)
    }
    await this.stop()
    rmSync(this.#file(DUMP), { force: true })
    if (data === 'old') copyFileSync(this.#file(SNAPSHOT), this.#file(DUMP))
    this.#server = await startRedis({
      port: this.port,
      folder: this.#folder,
      args: ['--dbfilename', DUMP, ...this.#args, ...args],
    })
  }

  /** Stops it in the middle of what it does; connections stay open, and are accepted, by the kernel. */
  pause(): void {
    this.#signal('SIGSTOP')
    this.#isPaused = true
  }

  resume(): void {
    this.#signal('SIGCONT')
    this.#isPaused = false
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#isPaused = false
    await server?.stop()
  }

  /** Ends it, and removes what it has written. */
  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#server === undefined) throw new Error(`${this.name} is dead; wanted: alive`)
    process.kill(this.#server.pid, signal)
  }

  #file(name: string): string {
    return path.join(this.#folder, name)
  }
}
