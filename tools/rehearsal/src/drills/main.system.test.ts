import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { DrillReport } from './run.ts'
import { SmallRehearsal } from './test/small-rehearsal.ts'

const MAIN = path.join(import.meta.dirname, 'main.ts')

let rehearsal: SmallRehearsal
const children = new Set<ChildProcess>()
beforeAll(async () => {
  rehearsal = await SmallRehearsal.start()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rehearsal.stop()
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** As its user runs it. */
async function drill(
  args: readonly string[],
  heard: (child: ChildProcess, said: string) => void = () => undefined,
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, CARTWRIGHT_CACHE: rehearsal.folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    heard(child, stdout)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  children.delete(child)
  return { code, stdout, stderr } as Ended
}

test('a killed task costs what it had, and nothing that was acknowledged', async () => {
  const { code, stdout, stderr } = await drill(['kill-task', '--json', '--rate', '50'])

  const report: DrillReport = JSON.parse(stdout)
  expect(report).toMatchObject({ drill: 'kill-task', held: true, broken: [] })
  expect(report.load).toMatchObject({ retryLater: 0, carts: { lost: 0, invented: 0, stale: 0, silent: 0 } })
  expect(report.load.phases).toMatchObject({ before: { failed: 0 }, after: { failed: 0 } })
  expect(report.load.requests).toBeGreaterThan(250)
  expect(stderr).toContain('killing task')
  expect(stderr).toMatch(/^kill-task: held, \d/m)
  expect(code).toBe(0)
})

test('what is interrupted is put right', async () => {
  const { code, stdout, stderr } = await drill(['dynamodb-down'], (child, said) => {
    if (said.includes('DynamoDB: down')) child.kill('SIGINT')
  })

  expect(rehearsal.faults).toEqual(['down', 'none'])
  expect(stdout).not.toContain('held')
  expect(stderr).toBe('interrupted: putting right what was changed\n')
  expect(code).toBe(130)
})

test('a promise that is broken is told, and ends with 1', async () => {
  // There is no AWS that could be asked for it.
  const { code, stdout } = await drill(['scale', '3'])

  expect(stdout).toMatch(/^broken, promised was: no request fails: a task gets requests/m)
  expect(stdout).toMatch(/^scale: broken, /m)
  expect(code).toBe(1)
})

test('a drill that the environment does not allow says what is missing', async () => {
  await expect(drill(['spot-interruption'])).resolves.toMatchObject({
    code: 1,
    stderr:
      'drill: spot-interruption cannot be played: all tasks run on FARGATE; wanted: one on FARGATE_SPOT\n',
  })
})

test('without a name drills are listed, and a command line that cannot be used ends with 2', async () => {
  const listed = await drill([])
  const refused = await drill(['earthquake'])

  expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kill-task\n {2}a task is killed/) })
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^there is no drill "earthquake"; wanted:/),
  })
})

test('without a rehearsal it says how to start one', async () => {
  const { folder } = rehearsal
  const child = spawn(process.execPath, [MAIN, 'kill-task'], {
    env: { ...process.env, CARTWRIGHT_CACHE: path.join(folder, 'nothing-runs-here') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })

  const [code] = await once(child, 'close')

  expect(said).toBe('drill: no rehearsal runs; wanted: one, as npm run rehearse -- staging starts it\n')
  expect(code).toBe(1)
})
