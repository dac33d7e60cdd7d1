import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isAlive, pause, until } from '../ecs/test/world.ts'
import { Guard } from './guard.ts'
import { launch } from './launch.ts'

const REHEARSING = path.join(__dirname, '../ecs/test/rehearsing.ts')
const SERVER = path.join(__dirname, '../ecs/test/server.mjs')

/** Who started what can only be seen in /proc. */
const testOnLinux = existsSync('/proc/self/environ') ? test : test.skip

let folder: string
let children: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rehearsing-'))
  children = []
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  // Only where a test has failed is there anything left.
  for (const pid of processes()) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function rehearse(...args: readonly string[]): { readonly child: ChildProcess; readonly said: () => string } {
  // What it leaves behind would be in its temporary folder, and every process of a task has that folder in its arguments.
  const child = spawn(process.execPath, [REHEARSING, SERVER, ...args], {
    env: { TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  return { child, said: () => said }
}

function controlGroups(): readonly string[] {
  const parents = ['/sys/fs/cgroup', '/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory']
  return parents.filter((parent) => existsSync(parent)).flatMap((parent) => readdirSync(parent))
}

function guardOf(rehearsal: ChildProcess): number {
  const pid = idOf(rehearsal)
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  const found = own.find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('program.ts'))
  if (found === undefined) throw new Error('the rehearsal has no guard')
  return Number(found)
}

function idOf({ pid }: ChildProcess): number {
  // Process 0 would be the whole group of this one.
  if (pid === undefined) throw new Error('it has not started')
  return pid
}

/** Everything of this rehearsal's tasks: each works with files in its folder, or was started by what does. */
function processes(): readonly number[] {
  if (!existsSync('/proc/self/environ')) return []
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.map(Number).filter((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
      return text.includes(folder) && isAlive(pid)
    } catch {
      return false
    }
  })
}

testOnLinux(
  'SIGKILL to the rehearsal leaves no task, no health check, no child of a task, and no folder',
  async () => {
    const { child, said } = rehearse()
    await until(() => said().split('RUNNING').length > 2, 'two running tasks')
    // For each task: the server, the process that it started, and a health check that never ends.
    await until(() => processes().length >= 7, 'everything that belongs to them')

    child.kill('SIGKILL')
    await once(child, 'exit')
    await until(() => processes().length === 0, 'the end of them all')

    await until(() => readdirSync(folder).length === 0, 'the end of their folders')
    const tasks = [...said().matchAll(/^(\w{32}) RUNNING$/gm)].map(([, task]) => task)
    expect(tasks).toHaveLength(2)
    const left = (): boolean =>
      controlGroups().some((name) => tasks.some((task) => name === `rehearsal-${task}`))
    await until(() => !left(), 'the end of their control groups')
  },
)

testOnLinux('also where it is killed while tasks are starting', async () => {
  for (const delay of [0, 5, 10, 20, 40, 80]) {
    const { child, said } = rehearse()
    await until(() => said().includes('PROVISIONING') || said().includes('PENDING'), 'a task')
    await new Promise((resolve) => setTimeout(resolve, delay))
    child.kill('SIGKILL')
    await once(child, 'exit')
    await until(() => processes().length === 0, `the end of all, killed after ${delay} ms`)
  }
  await until(() => readdirSync(folder).length === 0, 'the end of their folders')
})

testOnLinux('where the guard is killed, the tasks are as well, and no other starts unwatched', async () => {
  // Nobody would be left to remove its control groups.
  const { child, said } = rehearse('unlimited')
  await until(() => said().split('RUNNING').length > 2, 'two running tasks')
  process.kill(guardOf(child), 'SIGKILL')

  await until(() => said().includes('exited with code 137'), 'the end of a task')
  await until(() => said().includes('exited with code 125'), 'a start that came to nothing')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await until(() => processes().length === 0, 'the end of them all')
})

test('a program begins only when the guard has heard of it', async () => {
  const guard = await Guard.start()
  const file = path.join(folder, 'begun')
  process.kill(guard.pid, 'SIGSTOP')
  const argv = ['/bin/sh', '-c', `echo > '${file}'`]

  const launched = launch({ argv, environment: {}, folder, guard, controlGroups: [] })
  await pause(300)
  const hadBegun = existsSync(file)
  process.kill(guard.pid, 'SIGCONT')
  const { code } = await (await launched).exited

  expect([hadBegun, existsSync(file), code]).toEqual([false, true, 0])
  await guard.stop()
})

test('what is watched is killed when the guard stops, what was forgotten is not', async () => {
  const guard = await Guard.start()
  const [watched, forgotten] = [1, 2].map(() =>
    spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore' }),
  )
  if (watched === undefined || forgotten === undefined) throw new Error('two were started')
  children.push(watched, forgotten)
  await guard.watchGroup(idOf(watched))
  await guard.watchGroup(idOf(forgotten))
  guard.forgetGroup(idOf(forgotten))

  await guard.stop()

  await until(() => watched.signalCode === 'SIGKILL', 'the end of what is watched')
  expect(isAlive(idOf(forgotten))).toBe(true)
})
