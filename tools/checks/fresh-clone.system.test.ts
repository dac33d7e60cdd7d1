import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = path.resolve(import.meta.dirname, '../..')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')

/** The lines of all shell blocks of the README. */
const commands = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
  String(block).trim().split('\n'),
)
const curls = commands.filter((command) => command.startsWith('curl '))

/** Only against hanging: an empty package cache may have to be filled first. */
const LONGEST_START = 8 * 60_000

let clone: string
let port: number

beforeAll(async () => {
  clone = mkdtempSync(path.join(tmpdir(), 'fresh-clone-'))
  // What a clone of the next commit would hold: what git knows and what it does not ignore.
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of new Set(files.split('\0').filter(Boolean))) {
    mkdirSync(path.dirname(path.join(clone, file)), { recursive: true })
    copyFileSync(path.join(root, file), path.join(clone, file))
  }
  execFileSync('git', ['init', '-q'], { cwd: clone })
  port = await freePort()
})

afterAll(() => rmSync(clone, { recursive: true, force: true, maxRetries: 3 }))

test('the README has commands to start, to try and to test', () => {
  expect(commands).toContain('npm start')
  expect(commands).toContain('npm test')
  expect(curls).toHaveLength(3)
})

test(
  'on a fresh clone, npm start serves, the README can be pasted, and SIGTERM ends it',
  async () => {
    const first = startApi()
    await untilReady(first)

    const [added, shown, ordered, orderedAgain] = [...curls, curls[2]].map((command) =>
      paste(String(command)),
    )

    expect(added).toMatchObject({ version: 1, itemCount: 2 })
    expect(shown).toEqual(added)
    expect(ordered).toMatchObject({ itemCount: 2, total: added?.['total'] })
    expect(orderedAgain).toEqual(ordered)
    await expect(end(first)).resolves.toBe(0)
  },
  LONGEST_START,
)

test(
  'a second start finds everything installed and the carts of the first',
  async () => {
    const second = startApi()
    await untilReady(second)

    expect(second.output()).not.toContain('installing')
    expect(paste(String(curls[1]))).toMatchObject({ version: 2, itemCount: 0 })
    await expect(end(second)).resolves.toBe(0)
  },
  LONGEST_START,
)

test(
  'on a fresh clone, npm test runs and ends with its count',
  () => {
    const output = execFileSync('npm', ['test', '--', 'cart-domain/src/money.test'], {
      cwd: clone,
      encoding: 'utf8',
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })

    expect(output.trimEnd().split('\n').at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/)
  },
  LONGEST_START,
)

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
}

/** Nothing of this run's own environment leaks in but what finds programs and package caches. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|SSL_|NODE_EXTRA|npm_config_)/.test(name),
  )
  return { ...Object.fromEntries(kept), PORT: String(port) }
}

function startApi(): Running {
  // In a group of its own, so that a failing test leaves nothing running.
  const child = spawn('npm', ['start'], { cwd: clone, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return { child, output: () => output }
}

async function untilReady({ child, output }: Running): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${output()}`)
    const ready = await fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await sleep(100)
  }
}

async function end({ child }: Running): Promise<number | null> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  return child.exitCode
}

/** Runs a line of the README as it stands, but for the port. */
function paste(command: string): Record<string, unknown> {
  const line = command.replaceAll(':8080', `:${port}`)
  return JSON.parse(execFileSync('bash', ['-c', line], { encoding: 'utf8' })) as Record<string, unknown>
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
