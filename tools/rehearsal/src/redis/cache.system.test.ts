import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { Guard } from '../guard/guard.ts'
import { Authority } from '../tls/authority.ts'
import {
  type Cache,
  type CacheEntry,
  readReplicationGroup,
  readReplicationGroups,
  startCache,
} from './index.ts'
import { EmulatedElastiCache } from './test/emulated-group.ts'

const FIRST = 'first-token-of-the-shop'
const SECOND = 'second-token-of-the-shop'
/** How long anything may take before it counts as never, in milliseconds. */
const PATIENCE = 30_000
const REHEARSING = path.join(__dirname, 'test/rehearsing.ts')
const DOMAIN = 'abc123.euw1.cache.amazonaws.com:6379'

let elastiCache: EmulatedElastiCache
let guard: Guard
let authority: Authority
let caches: Cache[]
let entries: CacheEntry[]
let rerouted: number
let groups = 0
const clients: { destroy(): void }[] = []

beforeAll(async () => {
  ;[elastiCache, guard, authority] = await Promise.all([
    EmulatedElastiCache.start(),
    Guard.start(),
    Authority.create(),
  ])
})
beforeEach(() => {
  caches = []
  entries = []
  rerouted = 0
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await Promise.all(caches.map((cache) => cache.stop()))
})
afterAll(async () => {
  await Promise.all([elastiCache.stop(), guard.stop(), authority.close()])
})

/** A new group with this many nodes, with TLS where it has a token, or shall have one. */
async function play(
  nodes: number,
  token?: string,
  tls?: boolean,
): Promise<{ readonly cache: Cache; readonly id: string }> {
  const id = `shop${++groups}`
  await elastiCache.makeGroup(id, nodes, token, tls)
  const cache = await startCache({
    api: elastiCache.api,
    group: await readReplicationGroup(elastiCache.api, id),
    guard,
    authority,
    tokens: () => elastiCache.aws.redisTokens(),
    tell: (entry) => entries.push(entry),
    rerouted: () => {
      rerouted++
    },
    interval: 50,
    times: { promotion: 50, replacement: 500 },
  })
  caches.push(cache)
  return { cache, id }
}

/** Connects as the product does: to where the route of this name leads, and only to who is called so. */
async function open(cache: Cache, name: string, token?: string) {
  const where = `${name}.${DOMAIN}`
  const route = cache.routes()[where]
  if (route === undefined) throw new Error(`no route to ${where}`)
  const socket = { ...route, reconnectStrategy: false as const }
  const client = createClient({
    ...(token === undefined ? {} : { password: token }),
    socket: cache.group.hasTls
      ? { ...socket, tls: true as const, ca: authority.certificate, servername: where.replace(/:.*/, '') }
      : socket,
  })
  client.on('error', () => undefined)
  await client.connect()
  clients.push(client)
  return client
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const began = performance.now(); !(await condition()); await sleep(20)) {
    if (performance.now() - began > PATIENCE) throw new Error(`waited ${PATIENCE} ms in vain for ${what}`)
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Redis hides its arguments, not where it works. */
function processesIn(place: string): readonly number[] {
  if (!existsSync('/proc/self/cwd')) return []
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${place}${path.sep}`)
    } catch {
      return false
    }
  })
}

function portsOf(cache: Cache): readonly number[] {
  return [...new Set(Object.values(cache.routes()).map(({ port }) => port))]
}

function told(): readonly string[] {
  return entries.map(({ kind, node = '', said }) => `${kind} ${node} ${said}`)
}

test('what is declared is read from the API', async () => {
  await elastiCache.makeGroup('read', 2, FIRST)

  const group = await readReplicationGroup(elastiCache.api, 'read')

  const port = 6379
  const at = (name: string) => ({ host: `${name}.read.abc123.euw1.cache.amazonaws.com`, port })
  expect(group).toEqual({
    id: 'read',
    engine: 'redis',
    engineVersion: '7.1.0',
    nodeType: 'cache.t4g.micro',
    primaryEndpoint: at('master'),
    readerEndpoint: at('replica'),
    nodes: [
      { id: 'read-001', zone: 'eu-west-1a', role: 'primary', endpoint: at('read-001') },
      { id: 'read-002', zone: 'eu-west-1b', role: 'replica', endpoint: at('read-002') },
    ],
    hasTls: true,
    asksForToken: true,
    directives: { 'maxmemory-policy': 'noeviction', maxmemory: '402653184' },
    notRehearsed: ['parameter activedefrag: it is not set here'],
  })
  expect(await readReplicationGroups(elastiCache.api)).toContainEqual(group)
  await expect(readReplicationGroup(elastiCache.api, 'nobody')).rejects.toThrow(
    'ElastiCache has no replication group nobody; wanted: a deployed environment',
  )
})

test('a group with a token: who logs in, what is refused, what is configured, what reaches the replica', async () => {
  const { cache, id } = await play(2, FIRST)

  await expect(open(cache, `master.${id}`, 'some-other-token-of-nobody')).rejects.toThrow(/WRONGPASS/)
  const master = await open(cache, `master.${id}`, FIRST)
  await master.set('cart', 'one')
  const reader = await open(cache, `replica.${id}`, FIRST)
  await until(async () => (await reader.get('cart')) === 'one', 'the replica to have it')
  await expect(reader.set('cart', 'two')).rejects.toThrow(/READONLY/)
  const memory = await master.info('memory')
  expect(memory).toContain('maxmemory:402653184')
  expect(memory).toContain('maxmemory_policy:noeviction')
  for (const restricted of [
    ['CONFIG', 'GET', '*'],
    ['ACL', 'SETUSER', 'default', 'nopass'],
    ['ACL', 'DELUSER', 'rehearsal'],
    ['CLUSTER', 'MEET', '127.0.0.1', '1'],
    ['REPLICAOF', 'NO', 'ONE'],
    ['SLAVEOF', 'NO', 'ONE'],
    ['MIGRATE', '127.0.0.1', '1', 'cart', '0', '1000'],
    ['BGSAVE'],
    ['SAVE'],
    ['SHUTDOWN'],
    ['SYNC'],
  ]) {
    await expect(master.sendCommand(restricted)).rejects.toThrow(/NOPERM/)
  }

  const files = readdirSync(cache.folder, { recursive: true }).map((name) =>
    path.join(cache.folder, String(name)),
  )
  const written = files.filter((file) => statSync(file).isFile())
  expect(written.filter((file) => file.endsWith('redis.conf'))).toHaveLength(2)
  for (const file of written) {
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(readFileSync(file, 'utf8')).not.toContain(FIRST)
  }
  expect(JSON.stringify(entries)).not.toContain(FIRST)
  expect(told()).toContainEqual('not-rehearsed  parameter activedefrag: it is not set here')
})

test('while a token rotates both log in, then the new one alone, and who is connected stays so', async () => {
  const { cache, id } = await play(1, FIRST)
  const connected = await open(cache, `master.${id}`, FIRST)
  const opens = (token: string) =>
    open(cache, `master.${id}`, token).then(
      () => true,
      () => false,
    )
  const change = { ReplicationGroupId: id, AuthToken: SECOND, ApplyImmediately: true }
  expect(await opens(SECOND)).toBe(false)

  await elastiCache.api.modifyReplicationGroup({ ...change, AuthTokenUpdateStrategy: 'ROTATE' })
  await until(() => opens(SECOND), 'the second token to be taken')
  expect(await opens(FIRST)).toBe(true)

  await elastiCache.api.modifyReplicationGroup({ ...change, AuthTokenUpdateStrategy: 'SET' })
  await until(async () => !(await opens(FIRST)), 'the first token to be refused')
  expect(await opens(SECOND)).toBe(true)
  expect(await connected.ping()).toBe('PONG')
  expect(told().filter((line) => line.startsWith('tokens'))).toEqual([
    'tokens  takes 2 tokens from now on',
    'tokens  takes 1 token from now on',
  ])
  expect(JSON.stringify(entries)).not.toMatch(/token-of-the-shop/)
})

test('a group that gets its first token takes connections without one until it is set', async () => {
  const { cache, id } = await play(1, undefined, true)
  const change = { ReplicationGroupId: id, AuthToken: FIRST, ApplyImmediately: true }
  await (await open(cache, `master.${id}`)).ping()

  await elastiCache.api.modifyReplicationGroup({ ...change, AuthTokenUpdateStrategy: 'ROTATE' })
  await until(() => told().some((line) => line.includes('without a token')), 'both to be taken')
  await (await open(cache, `master.${id}`)).ping()
  await (await open(cache, `master.${id}`, FIRST)).ping()

  await elastiCache.api.modifyReplicationGroup({ ...change, AuthTokenUpdateStrategy: 'SET' })
  await until(() => told().some((line) => line.includes('takes 1 token')), 'the token alone to be taken')
  await (await open(cache, `master.${id}`, FIRST)).ping()
  await expect(open(cache, `master.${id}`).then((client) => client.ping())).rejects.toThrow(/NOAUTH/)
})

test('a group without transit encryption is plain, and asks for no token', async () => {
  const { cache, id } = await play(1)

  const client = await open(cache, `master.${id}`)

  expect(await client.set('cart', 'one')).toBe('OK')
  expect(cache.routes()[`replica.${id}.${DOMAIN}`]).toEqual(cache.routes()[`master.${id}.${DOMAIN}`])
})

test('after TestFailover the primary endpoint leads to the promoted node, and the old one is back as a replica', async () => {
  const { cache, id } = await play(3, FIRST)
  const before = cache.routes()
  const master = await open(cache, `master.${id}`, FIRST)
  await master.set('cart', 'one')
  expect(await master.wait(2, 5_000)).toBe(2)
  // One that hears nothing of it until later.
  cache.pause(`${id}-003`)

  await elastiCache.api.testFailover({ ReplicationGroupId: id, NodeGroupId: '0001' })
  await until(() => cache.primary === `${id}-002`, 'another primary')

  expect(rerouted).toBeGreaterThan(0)
  expect(cache.routes()[`master.${id}.${DOMAIN}`]).toEqual(before[`${id}-002.${id}.${DOMAIN}`])
  await expect(master.ping()).rejects.toThrow()
  const promoted = await open(cache, `master.${id}`, FIRST)
  expect(await promoted.get('cart')).toBe('one')
  await promoted.set('cart', 'two')
  await cache.resume(`${id}-003`)
  await until(
    async () => (await promoted.info('replication')).match(/state=online/g)?.length === 2,
    'both replicas',
  )
  const old = await open(cache, `${id}-001.${id}`, FIRST)
  expect(await old.info('replication')).toMatch(/role:slave[\s\S]*master_link_status:up/)
  await until(async () => (await old.get('cart')) === 'two', 'the old primary to have it')
  await until(() => cache.nodes.every(({ isUp }) => isUp), 'all nodes to be up')
  expect(cache.nodes).toEqual([
    { node: `${id}-001`, role: 'replica', isUp: true },
    { node: `${id}-002`, role: 'primary', isUp: true },
    { node: `${id}-003`, role: 'replica', isUp: true },
  ])
  expect(told().filter((line) => line.startsWith('problem'))).toEqual([])
})

test('Redis is gone, and comes back empty with the same primary; while it is silent nobody is refused', async () => {
  const { cache, id } = await play(2, FIRST)
  const master = await open(cache, `master.${id}`, FIRST)
  await master.set('cart', 'one')
  const ports = portsOf(cache)

  await cache.kill()
  expect(cache.nodes.map(({ isUp }) => isUp)).toEqual([false, false])
  await expect(master.ping()).rejects.toThrow()
  expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => false))
  await cache.restart(`${id}-002`)
  expect(cache.nodes.map(({ isUp }) => isUp)).toEqual([false, false])
  await cache.restart()
  expect(cache.nodes.map(({ isUp }) => isUp)).toEqual([true, true])

  const back = await open(cache, `master.${id}`, FIRST)
  expect(await back.get('cart')).toBeNull()
  // The replica knows a moment before its primary does.
  await until(
    async () => /role:master[\s\S]*state=online/.test(await back.info('replication')),
    'its replica',
  )
  cache.pause()
  const ping = back.ping()
  expect(await Promise.race([ping, sleep(200).then(() => 'silence')])).toBe('silence')
  expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => true))
  await cache.resume()
  expect(await ping).toBe('PONG')
  expect(cache.primary).toBe(`${id}-001`)
})

test('one that ends by itself is told', async () => {
  const { cache, id } = await play(1, FIRST)
  const master = await open(cache, `master.${id}`, FIRST)
  const pid = Number(/process_id:(\d+)/.exec(await master.info('server'))?.[1])

  process.kill(pid, 'SIGKILL')

  await until(
    () => told().some((line) => line.startsWith(`problem ${id}-001 has ended by itself`)),
    'its end',
  )
})

test('a group whose token nobody tells does not start, nor one with TLS and no authority', async () => {
  await elastiCache.makeGroup('silent', 1, FIRST)
  const group = await readReplicationGroup(elastiCache.api, 'silent')
  const options = { api: elastiCache.api, group, guard, tell: () => undefined, tokens: async () => ({}) }

  await expect(startCache({ ...options, authority })).rejects.toThrow(
    'nobody tells the token of replication group silent; wanted: one or two',
  )
  await expect(startCache(options)).rejects.toThrow('has transit encryption; wanted: an authority for it')
})

test('nothing is left when it is stopped', async () => {
  const { cache } = await play(2, FIRST)
  const ports = portsOf(cache)
  if (existsSync('/proc/self/cwd')) expect(processesIn(cache.folder)).toHaveLength(2)

  await cache.stop()

  expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => false))
  expect(existsSync(cache.folder)).toBe(false)
  expect(processesIn(cache.folder)).toEqual([])
})

test('nor when the rehearsal is killed', async () => {
  await elastiCache.makeGroup('killed', 2, FIRST)
  const own = mkdtempSync(path.join(tmpdir(), 'rehearsing-redis-'))
  const args = [REHEARSING, elastiCache.aws.endpoint, 'killed', FIRST]
  const child = spawn(process.execPath, args, {
    env: { TMPDIR: own, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    // Written by rehearsing.ts.
    const routes = JSON.parse(said.toString()) as Record<string, { port: number }>
    const ports = [...new Set(Object.values(routes).map(({ port }) => port))]
    expect(await Promise.all(ports.map(listens))).toEqual([true, true])

    child.kill('SIGKILL')
    await once(child, 'exit')

    await until(async () => !(await Promise.all(ports.map(listens))).includes(true), 'the end of the nodes')
    await until(() => readdirSync(own).length === 0, 'the end of their folders')
    expect(processesIn(own)).toEqual([])
  } finally {
    child.kill('SIGKILL')
    rmSync(own, { recursive: true, force: true })
  }
})
