import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { makeApp } from '@cartwright/image'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { promote } from '../../release/src/commands/promote.ts'
import { release } from '../../release/src/commands/release.ts'
import { rollback } from '../../release/src/commands/rollback.ts'
import type { Talk } from '../../release/src/commands/talk.ts'
import { type Command, type Options, readOptions } from '../../release/src/options.ts'
import { Guard } from '../src/guard/guard.ts'
import { brokenRoot, SmallEnvironment } from './small-environment.ts'

// What releases, rollbacks and promotions leave behind, where ECS really rolls out and really undoes. They build on each
// other, as the life of an environment does.

/** It tells of what hangs: a release takes some seconds. */
const PATIENCE = 240_000
const MAIN = path.resolve(__dirname, '../../release/src/main.ts')
const ALARM = 'cartwright-staging-rollback-errors'

let folder: string
let aws: LocalAws
let guard: Guard
let dev: SmallEnvironment
let staging: SmallEnvironment
/** Of a repository, the oldest first. */
const commits: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'releases-'))
  for (const name of ['git', 'dev', 'staging']) mkdirSync(path.join(folder, name))
  git('init', '--quiet')
  for (let number = 1; number <= 7; number++) {
    writeFileSync(path.join(folder, 'git/it'), String(number))
    git('add', 'it')
    git('commit', '--quiet', '--message', String(number))
    commits.push(git('rev-parse', 'HEAD'))
  }
  aws = await startLocalAws()
  guard = await Guard.start()
  for (const [name, value] of Object.entries(aws.environment)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  const shared = { aws, guard }
  dev = await SmallEnvironment.start({ ...shared, name: 'dev', folder: path.join(folder, 'dev') })
  staging = await SmallEnvironment.start({
    ...shared,
    name: 'staging',
    folder: path.join(folder, 'staging'),
    alarm: ALARM,
  })
  const root = path.join(folder, 'root')
  await makeApp(path.join(root, 'app'))
  const [first, second, broken, wrong, fifth, sixth] = commits as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  for (const tag of [first, second, fifth, sixth]) await dev.push(tag, root)
  await dev.push(broken, brokenRoot(folder))
  await dev.push(wrong, root, ['MAX_LINE_QUANTITY=1'])
}, PATIENCE)

afterAll(async () => {
  await staging?.stop()
  await dev?.stop()
  await guard?.stop()
  await aws?.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.com']
  return execFileSync('git', [...identity, ...args], {
    cwd: path.join(folder, 'git'),
    encoding: 'utf8',
  }).trim()
}

function commit(number: number): string {
  return commits[number - 1] ?? ''
}

/** What a shell would have, that a rehearsal has set. */
function variables({ connectTo }: SmallEnvironment): NodeJS.ProcessEnv {
  const repository = path.join(folder, 'git')
  return {
    ...process.env,
    CARTWRIGHT_CONNECT_TO: connectTo,
    GIT_DIR: path.join(repository, '.git'),
    GIT_WORK_TREE: repository,
  }
}

interface Ended {
  readonly failed?: string
  readonly said: string
}

interface Running {
  readonly ended: Promise<Ended>
  readonly stop: () => void
  readonly until: (words: RegExp) => Promise<void>
}

/** A command as its program runs it, in this process. */
function start(command: Command, args: readonly string[], environment = dev): Running {
  const options = readOptions(command, args)
  if (options === 'help') throw new Error('wanted: options')
  const lines: string[] = []
  const stopping = new AbortController()
  const talk: Talk = {
    tell: (line) => void lines.push(line),
    agree: async () => undefined,
    env: variables(environment),
    signal: stopping.signal,
    undoable: (work) => work,
    interval: 100,
  }
  const ended = carryOut(options, talk).then(
    () => ({ said: lines.join('\n') }),
    (error: Error) => ({ failed: error.message, said: lines.join('\n') }),
  )
  return {
    ended,
    stop: () => stopping.abort(),
    until: async (words) => {
      while (!words.test(lines.join('\n'))) await sleep(10)
    },
  }
}

function carryOut(options: Options, talk: Talk): Promise<void> {
  if (options.command === 'release') return release(options, talk)
  return options.command === 'rollback' ? rollback(options, talk) : promote(options, talk)
}

const run = (command: Command, args: readonly string[], environment = dev): Promise<Ended> =>
  start(command, args, environment).ended

test(
  'the first release of what is checked out starts the tasks, is tried, and is in use',
  async () => {
    git('checkout', '--quiet', commit(1))

    const { failed, said } = await run('release', ['dev'])

    expect(failed).toBeUndefined()
    expect(said).toMatch(/^dev in account 123456789012, eu-west-1: nothing has been released yet/)
    expect(said).toMatch(/ {2}\d\d passed, 0 failed/)
    expect(said).toMatch(/ECS: has started 1 tasks/)
    expect(await dev.inUse()).toBe(commit(1))
    expect(await dev.tags()).toContain(`in-use-${git('rev-parse', 'HEAD^{tree}')}-${commit(1)}`)
    expect(await dev.runs()).toBe(`${commit(1)} × 1`)
    expect(await run('release', ['dev'])).toEqual({
      said: `dev in account 123456789012, eu-west-1: ${commit(1)} runs and is in use; nothing to do`,
    })
  },
  PATIENCE,
)

test(
  'a later release takes its place',
  async () => {
    const { failed } = await run('release', ['dev', '--tag', commit(2)])

    expect(failed).toBeUndefined()
    expect([await dev.inUse(), await dev.runs()]).toEqual([commit(2), `${commit(2)} × 1`])
    expect(await dev.revisions()).toEqual([commit(2), commit(1), 'none'])
  },
  PATIENCE,
)

describe('a release that fails leaves the one before, and no revision', () => {
  afterEach(async () => {
    expect(await dev.inUse()).toBe(commit(2))
    expect(await dev.runs()).toBe(`${commit(2)} × 1`)
    expect((await dev.revisions())[0]).toBe(commit(2))
  })

  test(
    'where tasks do not start, with what ECS says and why they stopped',
    async () => {
      const { failed, said } = await run('release', ['dev', '--tag', commit(3)])

      expect(failed).toMatch(
        /^cartwright-dev-cart-api does not run cartwright-dev-cart-api:\d+: .*tasks failed to start/,
      )
      expect(failed).toMatch(/ECS: .*deployment failed: tasks failed to start/)
      expect(failed).toMatch(
        /a task of cartwright-dev-cart-api:\d+ stopped: EssentialContainerExited: .*container api exited with 1/,
      )
      expect(said).toMatch(/is out of use\n(.*\n)*.* runs \(/)
    },
    PATIENCE,
  )

  test(
    'where the suite fails, with the checks',
    async () => {
      const { failed } = await run('release', ['dev', '--tag', commit(4)])

      expect(failed).toMatch(/^the deployed API is not as it should be:\n {2}\S/)
    },
    PATIENCE,
  )

  test(
    'where it is interrupted',
    async () => {
      const running = start('release', ['dev', '--tag', commit(5)])
      await running.until(/^registered/m)
      running.stop()

      expect(await running.ended).toMatchObject({ failed: 'interrupted' })
    },
    PATIENCE,
  )

  test('where there is no image: nothing is begun', async () => {
    expect(await run('release', ['dev', '--tag', commit(7)])).toEqual({
      failed: expect.stringMatching(
        /^cartwright-dev-cart-api has no image [0-9a-f]{40}; wanted: one that is there/,
      ),
      said: '',
    })
  })
})

test(
  'one that was killed is ended by the same command, and keeps others out meanwhile',
  async () => {
    const killed = spawn(process.execPath, [MAIN, 'release', 'dev', '--tag', commit(5), '--yes'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: variables(dev),
    })
    await said(killed, /0 of 1 tasks/)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const other = await run('release', ['dev', '--tag', commit(6)])

    const again = await run('release', ['dev', '--tag', commit(5)])

    expect(other.failed).toMatch(/^ECS is putting .* in place in cartwright-dev-cart-api; wanted: its end$/)
    expect(again).toEqual({ said: expect.stringMatching(/has the image already/) })
    expect([await dev.inUse(), await dev.runs()]).toEqual([commit(5), `${commit(5)} × 1`])
    expect((await dev.revisions()).filter((tag) => tag === commit(5))).toHaveLength(1)
  },
  PATIENCE,
)

test(
  'a rollback that is interrupted can be done again',
  async () => {
    const running = start('rollback', ['dev'])
    await running.until(/^registered/m)
    running.stop()

    expect(await running.ended).toMatchObject({ failed: 'interrupted' })
    expect(await dev.revisions()).toEqual([commit(5), commit(2), commit(1), 'none'])
  },
  PATIENCE,
)

test(
  'a rollback goes to the release before, and leaves what came after it',
  async () => {
    const strange = await run('rollback', ['dev', commit(6)])
    const { failed } = await run('rollback', ['dev'])

    expect(strange.failed).toMatch(
      new RegExp(
        `^${commit(6)} was never in use here, .*wanted: the tag of one of these:\n  [0-9a-f]{40}, pushed `,
      ),
    )
    expect(failed).toBeUndefined()
    expect([await dev.inUse(), await dev.runs()]).toEqual([commit(2), `${commit(2)} × 1`])
    expect(await dev.revisions()).toEqual([commit(2), commit(2), commit(1), 'none'])
  },
  PATIENCE,
)

test.each([
  ['of two releases at once', 5, 'release', 6],
  ['of one release by two people', 1, 'release', 1],
  ['of a release and a rollback', 6, 'rollback', 2],
] as const)(
  '%s one is in use in the end, and it is the one that runs',
  async (_, released, command, other) => {
    await Promise.all([
      run('release', ['dev', '--tag', commit(released)]),
      run(command, command === 'release' ? ['dev', '--tag', commit(other)] : ['dev', commit(other)]),
    ])

    const inUse = await dev.inUse()
    expect(await dev.runs()).toBe(`${inUse} × 1`)
    expect((await dev.revisions())[0]).toBe(inUse)
  },
  PATIENCE,
)

describe('a promotion', () => {
  const cloudwatch = () => new CloudWatch({ endpoint: aws.endpoint, region: aws.region })

  test('is refused while an alarm rings that ECS would not watch', async () => {
    await cloudwatch().setAlarmState({ AlarmName: ALARM, StateValue: 'ALARM', StateReason: 'it is tried' })

    const { failed } = await run('promote', ['dev', 'staging'], staging)

    await cloudwatch().setAlarmState({ AlarmName: ALARM, StateValue: 'OK', StateReason: 'it was tried' })
    expect(failed).toMatch(
      new RegExp(`^${ALARM} is in ALARM, .*; wanted: the alarm's end, or --despite-alarms$`),
    )
    expect(await staging.inUse()).toBe('none')
  })

  test(
    'brings the same bytes into the other registry, and lets scaling keep its tasks',
    async () => {
      const tag = await dev.inUse()

      const { failed, said } = await run('promote', ['dev', 'staging'], staging)

      expect(failed).toBeUndefined()
      const [, digest] = /\((sha256:[0-9a-f]{64})\), which is in use in dev/.exec(said) ?? []
      expect(said).toContain(`cartwright-staging-cart-api has ${tag} as ${digest}`)
      expect([await staging.inUse(), await staging.runs()]).toEqual([tag, `${tag} × 2`])
      const { ScalableTargets } = await staging.clients.autoScaling.describeScalableTargets({
        ServiceNamespace: 'ecs',
      })
      expect(ScalableTargets?.map(({ MinCapacity }) => MinCapacity).toSorted()).toEqual([0, 2])
    },
    PATIENCE,
  )
})

test('an image with serious findings is not released', async () => {
  await aws.giveFindings({ repositoryName: dev.repositoryName, severities: { CRITICAL: 1 } })
  await dev.push(commit(7), brokenRoot(folder))

  const { failed } = await run('release', ['dev', '--tag', commit(7)])

  expect(failed).toMatch(
    /^the scan found vulnerabilities \(1 critical\); wanted: none .*, or --despite-findings$/,
  )
  expect(await dev.revisions()).not.toContain(commit(7))
})

async function said({ stdout }: ChildProcess, words: RegExp): Promise<void> {
  let all = ''
  for await (const text of stdout ?? []) {
    all += String(text)
    if (words.test(all)) return
  }
  throw new Error(`it ended without a word of ${words}:\n${all}`)
}
