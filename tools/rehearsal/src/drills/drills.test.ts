import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { RehearsalState } from '../rehearsal/state.ts'
import { DRILL_NAMES, DRILLS, type DrillName } from './drills.ts'

const GUIDE = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/guides/drills.md'), 'utf8')

test('the guide has a row for every drill as the table has it, and a section, and no others', () => {
  const rows = [...GUIDE.matchAll(/^\| \[`([\w-]+)`\]\(#([\w-]+)\) \| (.*?) \| (.*?) \| (.*?) \|$/gm)]
  const sections = [...GUIDE.matchAll(/^## (\S+)$/gm)].map(([, name]) => name)

  expect(rows.map((cells) => cells.slice(1))).toEqual(
    Object.entries(DRILLS).map(([name, { about, promises, needs }]) => [name, name, about, promises, needs]),
  )
  expect(sections).toEqual(DRILL_NAMES)
})

const SETTINGS = { tasks: 4, isLate: false }
const task = (capacityProvider: string) => ({ capacityProvider })
const node = (role: string) => ({ role })

const missing = (name: DrillName, desiredCount: number, tasks: object[], redis: object[]) =>
  DRILLS[name].missing({ service: { desiredCount }, tasks, redis } as unknown as RehearsalState, SETTINGS)

test('two tasks, one of them on Spot, and a replica of Redis allow every drill', () => {
  const tasks = [task('FARGATE'), task('FARGATE_SPOT')]

  for (const name of DRILL_NAMES)
    expect(missing(name, 2, tasks, [node('primary'), node('replica')])).toBeUndefined()
})

test.each([
  ['kill-task', 1, [], [], 'the service has 1 tasks; wanted: 2 or more'],
  [
    'redis-failover',
    1,
    [],
    [node('primary')],
    'Redis has 1 nodes and no replica; wanted: one that can take over',
  ],
  ['redis-down', 1, [], [], 'there is no Redis; wanted: an environment with a cache'],
  ['rotate-secret', 1, [], [], 'there is no Redis; wanted: an environment with a cache'],
  ['scale', 4, [], [], 'the service has 4 tasks already; wanted: another number'],
  ['spot-interruption', 2, [task('FARGATE')], [], 'all tasks run on FARGATE; wanted: one on FARGATE_SPOT'],
  [
    'spot-interruption',
    1,
    [task('FARGATE_SPOT')],
    [],
    'the service has 1 tasks; wanted: 2 or more, so that one is left',
  ],
] as const)('%s is not played on %j tasks: %j, %j', (name, desiredCount, tasks, redis, why) => {
  expect(missing(name, desiredCount, [...tasks], [...redis])).toBe(why)
})
