import { readlinkSync } from 'node:fs'
import { type Running, start } from './test/launching.ts'
import { endProcesses, kill, processesIn, testWithProcesses, until } from './test/processes.ts'
import { TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(() => workspace.clear())

test('starts at the same time install once, and each runs its program', async () => {
  const starts = [start(workspace), start(workspace), start(workspace)]

  const ended = await Promise.all(starts.map((running) => running.ended))

  expect(ended.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
    Array(3).fill({ code: 0, stdout: 'hello\n' }),
  )
  expect(workspace.installs()).toBe(1)
})

test('a start says which process it waits for, and can be stopped while it does', async () => {
  workspace.holdInstalls()
  const first = await startInstalling()
  const second = start(workspace)
  const third = start(workspace)

  await second.says(`waiting for process ${first.pid}, which is installing the dependencies…\n`)
  await third.says('waiting for process')
  second.child.kill('SIGTERM')

  expect(await second.ended).toMatchObject({ signal: 'SIGTERM' })
  workspace.letInstallsGo()
  expect(await first.ended).toMatchObject({ code: 0, stdout: 'hello\n' })
  expect(await third.ended).toMatchObject({ code: 0, stdout: 'hello\n' })
  expect(workspace.installs()).toBe(1)
})

testWithProcesses(
  'when the launcher alone is killed, the next start waits for the installer that goes on',
  async () => {
    workspace.holdInstalls()
    const killed = await startInstalling()
    const installer = installerOf(killed)
    killed.child.kill('SIGKILL')

    const next = start(workspace)
    await next.says(`waiting for process ${installer}, which is installing`)
    workspace.letInstallsGo()

    expect(await next.ended).toMatchObject({ code: 0, stdout: 'hello\n' })
    // Nobody was left to say that the first one succeeded.
    expect(workspace.installs()).toBe(2)
  },
)

testWithProcesses(
  'when launcher and installer are killed, the next start waits for nobody and completes',
  async () => {
    workspace.holdInstalls()
    const killed = await startInstalling()
    kill(-killed.pid, 'SIGKILL')
    kill(-installerOf(killed), 'SIGKILL')
    await endProcesses(workspace.folder)
    workspace.letInstallsGo()

    const { code, stdout, stderr } = await start(workspace).ended

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' })
    expect(stderr).not.toContain('waiting')
    expect(workspace.installs()).toBe(2)
    expect(workspace.has('packages/shop/node_modules/greet/package.json')).toBe(true)
  },
)

testWithProcesses(
  'an install that was killed is done again, even when everything seems to be in its place',
  async () => {
    await start(workspace).ended
    workspace.remove('packages/shop/node_modules')
    workspace.holdInstalls()
    const killed = start(workspace)
    await until(() => workspace.installs() === 2, 'the beginning of the second install')
    await endProcesses(workspace.folder)
    workspace.write('packages/shop/node_modules/greet/package.json', '{}')
    workspace.letInstallsGo()

    const next = await start(workspace).ended

    expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' })
    expect(next).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(workspace.installs()).toBe(3)
  },
)

/** Resolves in the middle of the install. */
async function startInstalling(): Promise<Running> {
  const running = start(workspace)
  await until(() => workspace.installs() === 1, 'the beginning of the install')
  return running
}

/** The second holder of the turn: the leader of the group that installs. */
function installerOf(running: Running): number {
  const [launcher, installer] = readlinkSync(workspace.path('node_modules/.launch/turn-1')).split(',')
  expect(launcher).toMatch(new RegExp(`^${running.pid}@`))
  const pid = Number.parseInt(String(installer), 10)
  expect(processesIn(workspace.folder).get(pid)).toContain('npm exec pnpm@')
  return pid
}
