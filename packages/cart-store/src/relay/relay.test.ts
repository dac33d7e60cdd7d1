import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CartEvent } from '@cartwright/cart-domain'
import { adding, call, change, fresh, NOW, rowOf } from '../contract/builders.ts'
import type { CartStore, OutboxRow } from '../port.ts'
import { openSqliteStore } from '../sqlite/store.ts'
import type { Publisher, Refused } from './publisher.ts'
import { Relay, type RelayOptions } from './relay.ts'
import { relayed } from './relayed-store.ts'

/** Whoever gets the events: it accepts them all unless it is told otherwise. */
class Listener implements Publisher {
  limits = { events: 10, bytes: 100_000, calls: 4 }
  readonly calls: (readonly CartEvent[])[] = []
  readonly accepted: string[] = []
  refuses: (event: CartEvent) => boolean = () => false
  isDown = false

  sizeOf(): number {
    return 100
  }

  async publish(events: readonly CartEvent[]): Promise<Refused[]> {
    this.calls.push(events)
    await sleep(1)
    if (this.isDown) throw new Error('nobody is listening')
    const refused = events.map((event) => this.refuses(event))
    this.accepted.push(...events.filter((_, index) => !refused[index]).map(({ id }) => id))
    return refused.flatMap((was, index) => (was ? [{ index, reason: 'not today' }] : []))
  }

  async close(): Promise<void> {
    // Nothing to let go of.
  }
}

let folder: string
let store: CartStore
let listener: Listener
let relay: Relay
let warnings: string[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'relay-'))
  store = openSqliteStore({ file: path.join(folder, 'cart.db'), synchronous: 'normal' })
  listener = new Listener()
  warnings = []
  relay = newRelay()
})
afterEach(async () => {
  listener.isDown = false
  listener.refuses = () => false
  await relay.stop(performance.now() + 1_000)
  await store.close()
  rmSync(folder, { recursive: true })
})

function newRelay(options: Partial<RelayOptions> = {}): Relay {
  return new Relay({
    outbox: store.outbox,
    publisher: listener,
    warn: (message) => warnings.push(message),
    grace: 0,
    sweepInterval: 60_000,
    firstPause: 1,
    longestPause: 5,
    ...options,
  })
}

/** Commits an add to a cart of its own, through the store that tells the relay. */
async function add(through: CartStore = relayed(store, relay)): Promise<OutboxRow> {
  return rowOf((await change(through, fresh(), adding())).commit)
}

function idsOf(...rows: readonly OutboxRow[]): string[] {
  return rows.flatMap(({ events }) => events.map(({ id }) => id)).sort()
}

/** Waits for what happens in the background; a test that waits in vain is ended by jest. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5)
}

async function waiting(): Promise<OutboxRow[]> {
  return store.outbox.pending({ createdBefore: NOW + 1_000_000, limit: 10_000 }, call())
}

const isEmpty = async (): Promise<boolean> => (await waiting()).length === 0

test('what is committed is delivered, and its row is taken out', async () => {
  const rows = [await add(), await add(), await add()]

  await until(isEmpty)

  expect(listener.accepted.toSorted()).toEqual(idsOf(...rows))
  expect(relay.state).toMatchObject({ held: 0, published: 3 })
})

test('a commit that is refused is not told', async () => {
  const through = relayed(store, relay)
  const { commit } = await change(through, fresh(), adding())

  expect(await through.commit(commit, call())).toEqual({ kind: 'conflict' })
  await until(isEmpty)

  expect(listener.accepted).toEqual(idsOf(rowOf(commit)))
})

test('a refused event is sent again until it is accepted, those beside it are not', async () => {
  let refusals = 3
  const stubborn = rowWith(3)
  listener.refuses = ({ id }) => id === stubborn.events[1]?.id && refusals-- > 0

  relay.offer(stubborn)
  await until(() => relay.state.held === 0)

  expect(listener.accepted.toSorted()).toEqual(idsOf(stubborn))
  expect(listener.calls.length).toBe(4)
  expect(warnings).toEqual(['1 of 3 events were refused'])
})

test('an event that is always refused holds up nobody else, and its row stays', async () => {
  const poison = await add(store)
  listener.refuses = ({ id }) => idsOf(poison).includes(id)
  relay.offer(poison)

  const others = [await add(), await add()]
  await until(async () => (await waiting()).length === 1)

  expect(listener.accepted.toSorted()).toEqual(idsOf(...others))
  expect(await waiting()).toEqual([poison])
})

test('while nobody listens everything waits, and is delivered when somebody does', async () => {
  listener.isDown = true
  const rows = [await add(), await add()]
  await until(() => listener.calls.length > 2)
  expect(await waiting()).toHaveLength(2)

  listener.isDown = false
  await until(isEmpty)

  expect(listener.accepted.toSorted()).toEqual(idsOf(...rows))
  expect(warnings).toEqual(['events could not be delivered'])
})

test('rows that a dead process has left are found and delivered', async () => {
  const rows = await Promise.all(Array.from({ length: 1_200 }, () => add(store)))

  relay = newRelay({ sweepInterval: 10, countInterval: 10 })
  relay.start()
  await until(isEmpty)

  expect(listener.accepted.toSorted()).toEqual(idsOf(...rows))
  await until(() => relay.state.outbox?.rows === 0)
})

test('the whole outbox is counted at the start, and not at every look for rows', async () => {
  const asked = { looks: 0, counts: 0 }
  const outbox: typeof store.outbox = {
    pending: (...args) => {
      asked.looks += 1
      return store.outbox.pending(...args)
    },
    remove: (...args) => store.outbox.remove(...args),
    backlog: (...args) => {
      asked.counts += 1
      return store.outbox.backlog(...args)
    },
  }
  relay = newRelay({ outbox, grace: 3_600_000, sweepInterval: 1 })
  relay.start()

  await until(() => asked.looks > 5)

  expect(asked.counts).toBe(1)
  expect(relay.state.outbox).toEqual({ rows: 0 })
})

test('rows are left to the process that wrote them for a while', async () => {
  const row = await add(store)
  relay = newRelay({ grace: 3_600_000 })

  relay.start()
  await until(() => relay.state.outbox !== undefined)

  expect(relay.state).toMatchObject({ held: 0, outbox: { rows: 1, oldest: row.createdAt } })
})

test('a call takes no more events and bytes than it may', async () => {
  listener.limits = { events: 4, bytes: 250, calls: 1 }
  const large = rowWith(7)

  relay.offer(large)
  await until(() => relay.state.held === 0)

  expect(listener.calls.map((events) => events.length)).toEqual([2, 2, 2, 1])
  expect(listener.accepted).toEqual(large.events.map(({ id }) => id))
})

test('an event that is larger than a call goes alone', async () => {
  listener.limits = { events: 10, bytes: 50, calls: 1 }

  relay.offer(rowWith(2))
  await until(() => relay.state.held === 0)

  expect(listener.calls.map((events) => events.length)).toEqual([1, 1])
})

test('what does not fit into memory waits in the outbox', async () => {
  listener.isDown = true
  relay = newRelay({ capacity: 10, sweepInterval: 10 })
  const rows = []
  for (let n = 0; n < 50; n += 1) rows.push(await add())
  expect(relay.state.held).toBe(10)

  relay.start()
  listener.isDown = false
  await until(isEmpty)

  expect(listener.accepted.toSorted()).toEqual(idsOf(...rows))
})

test('a delivered row that cannot be taken out is not delivered again, and goes with the next ones', async () => {
  let failures = 1
  const broken = {
    ...store.outbox,
    remove: async (...args: Parameters<typeof store.outbox.remove>) => {
      if (failures-- > 0) throw new Error('the disk is full')
      return store.outbox.remove(...args)
    },
  }
  relay = newRelay({ outbox: broken, sweepInterval: 10 })
  relay.start()
  const first = await add()
  await until(() => warnings.length > 0)

  const second = await add()
  await until(isEmpty)

  expect(listener.accepted).toEqual([...idsOf(first), ...idsOf(second)])
})

describe('stopping', () => {
  test('delivers what is held and takes it out', async () => {
    const rows = await Promise.all(Array.from({ length: 100 }, () => add()))

    await relay.stop(performance.now() + 5_000)

    expect(listener.accepted.toSorted()).toEqual(idsOf(...rows))
    expect(await waiting()).toEqual([])
  })

  test('does not wait for a listener who is away: the rows stay for somebody else', async () => {
    listener.isDown = true
    relay = newRelay({ firstPause: 60_000, longestPause: 60_000 })
    const row = await add()
    await until(() => listener.calls.length === 1)

    await relay.stop(performance.now() + 60_000)

    expect(await waiting()).toEqual([row])
  })
})

/** A row with so many events, which is in no outbox. */
function rowWith(count: number): OutboxRow {
  const events = Array.from({ length: count }, (_, index): CartEvent => {
    return {
      id: `life.1.${index}`,
      schemaVersion: 1,
      cartId: fresh(),
      incarnation: fresh(),
      version: 1,
      index,
      occurredAt: new Date(NOW).toISOString(),
      type: 'cart-claimed',
      data: { owner: fresh() },
    }
  })
  return { id: fresh(), cartId: fresh(), createdAt: NOW, events }
}
