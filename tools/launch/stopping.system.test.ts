import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import rootManifest from '../../package.json' with { type: 'json' }
import { launch, Running, start } from './test/launching.ts'
import { kill, processesIn, testWithProcesses, until } from './test/processes.ts'
import { ROOT_MANIFEST, TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(() => workspace.clear())

testWithProcesses.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while installing ends the installer too, and the next start installs again',
  async (signal) => {
    workspace.holdInstalls()
    const stopped = start(workspace)
    await installing(stopped)

    stopped.child.kill(signal)

    expect(await stopped.ended).toMatchObject({ code: 128 + constants.signals[signal], stdout: '' })
    await nothingIsLeft()
    workspace.letInstallsGo()
    expect(await launch(workspace)).toMatchObject({ code: 0, stdout: 'hello\n' })
  },
)

testWithProcesses('a request that arrives twice, by npm and from the terminal, is one request', async () => {
  workspace.holdInstalls()
  const stopped = start(workspace)
  await installing(stopped)

  stopped.child.kill('SIGINT')
  await sleep(20)
  stopped.child.kill('SIGINT')

  expect(await stopped.ended).toMatchObject({ code: 130, signal: null })
  await nothingIsLeft()
})

testWithProcesses('an installer that does not end when asked is killed at the second request', async () => {
  // Stands for the real one, which always ends when asked.
  workspace.writeProgram(
    'bin/npx',
    "#!/bin/sh\ntrap 'echo > asked' TERM\necho $$ > installs\nwhile :; do sleep 0.05; done\n",
  )
  const stopped = start(workspace, ['hello.ts'], {
    environment: { PATH: `${workspace.path('bin')}:${process.env['PATH']}` },
  })
  await installing(stopped)

  stopped.child.kill('SIGTERM')
  await until(() => workspace.has('asked'), 'the first request')
  await sleep(1_100) // what comes within a second is the same request
  const stillThere = processesIn(workspace.folder).size
  stopped.child.kill('SIGTERM')

  expect(stillThere).toBeGreaterThan(1)
  expect(await stopped.ended).toMatchObject({ code: 143 })
  await nothingIsLeft()
})

describe('npm start', () => {
  beforeEach(() => {
    workspace.writeJson('package.json', {
      ...ROOT_MANIFEST,
      scripts: { ...ROOT_MANIFEST.scripts, start: startScript() },
    })
    workspace.write('build.ts', "console.log('building'); setTimeout(() => console.log('built'), 60_000)\n")
    workspace.write('server.ts', "console.log('serving')\n")
  })

  testWithProcesses('SIGTERM to npm alone while installing leaves nothing running', async () => {
    workspace.holdInstalls()
    const npm = new Running(workspace.folder, ['npm', 'start', '--silent'], {})
    await installing(npm)

    npm.child.kill('SIGTERM')

    await npm.ended
    await nothingIsLeft()
  })

  testWithProcesses('SIGTERM to npm alone while building leaves nothing running', async () => {
    const npm = new Running(workspace.folder, ['npm', 'start', '--silent'], {})
    await npm.says('building')

    npm.child.kill('SIGTERM')

    expect((await npm.ended).stdout).toBe('building\n')
    await nothingIsLeft()
  })

  testWithProcesses('SIGINT to the whole process group while installing leaves nothing running', async () => {
    workspace.holdInstalls()
    const npm = new Running(workspace.folder, ['npm', 'start', '--silent'], {})
    await installing(npm)

    kill(-npm.pid, 'SIGINT')

    await npm.ended
    await nothingIsLeft()
  })
})

/** The real one, with other files. */
function startScript(): string {
  const { scripts } = rootManifest
  expect(scripts.start).toMatch(/^exec node tools\/launch\/launch\.mjs --first \S+\.ts .*\S+\.js$/)
  return scripts.start.replace(/--first .*/, '--first build.ts server.ts')
}

async function installing(running: Running): Promise<void> {
  await running.says('installing dependencies')
  await until(() => workspace.installs() === 1, 'the beginning of the install')
  expect(processesIn(workspace.folder).size).toBeGreaterThan(1)
}

/** pnpm's own watchdog takes a moment to end the scripts of packages. */
async function nothingIsLeft(): Promise<void> {
  await until(() => processesIn(workspace.folder).size === 0, 'the end of everything that runs in the folder')
}
