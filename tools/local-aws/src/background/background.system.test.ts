import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { aws } from '../../test/command.ts'
import { type Identity, identityAt } from '../emulator.ts'

/** An emulator needs two seconds of a processor to start, and others use it too. */
const PATIENCE = 120_000

let cache: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'background-'))
  env = { ...process.env, CARTWRIGHT_CACHE: cache }
})

afterEach(async () => {
  await aws(['down'], env).ended
  rmSync(cache, { recursive: true, force: true, maxRetries: 3 })
})

test(
  'up starts it, a second up finds it, down ends it and all that was in it, a second down finds nothing',
  async () => {
    expect(await aws(['status'], env).ended).toMatchObject({ code: 1, stdout: 'it does not run\n' })

    const first = await aws(['up'], env).ended
    const second = await aws(['up'], env).ended
    const status = await aws(['status'], env).ended

    const { endpoint, pid } = state()
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain(`started: ${endpoint} (process ${pid})`)
    expect(second.stdout).toContain(`runs already: ${endpoint} (process ${pid})`)
    expect(status).toMatchObject({ code: 0, stdout: `runs: ${endpoint} (process ${pid})\n` })
    expect((await aws(['env'], env).ended).stdout).toContain(`export AWS_ENDPOINT_URL='${endpoint}'\n`)

    expect(await aws(['down'], env).ended).toMatchObject({ code: 0, stdout: 'ended\n' })
    expect(await aws(['down'], env).ended).toMatchObject({ code: 0, stdout: 'it does not run\n' })
    expect(await identityAt(endpoint)).toBeUndefined()
    expect(await aws(['env'], env).ended).toMatchObject({
      code: 1,
      stderr: 'local-aws: it does not run; start it: npm run aws -- up\n',
    })
  },
  PATIENCE,
)

test(
  'three that start it at the same time start one',
  async () => {
    const ups = await Promise.all([1, 2, 3].map(() => aws(['up'], env).ended))

    const { pid } = state()
    expect(ups.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(ups.filter(({ stdout }) => stdout.includes(`started: `))).toHaveLength(1)
    expect(ups.filter(({ stdout }) => stdout.includes(`(process ${pid})`))).toHaveLength(3)
  },
  PATIENCE,
)

test(
  'what a killed starter began is what the next one finds',
  async () => {
    const killed = aws(['up'], env)
    await until(() => held() !== undefined)
    process.kill(killed.pid, 'SIGKILL')
    await killed.ended
    expect(existsSync(file('state.json'))).toBe(false)

    const next = await aws(['up'], env).ended

    expect(next.stdout).toContain('runs already')
    expect(state().pid).toBe(held()?.pid)
  },
  PATIENCE,
)

test(
  'after the emulator was killed it does not run, and can be started again',
  async () => {
    await aws(['up'], env).ended
    const { pid, endpoint } = state()
    process.kill(pid, 'SIGKILL')
    await until(async () => (await identityAt(endpoint)) === undefined)

    expect(await aws(['status'], env).ended).toMatchObject({ code: 1 })
    expect(await aws(['down'], env).ended).toMatchObject({ stdout: 'it does not run\n' })
    expect((await aws(['up'], env).ended).stdout).toContain('started')
    expect(state().pid).not.toBe(pid)
  },
  PATIENCE,
)

test(
  'down ends one that does not answer any more',
  async () => {
    await aws(['up'], env).ended
    process.kill(state().pid, 'SIGSTOP')

    expect(await aws(['down'], env).ended).toMatchObject({ code: 0, stdout: 'ended\n' })
    expect((await aws(['up'], env).ended).stdout).toContain('started')
  },
  PATIENCE,
)

test(
  'a port that is taken, or another one than that on which it runs, is said',
  async () => {
    const other = createServer((_, answer) => answer.end('{}'))
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    // A TCP server's address is never a path.
    const { port } = other.address() as AddressInfo

    const taken = await aws(['up', '--port', String(port)], env).ended
    await aws(['up'], env).ended
    const different = await aws(['up', '--port', String(port)], env).ended
    other.close()

    expect(taken).toMatchObject({
      code: 1,
      stderr: `local-aws: port ${port} is taken by something else; without --port a free one is found\n`,
    })
    expect(different).toMatchObject({
      code: 1,
      stderr: `local-aws: it runs already, on port ${state().port}; wanted: ${port}. End it first: npm run aws -- down\n`,
    })
  },
  PATIENCE,
)

test('without moto, up says how to get it', async () => {
  const { code, stderr } = await aws(['up'], { PATH: cache, HOME: cache, CARTWRIGHT_CACHE: cache }).ended

  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^local-aws: the AWS emulator needs a Python 3\.10 or newer with moto\[server\]==5\.2\.1/,
  )
})

test('--help tells the commands, and a wrong one is answered by it', async () => {
  expect(await aws(['--help'], env).ended).toMatchObject({ code: 0, stderr: '' })
  expect(await aws(['sideways'], env).ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('got "sideways"; wanted: one of up, down, status, env'),
  })
})

function state(): Identity {
  return JSON.parse(readFileSync(file('state.json'), 'utf8')) as Identity
}

/** Who holds the lock; undefined before anybody does. */
function held(): Pick<Identity, 'pid'> | undefined {
  try {
    return JSON.parse(readFileSync(file('lock'), 'utf8')) as Identity
  } catch {
    return undefined
  }
}

function file(name: string): string {
  return path.join(cache, 'local-aws', name)
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5)
}
