import { Agent } from 'node:http'
import { Counts } from './journal/counts.ts'
import { checkHealth } from './targets/health-check.ts'
import { ask } from './test/client.ts'
import { balancer, GROUP, group } from './test/declared.ts'
import { Stage, until } from './test/stage.ts'

const CHECK = {
  ...group().healthCheck,
  interval: 0.1,
  timeout: 2,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
}

let stage: Stage
let counts: Counts
beforeEach(async () => {
  stage = new Stage()
  counts = new Counts()
  const groups = [group({ healthCheck: CHECK, deregistrationDelay: 1 })]
  const started = await stage.start(balancer({ targetGroups: groups }), { check: checkHealth })
  started.listen((event) => counts.add(event))
})
afterEach(() => stage.stop())

/** A server that takes a few milliseconds for everything. */
function serve(id: string): ReturnType<Stage['target']> {
  return stage.target(id, (_, outgoing) => void setTimeout(() => outgoing.end(id), 5))
}

function states(): Record<string, string> {
  const described = stage.balancer.targetGroup(GROUP).describeHealth()
  return Object.fromEntries(described.map(({ id, state }) => [id, state]))
}

/** Clients that ask again and again until they are told to stop; @returns what they were answered, by status */
function load(clients: number): { stop(): Promise<Record<number, number>> } {
  const answers: Record<number, number> = {}
  const agent = new Agent({ keepAlive: true })
  let isOver = false
  const client = async (): Promise<void> => {
    while (!isOver) {
      const status = await ask(stage.port, { agent }).then(
        (answer) => answer.status,
        () => 0,
      )
      answers[status] = (answers[status] ?? 0) + 1
    }
  }
  const running = Array.from({ length: clients }, client)
  return {
    stop: async () => {
      isOver = true
      await Promise.all(running)
      agent.destroy()
      return answers
    },
  }
}

test('targets that are replaced in order cost no request', async () => {
  let [old, other] = [await serve('a0'), await serve('b0')]
  await until(() => Object.values(states()).every((state) => state === 'healthy'))
  const clients = load(8)

  for (let round = 1; round <= 3; round += 1) {
    const fresh = await serve(`a${round}`)
    await until(() => states()[fresh.id] === 'healthy')
    await stage.balancer.targetGroup(GROUP).deregister(old.id)
    await old.stop()
    ;[old, other] = [other, fresh]
  }

  const answers = await clients.stop()
  expect(Object.keys(answers)).toEqual(['200'])
  const { failed, requests, targets } = counts.summary()
  expect([failed, requests]).toEqual([0, answers[200]])
  for (const id of ['a0', 'b0', 'a1', 'a2', 'a3']) expect(targets[id]).toBeGreaterThan(0)
})

test('a target that dies costs what was in flight and what it was sent until it was called unhealthy', async () => {
  const doomed = await serve('doomed')
  await serve('well')
  await until(() => Object.values(states()).every((state) => state === 'healthy'))
  const clients = load(8)
  await until(() => counts.summary().requests > 100)

  await doomed.stop()
  await until(() => states()['doomed'] === 'unhealthy')
  const failedUntilThen = counts.summary().failed
  await until(() => counts.summary().requests > failedUntilThen + 1000)

  const answers = await clients.stop()
  const { failed, requests } = counts.summary()
  expect(failed).toBeGreaterThan(0)
  // Those that were on their way when it was called unhealthy are all that may follow.
  expect(failed - failedUntilThen).toBeLessThanOrEqual(8)
  expect(answers).toEqual({ 200: requests - failed, 502: failed })
})

test('a target that answers its checks again gets requests again, and nothing is left outstanding', async () => {
  let isReady = true
  await stage.target('a', ({ url }, outgoing) => {
    outgoing.statusCode = url === '/ready' && !isReady ? 503 : 200
    outgoing.end('a')
  })
  await serve('b')
  await until(() => Object.values(states()).every((state) => state === 'healthy'))

  isReady = false
  await until(() => states()['a'] === 'unhealthy')
  const clients = load(4)
  await until(() => counts.summary().requests > 50)
  expect(counts.summary().targets).toEqual({ b: counts.summary().requests })
  isReady = true
  await until(() => (counts.summary().targets['a'] ?? 0) > 50)
  await clients.stop()

  const group = stage.balancer.targetGroup(GROUP)
  expect(['a', 'b'].map((id) => group.find(id)?.outstanding.size)).toEqual([0, 0])
})

test('a health check path that no request can hold makes a target unhealthy, and nothing worse', async () => {
  await stage.stop()
  stage = new Stage()
  const groups = [group({ healthCheck: { ...CHECK, path: '/not ready' } })]
  await stage.start(balancer({ targetGroups: groups }), { check: checkHealth })

  await serve('a')

  await until(() => states()['a'] === 'unhealthy')
  expect((await ask(stage.port)).body).toBe('a')
})
