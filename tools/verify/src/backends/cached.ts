import { setTimeout as sleep } from 'node:timers/promises'
import { type Chance, type RedisPair, startRedisPair } from '@cartwright/test-servers'
import type { FaultName } from '../faults.ts'
import { type Backend, nothing, REQUESTS } from './backend.ts'
import { type SecretServer, startSecretServer } from './secret.ts'
import { startTable } from './table.ts'

/** The user that the processes sign in as; the servers replicate as another one. */
const USER = 'cart-api'
/** What Redis answers within a millisecond is on its way for so many of them while it is slow. */
const LATENCY = 60
/** How long a replica lags before it takes over, in milliseconds. */
const LAG = 200

/** A table with a cache in front of it: a Redis primary and its replica. */
export async function cachedBackend(processes: number): Promise<Backend> {
  const clients = Array.from({ length: processes }, (_, index) => String(index))
  const password = new Password('first')
  const [table, secret, pair] = await Promise.all([
    startTable(processes),
    startSecretServer(password.secret),
    startRedisPair({ clients, args: ['--user', USER, 'on', `>${password.text}`, '~*', '&*', '+@all'] }),
  ])
  const redis = { pair, password, secret }
  return {
    environments: table.environments.map((own, index) => ({
      ...REQUESTS,
      ...own,
      ...secret.environment,
      STORE: 'cached',
      REDIS_URL: pair.endpoint(String(index)).url,
    })),
    open: table.open,
    begin: async (fault, index, chance) => {
      const trouble = TROUBLES[fault]
      return trouble === undefined ? table.begin(fault, index, chance) : trouble(redis, String(index), chance)
    },
    // An epoch takes two seconds to be used, and what is to be tried is mostly what happens then.
    pace: { thinking: 30, calm: 2_500 },
    stop: async () => {
      await pair.stop()
      await secret.stop()
      await table.stop()
    },
  }
}

/** What the processes sign in with, told by the secret and demanded by both servers. */
class Password {
  #text: string
  #rotations = 0

  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  get secret(): object {
    return { username: USER, password: this.#text }
  }

  rotate(): void {
    this.#rotations += 1
    this.#text = `rotated-${this.#rotations}`
  }

  /** Makes it the only one that the servers take. */
  async demand(pair: RedisPair): Promise<void> {
    for (const server of [pair.primary, pair.replica]) {
      await server.command('ACL', 'SETUSER', USER, 'resetpass', `>${this.#text}`)
    }
  }
}

interface Redis {
  readonly pair: RedisPair
  readonly password: Password
  readonly secret: SecretServer
}

/** What goes wrong with Redis, for all processes or for one; each returns what ends it. */
const TROUBLES: Partial<
  Record<FaultName, (redis: Redis, client: string, chance: Chance) => Promise<() => Promise<void>>>
> = {
  'redis-killed': async ({ pair, password }) => {
    await pair.kill()
    return async () => {
      await pair.restartEmpty()
      await password.demand(pair)
    }
  },
  'redis-old-data': async ({ pair, password }) => {
    await pair.snapshot()
    await sleep(LAG)
    await pair.kill()
    return async () => {
      await pair.restartWithOldData()
      await password.demand(pair)
    }
  },
  'redis-stopped': async ({ pair }) => {
    pair.pause()
    return () => pair.resume()
  },
  failover: async ({ pair }, _client, chance) => {
    pair.lag()
    await sleep(LAG)
    await pair.failOver({ connections: chance.of(['cut', 'left']) })
    return () => pair.catchUp()
  },
  'failover-and-back': async ({ pair }) => {
    pair.lag()
    await sleep(LAG)
    await pair.failOver({ clients: [] })
    await pair.failBack({ connections: 'left' })
    return nothing
  },
  'two-primaries': async ({ pair }, client) => {
    pair.lag()
    await sleep(LAG)
    await pair.failOver({ former: 'primary', clients: [client] })
    return () => pair.reunite()
  },
  'redis-readonly': async ({ pair }) => {
    await pair.demote()
    return async () => pair.moveEndpoints()
  },
  'redis-unreachable': async ({ pair }, client, chance) => {
    const endpoint = pair.endpoint(client)
    const how = chance.of(['refuse', 'hold', 'no-replies', 'silence'])
    // Half-open: whoever goes on with the connection hears nothing, and nobody ends it.
    if (how === 'silence') {
      endpoint.silence()
      return nothing
    }
    endpoint.set(how)
    return async () => {
      endpoint.set('pass')
      // Replies that were left out would be taken for those to later commands.
      endpoint.cut()
    }
  },
  'redis-cut': async ({ pair }, client) => {
    pair.endpoint(client).cut()
    return nothing
  },
  'redis-slow': async ({ pair }, client) => {
    const endpoint = pair.endpoint(client)
    endpoint.delay(LATENCY)
    return async () => endpoint.delay(0)
  },
  rotate: async ({ pair, password, secret }, _client, chance) => {
    password.rotate()
    // Whoever connects in between is refused, or finds the old one in the secret.
    if (chance.next() < 0.5) secret.set(password.secret)
    await password.demand(pair)
    await pair.primary.command('CLIENT', 'KILL', 'USER', USER)
    return async () => secret.set(password.secret)
  },
}
