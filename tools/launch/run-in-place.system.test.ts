import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch, start } from './test/launching.ts'
import { TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeAll(async () => {
  workspace = new TinyWorkspace()
  await launch(workspace)
})

afterAll(() => workspace.clear())

test('the program gets its arguments, flags for Node, the environment and standard input, and answers', async () => {
  workspace.write(
    'program.ts',
    `import { text } from 'node:stream/consumers'
     const input: string = await text(process.stdin)
     console.log(JSON.stringify([process.argv.slice(2), process.execArgv, process.env.COLOUR, input]))
     console.error('and complains')`,
  )

  const ended = await launch(workspace, ['--no-deprecation', 'program.ts', 'a b', '--flag', '$HOME'], {
    environment: { COLOUR: 'blue' },
    input: 'from outside',
  })

  expect(JSON.parse(ended.stdout)).toEqual([
    ['a b', '--flag', '$HOME'],
    ['--no-deprecation'],
    'blue',
    'from outside',
  ])
  expect(ended).toMatchObject({ code: 0, stderr: 'and complains\n' })
})

test('what the program starts finds its Node and the installed tools first', async () => {
  workspace.write(
    'program.ts',
    `import { execSync } from 'node:child_process'
     process.stdout.write(execSync('command -v node; command -v greet', { encoding: 'utf8' }))`,
  )

  const { stdout } = await launch(workspace, ['program.ts'])

  expect(stdout.split('\n')).toEqual([process.execPath, workspace.path('node_modules/.bin/greet'), ''])
})

test('a tool is run with its arguments', async () => {
  expect(await launch(workspace, ['--bin', 'greet', 'all'])).toMatchObject({
    code: 0,
    stdout: 'greetings to all\n',
  })
})

test.each([0, 1, 42, 255])('exit code %i is passed on', async (code) => {
  workspace.write('program.ts', `process.exit(${code})`)

  expect(await launch(workspace, ['program.ts'])).toMatchObject({ code, signal: null })
})

test.each(['SIGKILL', 'SIGTERM', 'SIGABRT'] as const)(
  'an end by %s becomes the code that shells give it',
  async (signal) => {
    workspace.write(
      'program.ts',
      `process.kill(process.pid, '${signal}')\nsetInterval(() => undefined, 1000)`,
    )

    const { code } = await launch(workspace, ['program.ts'])

    expect(code).toBe(128 + constants.signals[signal])
  },
)

describe('a signal', () => {
  /** Says which signals it hears, and ends when there is a certain file. */
  const LISTENER = `
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => console.log(signal))
    setInterval(() => fs.existsSync('enough') && process.exit(5), 10)
    console.log('ready')`

  beforeEach(() => {
    workspace.remove('enough')
    workspace.write('program.ts', `import fs from 'node:fs'${LISTENER}`)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s reaches the program, which decides what comes of it',
    async (signal) => {
      const running = start(workspace, ['program.ts'])
      await running.says('ready')

      running.child.kill(signal)
      await running.says(signal)
      workspace.write('enough', '')

      expect(await running.ended).toMatchObject({ code: 5, signal: null, stdout: `ready\n${signal}\n` })
    },
  )

  test('that arrives twice at once, by npm and directly, reaches the program once', async () => {
    const running = start(workspace, ['program.ts'])
    await running.says('ready')

    running.child.kill('SIGTERM')
    await running.says('SIGTERM')
    running.child.kill('SIGTERM')
    await sleep(200) // the first took a few milliseconds
    workspace.write('enough', '')

    expect(await running.ended).toMatchObject({ code: 5, stdout: 'ready\nSIGTERM\n' })
  })

  test('that is sent again after a while, or another one, reaches the program too', async () => {
    const running = start(workspace, ['program.ts'])
    await running.says('ready')

    running.child.kill('SIGTERM')
    await running.says('SIGTERM')
    running.child.kill('SIGINT')
    await running.says('SIGINT')
    await sleep(1_100) // what comes within a second is the same request
    running.child.kill('SIGTERM')
    await running.says('SIGTERM\nSIGINT\nSIGTERM')
    workspace.write('enough', '')

    expect(await running.ended).toMatchObject({ code: 5 })
  })
})

describe('with --first', () => {
  beforeEach(() => workspace.write('program.ts', "console.log('program', process.argv[2])"))

  test('one program runs before the other, without its arguments', async () => {
    workspace.write('first.ts', "console.log('first', process.argv.length)")

    const ended = await launch(workspace, ['--first', 'first.ts', 'program.ts', 'argument'])

    expect(ended).toMatchObject({ code: 0, stdout: 'first 2\nprogram argument\n' })
  })

  test('the other does not run when the first fails', async () => {
    workspace.write('first.ts', 'process.exit(9)')

    expect(await launch(workspace, ['--first', 'first.ts', 'program.ts'])).toMatchObject({
      code: 9,
      stdout: '',
    })
  })

  test('the other does not run after a stop request, even when the first succeeds all the same', async () => {
    workspace.write(
      'first.ts',
      "process.once('SIGTERM', () => process.exit(0))\nsetInterval(() => undefined, 1000)\nconsole.log('first')",
    )
    const running = start(workspace, ['--first', 'first.ts', 'program.ts'])
    await running.says('first')

    running.child.kill('SIGTERM')

    expect(await running.ended).toMatchObject({ code: 143, stdout: 'first\n' })
  })
})
