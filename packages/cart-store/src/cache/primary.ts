import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorReply } from '@redis/client'
import { type ConnectionOptions, RedisConnection } from '../redis/connection.ts'
import { NoReply } from '../redis/faults.ts'
import type { LuaScript } from '../redis/lua-script.ts'
import { readIdentity, replicationIdOf, type ServerIdentity } from './identity.ts'

/** How long a server may take to say who it is, in milliseconds. */
const INFO_PATIENCE = 1_000
/** How long a new connection may take, in milliseconds. */
const CONNECT_PATIENCE = 2_000
/** The pauses between two questions for the identity that were not answered, in milliseconds. */
const FIRST_PAUSE = 50
const LAST_PAUSE = 1_000

/** How old a connection is at least that is given up, in milliseconds. */
const RENEWAL_INTERVAL = 500

/** What a server says that is no primary any more, not yet, or another one than before. */
const CHANGED = /^(OTHERPRIMARY|READONLY|LOADING|MASTERDOWN)\b/

/** The server at the other end is not, or not certainly, the primary that was meant; nothing was done. */
export class NotThePrimary extends Error {
  constructor() {
    super('not connected to the primary that the epoch names')
    this.name = 'NotThePrimary'
  }
}

/**
 * The connection to the cache. It knows which server it leads to; while it does not (it has just been made, or something
 * has gone wrong on it) nothing is sent but the question for that, so a server that is away holds nobody up.
 */
export class Primary {
  readonly #options: ConnectionOptions
  readonly #connection: RedisConnection
  /** Told whenever the identity is another one, or none. */
  readonly #changed: () => void
  #identity: string | undefined
  #unknownSince = performance.now()
  #renewed = performance.now()
  #learning = false
  #closed = false

  constructor(options: ConnectionOptions, changed: () => void) {
    this.#options = options
    this.#changed = changed
    this.#connection = new RedisConnection({
      ...options,
      connected: () => void this.#ask(),
      disconnected: () => this.#forget(),
    })
    void this.#learn()
  }

  /** Of the primary that the connection leads to; `undefined` while that is unknown, or no primary. */
  get identity(): string | undefined {
    return this.#identity
  }

  /** For how long the identity has been unknown, in milliseconds. */
  get unknownFor(): number {
    return this.#identity === undefined ? performance.now() - this.#unknownSince : 0
  }

  /**
   * Runs a script on the primary with this identity, and on no other server.
   *
   * @throws {NotThePrimary} when the connection leads elsewhere, for all that is known
   */
  async run<Reply>(
    script: LuaScript,
    identity: string,
    keys: readonly string[],
    args: readonly string[],
    patience: number,
  ): Promise<Reply> {
    if (this.#identity !== identity) throw new NotThePrimary()
    try {
      return await this.#connection.run<Reply>(script, keys, [replicationIdOf(identity), ...args], patience)
    } catch (error) {
      if (mayHaveChanged(error)) this.#forget()
      throw error
    }
  }

  /**
   * Gives the connection up for a new one, which the endpoint's name may lead elsewhere. Many may ask for that at a time; a
   * connection that is quite new is left alone.
   */
  renew(): void {
    if (performance.now() - this.#renewed < RENEWAL_INTERVAL) return
    this.#renewed = performance.now()
    this.#connection.renew()
  }

  /** Asks whom the endpoint's name leads to now, by a connection of its own. */
  async look(): Promise<ServerIdentity> {
    const { url, credentials } = this.#options
    const fresh = new RedisConnection({ url, ...(credentials === undefined ? {} : { credentials }) })
    try {
      await fresh.settled(CONNECT_PATIENCE)
      return readIdentity(await fresh.send<string>(['INFO'], INFO_PATIENCE))
    } finally {
      fresh.close()
    }
  }

  close(): void {
    this.#closed = true
    this.#connection.close()
  }

  #forget(): void {
    if (this.#closed) return
    if (this.#identity !== undefined) {
      this.#identity = undefined
      this.#unknownSince = performance.now()
      this.#changed()
    }
    void this.#learn()
  }

  /** Asks until it is answered. Also what tells that a server that was slow or away is there again. */
  async #learn(): Promise<void> {
    if (this.#learning) return
    this.#learning = true
    let pause = FIRST_PAUSE
    while (!this.#closed && this.#identity === undefined) {
      await this.#ask()
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { ref: false })
      pause = Math.min(2 * pause, LAST_PAUSE)
    }
    this.#learning = false
  }

  async #ask(): Promise<void> {
    const said = await this.#connection
      .send<string>(['INFO'], INFO_PATIENCE)
      .then(readIdentity, () => undefined)
    if (this.#closed || said === undefined || said.identity === this.#identity) return
    // A replica takes no connection over to the primary: the name may lead there now.
    if (!said.isPrimary) return this.renew()
    this.#identity = said.identity
    this.#changed()
  }
}

/** A late reply, or a full memory, says nothing about which server it is. */
function mayHaveChanged(error: unknown): boolean {
  return error instanceof ErrorReply ? CHANGED.test(error.message) : !(error instanceof NoReply)
}
