import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { pullImage } from '@cartwright/image'
import { Load } from '../src/drills/load/load.ts'
import { DeliveryClients } from '../src/pipeline/clients.ts'
import { playPipeline } from '../src/pipeline/play.ts'
import type { Outcome } from '../src/pipeline/player.ts'
import type { Deployment } from '../src/rehearsal/deployment.ts'
import { Rehearsal } from '../src/rehearsal/rehearsal.ts'
import { Remote } from '../src/rehearsal/remote.ts'
import { deliveryRoles, NOT_PLAYED, unused } from './delivery-roles.ts'
import { Repository } from './repository.ts'
import { User, until } from './user.ts'

/** It tells of what hangs: a deploy takes two minutes, and a first build as long. */
const PATIENCE = 1_200_000

/** Times as short as the rules between them allow. */
const COMPLETED = `
  enableCicd: true,
  repositoryId: 'acme/shop',
  healthCheckInterval: 5,
  healthCheckTimeout: 2,
  shutdownDelay: 11,
  deregistrationDelay: 10,
`

/** What is checked before a build: a part of the API's own tests. All are run beside this one. */
const CHECK = 'node tools/launch/launch.mjs --bin jest -c jest.config.cjs apps/cart-api/src/carts'

const PLAY = path.resolve(__dirname, 'play.ts')
const RELEASE = path.resolve(__dirname, '../../release/src/main.ts')

let user: User
let repository: Repository
let rehearsal: Rehearsal
let deployment: Deployment
let remote: Remote
let clients: DeliveryClients
/** What was released, by its commit. */
let first: string
let second: string

beforeAll(async () => {
  user = new User()
  user.add('dev', COMPLETED)
  repository = new Repository(path.join(user.folder, 'repository'), /^$/, CHECK)
  rehearsal = new Rehearsal({
    environment: 'dev',
    folder: user.rehearsal,
    isEmpty: true,
    tell: () => undefined,
    env: user.variables,
  })
  deployment = await rehearsal.deploy()
  await rehearsal.serve()
  const running = user.rehearsal.running()
  if (running === undefined) throw new Error('nobody can find the rehearsal')
  remote = new Remote(running)
  clients = new DeliveryClients(running.aws, running.aws.keys)
}, PATIENCE)

afterAll(async () => {
  await rehearsal.stop()
  await user.end()
}, PATIENCE)

/** Pushes a commit, and plays what becomes of it. */
async function push(
  commit: string,
): Promise<{ readonly outcome: Outcome; readonly said: readonly string[] }> {
  const said: string[] = []
  const outcome = await playPipeline(remote, {
    repository: repository.folder,
    revision: commit,
    tell: (line) => said.push(line),
    env: user.variables,
  })
  // Where the time went, for whoever reads the log of the tests.
  console.log(said.join('\n'))
  return { outcome, said }
}

/** In a process of its own, which is killed when it says that. */
async function playAndKill(commit: string, line: string): Promise<void> {
  const player = spawn(process.execPath, [PLAY, repository.folder, commit], {
    env: user.variables,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let heard = ''
  player.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  const ended = once(player, 'close')
  await until(() => heard.includes(line) || player.exitCode !== null)
  player.kill('SIGKILL')
  await ended
}

/** `npm run release`, `rollback` */
async function command(...args: readonly string[]): Promise<string> {
  const env = { ...user.variables, ...remote.running.variables } as NodeJS.ProcessEnv
  for (const [name, value] of Object.entries(remote.running.variables)) if (value === null) delete env[name]
  const { stdout } = await promisify(execFile)(process.execPath, [RELEASE, ...args], { env })
  return stdout
}

async function ask(pathname: string): Promise<Readonly<Record<string, unknown>>> {
  const { api } = await remote.state()
  const answer = await fetch(`http://${api.connectTo.host}:${api.connectTo.port}${pathname}`)
  return (await answer.json()) as Readonly<Record<string, unknown>>
}

async function inUse(): Promise<string | undefined> {
  const { Parameter } = await clients.ssm.getParameter({ Name: '/cartwright-dev/release' })
  return Parameter?.Value
}

async function expectNothingToChange(): Promise<void> {
  // It fails, with the plan, where there is a change.
  await deployment.run('diff', ['dev'], () => undefined)
}

test(
  'a commit that changes an answer becomes the first release, and leaves nothing for a deploy to change',
  async () => {
    repository.edit(
      'apps/cart-api/catalog/demo.json',
      '"name": "Arc desk lamp"',
      '"name": "Arc reading lamp"',
    )
    first = repository.commit('feat: a lamp to read by')

    const { outcome } = await push(first)

    expect({ outcome }).toMatchObject({ outcome: { status: 'Succeeded', image: first } })
    expect(await ask('/metadata')).toMatchObject({ release: first })
    expect(JSON.stringify(await ask('/products/desk-lamp-arc'))).toContain('Arc reading lamp')
    expect(await inUse()).toBe(first)
    await expectNothingToChange()
  },
  PATIENCE,
)

test(
  'a commit whose tests fail stops at Build, also after an execution that was killed there',
  async () => {
    repository.write('apps/cart-api/src/carts/failing.test.ts', "test('it fails', () => expect(1).toBe(2))\n")
    const failing = repository.commit('test: it fails')
    await playAndKill(failing, 'npm run check')

    const { outcome, said } = await push(failing)
    repository.revert()

    expect(said[0]).toMatch(/^execution \w+ was left in the middle: it is stopped$/)
    expect(outcome).toMatchObject({
      status: 'Failed',
      stage: 'Build',
      reason: expect.stringContaining('npm run check'),
      said: expect.arrayContaining([expect.stringMatching(/it fails/)]),
    })
    expect(await ask('/metadata')).toMatchObject({ release: first })
  },
  PATIENCE,
)

test(
  'a commit whose server does not become healthy is rolled back: no request fails, and a deploy has nothing to change',
  async () => {
    repository.edit(
      'apps/cart-api/src/main.ts',
      'async function start(): Promise<void> {',
      "async function start(): Promise<void> {\n  if (process.env['STORE'] === 'cached') throw new Error('no cache for me')",
    )
    const bad = repository.commit('feat: no cache')
    repository.revert()
    const { api } = await remote.state()
    const load = await Load.start({ api, clients: 4, rate: 3 })
    const { outcome } = await push(bad).catch((error: unknown) => {
      load.abort()
      throw error
    })
    const report = await load.stop()

    expect(outcome).toMatchObject({
      status: 'Failed',
      stage: 'Deploy',
      image: bad,
      rollback: { status: 'Succeeded', image: first },
    })
    expect(report.troubles).toEqual([])
    expect(report).toMatchObject({ failed: 0, carts: { lost: 0, invented: 0, stale: 0 } })
    expect(report.requests).toBeGreaterThan(0)
    expect(await ask('/metadata')).toMatchObject({ release: first })
    expect(await inUse()).toBe(first)
    await expectNothingToChange()
  },
  PATIENCE,
)

test(
  'npm run rollback goes back to the release before, and leaves nothing to change either',
  async () => {
    repository.edit('README.md', '# Cartwright', '# Cartwright, again')
    second = repository.commit('docs: again')
    expect((await push(second)).outcome).toMatchObject({ status: 'Succeeded', image: second })

    const said = await command('rollback', 'dev', '--yes')

    expect(said).toContain(`${first} runs and is in use`)
    expect(await ask('/metadata')).toMatchObject({ release: first })
    expect(await inUse()).toBe(first)
    await expectNothingToChange()
  },
  PATIENCE,
)

test(
  'a changed setting is deployed, and keeps the image',
  async () => {
    const before = await remote.state()
    user.add('dev', '  longestRequest: 9,\n')

    await deployment.run('deploy', ['dev'], () => undefined)

    expect((await remote.state()).service.definition).not.toBe(before.service.definition)
    expect(await ask('/metadata')).toMatchObject({ release: first })
    await expectNothingToChange()
  },
  PATIENCE,
)

test(
  'a setting with which no task starts is undone by ECS, and the deploy says so',
  async () => {
    const before = await remote.state()
    user.add('dev', "  apiSettings: { MERGE_STRATEGY: 'none-such' },\n")

    // ECS is steady then, with what ran before.
    await expect(deployment.run('deploy', ['dev'], () => undefined)).rejects.toThrow(
      /does not run the task definition of this plan.*ECS: .*rolling back to deployment/s,
    )

    expect((await remote.state()).service.definition).toBe(before.service.definition)
    expect(await ask('/metadata')).toMatchObject({ release: first })
  },
  PATIENCE,
)

test(
  'no build says a secret, and no image has one',
  async () => {
    const secrets = await secretsOf()
    expect(secrets.length).toBeGreaterThan(3)
    const lines = await linesOf('/cartwright-dev/delivery/')
    expect(lines.length).toBeGreaterThan(100)
    const { api } = await remote.state()
    expect(api.url).toContain('amazonaws.com')
    const folder = path.join(user.folder, 'pulled')
    const { root, config } = await pullImage({
      ecr: clients.ecr,
      repositoryName: 'cartwright-dev-cart-api',
      imageId: { imageTag: second },
      folder,
    })
    const texts = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    expect(texts.length).toBeGreaterThan(3)

    for (const secret of secrets) {
      expect(lines.some((line) => line.includes(secret))).toBe(false)
      expect(texts.some((text) => text.includes(secret))).toBe(false)
    }
    expect(lines.filter((line) => KEYS.test(line))).toEqual([])
    expect(JSON.stringify(config)).not.toMatch(KEYS)
  },
  PATIENCE,
)

/** Ids of AWS's access keys, and what the emulator's session tokens begin with. */
const KEYS = /\b(AKIA|ASIA|LSIA)[A-Z0-9]{16}\b|FQoGZXIvYXdzE/

/** What nobody but its reader is to see: Redis's tokens, the rehearsal's keys, what Docker logs in with. */
async function secretsOf(): Promise<readonly string[]> {
  const { SecretList = [] } = await clients.secrets.listSecrets({})
  const texts = await Promise.all(
    SecretList.map(
      async ({ ARN }) => (await clients.secrets.getSecretValue({ SecretId: ARN ?? '' })).SecretString ?? '',
    ),
  )
  const tokens = Object.values(await deployment.aws.redisTokens()).flat()
  const { authorizationData = [] } = await clients.ecr.getAuthorizationToken({})
  const login =
    Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64')
      .toString()
      .split(':')[1] ?? ''
  return [...texts, ...tokens, login, clients.keys.secretAccessKey].filter((text) => text !== '')
}

async function linesOf(prefix: string): Promise<readonly string[]> {
  const { logGroups = [] } = await clients.logs.describeLogGroups({ logGroupNamePrefix: prefix })
  const lines: string[] = []
  for (const { logGroupName } of logGroups) {
    const { logStreams = [] } = await clients.logs.describeLogStreams({ logGroupName })
    for (const { logStreamName } of logStreams) {
      const { events = [] } = await clients.logs.getLogEvents({
        logGroupName,
        logStreamName,
        startFromHead: true,
        limit: 10_000,
      })
      lines.push(...events.map(({ message = '' }) => message))
    }
  }
  return lines
}

test('every role may do what it did, and nothing that it did not but for a reason', async () => {
  const roles = await deliveryRoles(clients)
  expect(roles.map(({ name }) => name).toSorted()).toEqual([
    'cartwright-dev-build',
    'cartwright-dev-pipeline',
    'cartwright-dev-smoke',
    'cartwright-dev-undo',
    'cartwright-dev-undo-start',
  ])
  const permissions = await deployment.aws.permissions()
  const surplus = roles.flatMap((role) =>
    unused(role, permissions).map((action) => ({ role: role.name, action })),
  )

  expect(surplus.filter(({ action }) => !(action in NOT_PLAYED))).toEqual([
    // Whatever failed did not run any more.
    { role: 'cartwright-dev-undo', action: 'iam:PassRole' },
    { role: 'cartwright-dev-undo', action: 'ecs:UpdateService' },
  ])
  // No reason is left without an action.
  expect(
    Object.keys(NOT_PLAYED).filter((reason) => !surplus.some(({ action }) => action === reason)),
  ).toEqual([])
  const refused = (await deployment.aws.denials()).filter(({ principal }) =>
    roles.some(({ arn }) => arn === principal),
  )
  expect(refused).toEqual([])
})
