import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Guard } from '../../guard/guard.ts'
import { type Launched, launch } from '../../guard/launch.ts'
import { rulesOfTokens } from './access.ts'
import { administer, inform, type Reach } from './administration.ts'
import { redisConf, type TlsFiles } from './redis-conf.ts'

/** How long a node may take to answer after its start, and a replica to have everything, in milliseconds. */
const PATIENCE = 30_000
const PAUSE = 20
/** How much of its last words is kept, in characters. */
const LAST_WORDS = 1_000

export interface NodeOptions {
  readonly id: string
  /** Its own, made anew with each start: nothing of what it held comes back. */
  readonly folder: string
  /** The file of redis-server. */
  readonly binary: string
  readonly guard: Guard
  readonly directives: Readonly<Record<string, string>>
  readonly tls?: TlsFiles
  readonly reach: Reach
  /** It has ended, and nobody here has ended it. */
  readonly died: (lastWords: string) => void
}

/** A cache node: a redis-server that dies and comes back empty under its address, as ElastiCache replaces one. */
export class Node {
  readonly #options: NodeOptions
  /** Absent while it is down. */
  #launched: Launched | undefined
  #tokens: readonly string[] = []
  #isPaused = false
  #isInSync = false

  constructor(options: NodeOptions) {
    this.#options = options
  }

  get id(): string {
    return this.#options.id
  }

  get port(): number {
    return this.#options.reach.port
  }

  get isUp(): boolean {
    return this.#launched !== undefined
  }

  /** Whether it would answer. */
  get isAwake(): boolean {
    return this.isUp && !this.#isPaused
  }

  /** Whether it is up, and has been in step with its primary since it began to follow it. */
  get isInSync(): boolean {
    return this.isUp && this.#isInSync
  }

  /**
   * Starts it with nothing in it; resolves when it answers.
   *
   * @param follows the primary; a primary has none
   */
  async start(tokens: readonly string[], follows?: Node): Promise<void> {
    const { folder, binary, guard, directives, tls, reach } = this.#options
    await this.kill()
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = path.join(folder, 'redis.conf')
    const conf = redisConf({
      port: this.port,
      directives,
      ...(tls === undefined ? {} : { tls }),
      administrator: reach.administrator,
      tokens,
      ...(follows === undefined ? {} : { follows: follows.port }),
    })
    writeFileSync(file, conf, { mode: 0o600 })
    const launched = await launch({ argv: [binary, file], environment: {}, folder, guard, controlGroups: [] })
    this.#launched = launched
    this.#tokens = tokens
    this.#isInSync = follows === undefined
    let isStarting = true
    const words = this.#listen(launched)
    void launched.exited.then(() => {
      if (this.#launched !== launched) return
      this.#launched = undefined
      if (!isStarting) this.#options.died(words())
    })
    try {
      await this.#until('an answer', () => administer(reach, 'PING').then((said) => said === 'PONG'), words)
    } finally {
      isStarting = false
    }
  }

  /** Ends it as a failing machine does: at once, and without a word. */
  async kill(): Promise<void> {
    const launched = this.#launched
    this.#launched = undefined
    this.#isPaused = false
    launched?.kill()
    await launched?.exited
  }

  /** Stops it in the middle of what it does: connections stay open, are even accepted, and nobody answers. */
  pause(): void {
    this.#launched?.signal('SIGSTOP')
    this.#isPaused = this.isUp
  }

  resume(): void {
    this.#launched?.signal('SIGCONT')
    this.#isPaused = false
  }

  /** Makes it a primary with what it has. */
  async promote(): Promise<void> {
    await this.#do('REPLICAOF', 'NO', 'ONE')
    this.#isInSync = true
  }

  /** Makes it a replica of this one. */
  async follow(primary: Node): Promise<void> {
    this.#isInSync = false
    await this.#do('REPLICAOF', '127.0.0.1', String(primary.port))
  }

  /** Resolves when it has everything that its primary has. */
  async untilInSync(): Promise<void> {
    await this.#until('a replica in step with its primary', async () => {
      const { master_link_status: link } = await inform(this.#options.reach, 'replication')
      return link === 'up'
    })
    this.#isInSync = true
  }

  /** Lets these log in from now on, and nobody else; @returns whether that is a change */
  async take(tokens: readonly string[]): Promise<boolean> {
    if (tokens.join('\n') === this.#tokens.join('\n')) return false
    const launched = this.#launched
    await this.#do('ACL', 'SETUSER', 'default', ...rulesOfTokens(tokens))
    // One that was started meanwhile has been told others.
    if (launched === this.#launched) this.#tokens = tokens
    return true
  }

  /** The release of redis-server. */
  async version(): Promise<string> {
    return (await inform(this.#options.reach, 'server'))['redis_version'] ?? ''
  }

  async #do(...args: readonly string[]): Promise<void> {
    await administer(this.#options.reach, ...args)
  }

  #listen({ stdout, stderr }: Launched): () => string {
    const { password } = this.#options.reach.administrator
    let words = ''
    for (const stream of [stdout, stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-LAST_WORDS)
      })
    }
    // Redis repeats a line of its configuration that it does not understand.
    return () => words.replaceAll(password, '***').trim()
  }

  /** @throws when it ends meanwhile, or takes too long */
  async #until(
    wanted: string,
    condition: () => Promise<boolean>,
    words: () => string = () => '',
  ): Promise<void> {
    const launched = this.#launched
    let cause: unknown
    for (const began = performance.now(); performance.now() - began < PATIENCE; await sleep(PAUSE)) {
      if (launched === undefined || this.#launched !== launched)
        throw new Error(`cache node ${this.id} has ended; wanted: ${wanted}\n${words()}`.trim())
      try {
        if (await condition()) return
      } catch (error) {
        // It may not listen yet, or load what it got.
        cause = error
      }
    }
    throw new Error(`got nothing of cache node ${this.id} for ${PATIENCE} ms; wanted: ${wanted}`, { cause })
  }
}
