import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Guard } from '../../guard/guard.ts'
import { Agent } from '../agent.ts'
import { Journal } from '../journal.ts'
import { container, service, taskDefinition } from '../test/definitions.ts'
import { pidOf, until, World } from '../test/world.ts'
import { limitsFor } from './limits.ts'
import { Task } from './task.ts'

const SIZE = { cpu: 512, memory: 200 }

/** Control groups of version 1, in which this user may make some. */
const canLimit = existsSync('/sys/fs/cgroup/memory/cgroup.procs') && process.getuid?.() === 0
const testWithLimits = canLimit ? test : test.skip

let guard: Guard
let folder: string

beforeEach(async () => {
  guard = await Guard.start()
  folder = mkdtempSync(path.join(tmpdir(), 'control-groups-'))
})

afterEach(async () => {
  await guard.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a task', () => {
  let world: World
  let agent: Agent
  let journal: Journal
  let task: Task

  beforeEach(async () => {
    world = new World()
    journal = new Journal()
    agent = await Agent.start()
  })

  afterEach(async () => {
    await task.stop({ code: 'UserInitiated', reason: 'the test is over' })
    await agent.stop()
    world.clear()
  })

  function start(environment: Readonly<Record<string, string>>): void {
    const definition = taskDefinition(1, {
      ...SIZE,
      containers: [container({ environment: { PORT: '8080', HOST: '0.0.0.0', ...environment } })],
    })
    task = new Task({
      service: service({ definition }),
      definition,
      deployment: 'ecs-svc/1',
      capacityProvider: 'FARGATE',
      zone: 'eu-west-1a',
      surroundings: { ...world.surroundings({ limits: true }), guard, agent, journal },
      listener: { changed: () => undefined, registered: () => undefined, deregistered: () => undefined },
    })
  }

  testWithLimits('gets as much CPU as declared', async () => {
    start({})
    await until(() => task.status === 'RUNNING', 'RUNNING')

    const group = `/rehearsal-${task.id}`
    await until(
      () => readFileSync(`/proc/${pidOf(task)}/cgroup`, 'utf8').includes(`:cpu:${group}`),
      'its control group',
    )
    expect(readFileSync(`/sys/fs/cgroup/cpu${group}/cpu.cfs_quota_us`, 'utf8').trim()).toBe('50000')
  })

  testWithLimits(
    'is killed when it takes more memory than declared, and leaves no control group',
    async () => {
      start({ HOG_MB: '400' })

      await task.stopped

      expect(task.containers).toMatchObject([{ exitCode: 137 }])
      expect(journal.entries.map(({ said }) => said)).toContain(
        'OutOfMemoryError: Container killed due to memory usage',
      )
      for (const kind of ['cpu', 'memory']) {
        expect(readdirSync(`/sys/fs/cgroup/${kind}`)).not.toContain(`rehearsal-${task.id}`)
      }
    },
  )
})

test('with control groups of version 2 there is one for CPU and memory', async () => {
  writeFileSync(path.join(folder, 'cgroup.subtree_control'), 'cpuset cpu io memory pids\n')

  const limits = await limitsFor('x', SIZE, guard, folder)

  const own = path.join(folder, 'rehearsal-x')
  const read = (name: string): string => readFileSync(path.join(own, name), 'utf8')
  expect(limits).toMatchObject({ controlGroups: [own], missing: [] })
  expect([read('cpu.max'), read('memory.max'), read('memory.swap.max')]).toEqual([
    '50000 100000',
    '209715200',
    '0',
  ])
  writeFileSync(path.join(own, 'memory.events'), 'low 0\noom 1\noom_kill 1\n')
  expect(limits.outOfMemory()).toBe(1)
})

test('where this user can make none, that is told', async () => {
  const limits = await limitsFor('x', SIZE, guard, path.join(folder, 'none'))

  expect(limits).toMatchObject({
    controlGroups: [],
    missing: ['CPU and memory: this user can make no control groups on this machine'],
  })
})

test('where one of them cannot be made, the other is, and that is told', async () => {
  for (const kind of ['cpu', 'memory']) {
    mkdirSync(path.join(folder, kind))
    writeFileSync(path.join(folder, kind, 'cgroup.procs'), '')
  }
  mkdirSync(path.join(folder, 'cpu', 'rehearsal-x'))

  const limits = await limitsFor('x', SIZE, guard, folder)

  expect(limits.controlGroups).toEqual([path.join(folder, 'memory', 'rehearsal-x')])
  expect(limits.missing).toEqual([expect.stringMatching(/^CPU: .*EEXIST/)])
})
