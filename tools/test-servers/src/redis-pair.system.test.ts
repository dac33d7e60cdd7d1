import { createClient } from '@redis/client'
import { type RedisEndpoint, type RedisPair, startRedisPair } from './redis-pair.ts'

type Name = 'one' | 'two'
type Client = ReturnType<typeof clientOf>

let pair: RedisPair<Name>
const open: Client[] = []
beforeEach(async () => {
  pair = await startRedisPair<Name>({ clients: ['one', 'two'] })
})
afterEach(async () => {
  for (const client of open.splice(0)) client.destroy()
  await pair.stop()
})

function clientOf(url: string) {
  return createClient({ url, socket: { reconnectStrategy: false } })
}

/** A connection by the name that the client knows; it is not made again. */
async function connect({ url }: RedisEndpoint): Promise<Client> {
  const client = clientOf(url)
  client.on('error', () => undefined)
  await client.connect()
  open.push(client)
  return client
}

const write = (value: string) => pair.primary.command('SET', 'key', value)
const inPrimary = () => pair.primary.command<string | null>('GET', 'key')
const inReplica = () => pair.replica.command<string | null>('GET', 'key')
const roleOf = async (server: typeof pair.primary) => (await server.info('replication'))['role']

/** Which of the two answers on this connection. */
async function answersOn(client: Client): Promise<string> {
  const port = /tcp_port:(\d+)/.exec(await client.info('server'))?.[1]
  return port === String(pair.primary.port) ? 'the primary' : 'the replica'
}

test('the replica gets what the primary is told through any endpoint', async () => {
  const client = await connect(pair.endpoint('two'))

  await client.set('key', 'v1')
  await pair.catchUp()

  expect(await inReplica()).toBe('v1')
  expect(await roleOf(pair.replica)).toBe('slave')
})

test('a replica that lags has nothing new, believes that it is connected, and catches up', async () => {
  await write('v1')
  await pair.catchUp()

  pair.lag()
  await write('v2')
  expect(await pair.primary.command('WAIT', '1', '100')).toBe(0)
  expect(await inReplica()).toBe('v1')
  expect(await pair.replica.info('replication')).toMatchObject({ master_link_status: 'up' })

  await pair.catchUp()
  expect(await inReplica()).toBe('v2')
})

describe('a failover', () => {
  test('while the replica lags loses what it had not got, and the former primary forgets it too', async () => {
    await write('v1')
    await pair.catchUp()
    pair.lag()
    await write('v2')

    await pair.failOver()
    expect(pair.primary.name).toBe('B')
    expect(await inPrimary()).toBe('v1')

    await pair.catchUp()
    expect(await inReplica()).toBe('v1')
  })

  test('ends the connections, and new ones lead to the new primary', async () => {
    const before = await connect(pair.endpoint('one'))

    await pair.failOver()

    await expect(before.get('key')).rejects.toThrow()
    expect(await answersOn(await connect(pair.endpoint('one')))).toBe('the primary')
  })

  test('may leave connections as they are: to a server that takes no change any more', async () => {
    const before = await connect(pair.endpoint('one'))

    await pair.failOver({ connections: 'left' })

    expect(await answersOn(before)).toBe('the replica')
    await expect(before.set('key', 'v1')).rejects.toThrow(/^READONLY/)
    expect(await answersOn(await connect(pair.endpoint('one')))).toBe('the primary')
  })

  test('may come before the endpoints follow it', async () => {
    const before = await connect(pair.endpoint('one'))

    await pair.demote()
    const after = await connect(pair.endpoint('one'))
    for (const client of [before, after]) await expect(client.set('key', 'v1')).rejects.toThrow(/^READONLY/)

    pair.moveEndpoints()
    expect(await answersOn(await connect(pair.endpoint('one')))).toBe('the primary')
  })

  test('and back: the same run with another history, and a connection that has lived through both', async () => {
    const before = await connect(pair.endpoint('one'))
    const [server, replication] = [await pair.primary.info('server'), await pair.primary.info('replication')]

    await pair.failOver({ connections: 'left' })
    await write('v1')
    await pair.failBack({ connections: 'left' })

    expect(pair.primary.name).toBe('A')
    expect((await pair.primary.info('server'))['run_id']).toBe(server['run_id'])
    expect((await pair.primary.info('replication'))['master_replid']).not.toBe(replication['master_replid'])
    expect(await before.get('key')).toBe('v1')
    expect(await before.set('key', 'v2')).toBe('OK')
    expect(await inPrimary()).toBe('v2')
  })
})

test('two primaries take changes of their own, until the former one gives in and forgets its own', async () => {
  await pair.failOver({ former: 'primary', clients: ['two'] })
  const [one, two] = [await connect(pair.endpoint('one')), await connect(pair.endpoint('two'))]
  await one.set('key', 'from one')
  await two.set('key', 'from two')
  expect([await inReplica(), await inPrimary()]).toEqual(['from one', 'from two'])
  expect([await roleOf(pair.replica), await roleOf(pair.primary)]).toEqual(['master', 'master'])

  await pair.reunite()
  await pair.catchUp()

  expect(await inReplica()).toBe('from two')
  expect(await answersOn(await connect(pair.endpoint('one')))).toBe('the primary')
})

describe('a primary that is killed', () => {
  test('leaves the replica with everything, and comes back as its replica', async () => {
    await write('v1')
    await pair.catchUp()

    await pair.kill()
    expect(await inReplica()).toBe('v1')
    await pair.failOver()
    await pair.restartEmpty('replica')
    await pair.catchUp()

    expect([pair.replica.name, await inReplica()]).toEqual(['A', 'v1'])
  })

  test('and started empty takes everything from its replica as well', async () => {
    await write('v1')
    await pair.catchUp()

    await pair.kill()
    await pair.restartEmpty()
    await pair.catchUp()

    expect([await inPrimary(), await inReplica()]).toEqual([null, null])
  })

  test('and started with old data has forgotten what came after it', async () => {
    await write('v1')
    await pair.snapshot()
    await write('v2')
    const { run_id: run } = await pair.primary.info('server')

    await pair.restartWithOldData()
    await pair.catchUp()

    expect([await inPrimary(), await inReplica()]).toEqual(['v1', 'v1'])
    expect((await pair.primary.info('server'))['run_id']).not.toBe(run)
  })
})

test('a primary that is paused answers when it goes on, and learns only then that it was replaced', async () => {
  const [client, other] = [await connect(pair.endpoint('one')), await connect(pair.endpoint('two'))]
  const before = await other.get('key')
  pair.pause()
  const answer = client.get('key')
  await expect(within(100, answer)).rejects.toThrow('no answer')
  await pair.failOver({ connections: 'left' })

  await pair.resume('replica')

  expect(await answer).toBe(before)
  expect(await roleOf(pair.replica)).toBe('slave')
})

describe('an endpoint', () => {
  test('that is held answers later, and the other one meanwhile', async () => {
    const [held, other] = [await connect(pair.endpoint('one')), await connect(pair.endpoint('two'))]

    pair.endpoint('one').set('hold')
    const answer = held.set('key', 'v1')
    await expect(within(100, answer)).rejects.toThrow('no answer')
    expect(await other.get('key')).toBeNull()

    pair.endpoint('one').set('pass')
    expect(await answer).toBe('OK')
  })

  test('that refuses ends its connections and takes no new ones, the other one does', async () => {
    const refused = await connect(pair.endpoint('one'))

    pair.endpoint('one').set('refuse')

    await expect(refused.get('key')).rejects.toThrow()
    await expect(connect(pair.endpoint('one'))).rejects.toThrow()
    expect(await answersOn(await connect(pair.endpoint('two')))).toBe('the primary')
  })

  test('that is slow takes its time in each direction; one that is cut is there again', async () => {
    const client = await connect(pair.endpoint('one'))
    pair.endpoint('one').delay(50)
    const began = performance.now()
    await client.get('key')
    expect(performance.now() - began).toBeGreaterThan(95)

    pair.endpoint('one').cut()

    await expect(client.get('key')).rejects.toThrow()
    expect(await answersOn(await connect(pair.endpoint('one')))).toBe('the primary')
  })
})

async function within<Result>(milliseconds: number, answer: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer')), milliseconds)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}
