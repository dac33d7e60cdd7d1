import { createClient, ErrorReply } from '@redis/client'
import { within } from '../within.ts'
import { isUnknownScript, NoReply } from './faults.ts'
import type { LuaScript } from './lua-script.ts'

export interface ConnectionOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`; `rediss` is TLS. */
  readonly url: string
  /** Who connects; without it, what the URL says. */
  readonly credentials?: CredentialsSource
  /** Hears why the connection was lost. */
  readonly warn?: (message: string) => void
  /** Hears of each connection that has been made and is ready for commands. */
  readonly connected?: () => void
  /** Hears of each connection that is gone. */
  readonly disconnected?: () => void
}

/** A user name and a password that may change while the process runs. */
export interface CredentialsSource {
  /** Asked for each connection. */
  current(): Promise<{ readonly username?: string; readonly password: string }>
  /** The server has refused what `current` gave last. */
  refused(): void
}

/** How long connecting may take, in milliseconds. */
const CONNECT_TIMEOUT = 2_000
/** A connection on which nothing was heard for this long is given up; an idle one is pinged more often than that. */
const SILENCE = 5_000
const PING_INTERVAL = 2_000
/** The longest pause between two attempts to connect, in milliseconds. */
const LONGEST_RECONNECT_PAUSE = 1_000

/** What a server says to a password that is not, or no longer, the right one. */
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/

type Client = ReturnType<typeof clientOf>

/**
 * A connection to Redis that is made again whenever it is lost. Nothing waits inside it: while there is none, commands
 * fail at once, and whoever sends them knows their own deadline.
 */
export class RedisConnection {
  readonly #options: ConnectionOptions
  #client: Client
  #connecting: Promise<unknown>
  #isAway = false
  /** When the server was last heard of, by `performance.now()`. */
  #heard = performance.now()
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#client = this.#newClient()
    this.#connecting = this.#client.connect().catch(() => undefined)
  }

  /** Resolves when the first attempts to connect have succeeded, or the time is up. */
  async settled(milliseconds: number): Promise<void> {
    await within(this.#connecting, milliseconds, () => new NoReply(milliseconds)).catch(() => undefined)
  }

  /** Sends one command. */
  async send<Reply>(args: readonly string[], patience: number): Promise<Reply> {
    const client = this.#client
    try {
      const reply = await within(
        client.sendCommand([...args]) as Promise<unknown>,
        patience,
        () => new NoReply(patience),
      )
      this.#heard = performance.now()
      // The caller knows what its command is answered with.
      return reply as Reply
    } catch (error) {
      if (error instanceof ErrorReply) this.#heard = performance.now()
      // The socket's own timer does not tell: whatever is sent sets it back.
      const isSilent = error instanceof NoReply && performance.now() - this.#heard >= SILENCE
      if (isSilent && client === this.#client) this.renew()
      throw error
    }
  }

  /** Runs a script by its digest; a server that does not know it gets its source. */
  async run<Reply>(
    { source, sha1 }: LuaScript,
    keys: readonly string[],
    args: readonly string[],
    patience: number,
  ): Promise<Reply> {
    const given = [String(keys.length), ...keys, ...args]
    try {
      return await this.send<Reply>(['EVALSHA', sha1, ...given], patience)
    } catch (error) {
      if (!isUnknownScript(error)) throw error
      return this.send<Reply>(['EVAL', source, ...given], patience)
    }
  }

  /** Ends the connection and makes a new one, by the name in the URL; commands under way are lost. */
  renew(): void {
    if (this.#closed) return
    this.#heard = performance.now()
    this.#client.destroy()
    this.#options.disconnected?.()
    this.#client = this.#newClient()
    this.#connecting = this.#client.connect().catch(() => undefined)
  }

  /** Ends it; commands under way are lost. */
  close(): void {
    this.#closed = true
    this.#client.destroy()
  }

  #newClient(): Client {
    const { url, credentials, warn, connected, disconnected } = this.#options
    const client = clientOf(url, credentials)
    // What a client says that has been replaced meanwhile concerns nobody.
    const isCurrent = (): boolean => client === this.#client
    // Without a listener an error would end the process; the client connects again by itself.
    client.on('error', (error: unknown) => {
      if (!isCurrent()) return
      // One line for an outage, not one for each attempt to end it.
      if (!this.#isAway) warn?.(`redis: ${String(error)}`)
      this.#isAway = true
      disconnected?.()
    })
    client.on('ready', () => {
      if (!isCurrent()) return
      this.#isAway = false
      this.#heard = performance.now()
      connected?.()
    })
    client.on('ping-interval', () => {
      if (isCurrent()) this.#heard = performance.now()
    })
    return client
  }
}

function clientOf(url: string, source: CredentialsSource | undefined) {
  return createClient({
    url,
    ...(source === undefined
      ? {}
      : {
          credentialsProvider: {
            type: 'async-credentials-provider' as const,
            credentials: () => source.current(),
          },
        }),
    disableOfflineQueue: true,
    // Redis Enterprise alone sends them; asking for them looks the name up once more, and a connection fails without it.
    maintNotifications: 'disabled' as const,
    // Ours is `withTimeout`; the client's own would arm a timer and a signal for each command.
    commandOptions: { timeout: 0 },
    pingInterval: PING_INTERVAL,
    socket: {
      connectTimeout: CONNECT_TIMEOUT,
      socketTimeout: SILENCE,
      reconnectStrategy: (attempt: number, cause: Error) => {
        if (REFUSED.test(cause.message)) source?.refused()
        return Math.min(20 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_PAUSE) * (0.5 + Math.random() / 2)
      },
    },
  })
}
