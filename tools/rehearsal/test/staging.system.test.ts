import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Clients } from '../src/clients/index.ts'
import { DRILL_NAMES, type DrillName, runDrill, shownReport } from '../src/drills/index.ts'
import { buildApi } from '../src/images/index.ts'
import { treeOf } from '../src/pipeline/checkout.ts'
import { playPipeline } from '../src/pipeline/play.ts'
import { prove } from '../src/pipeline/prove.ts'
import type { Deployment } from '../src/rehearsal/deployment.ts'
import { Rehearsal } from '../src/rehearsal/rehearsal.ts'
import { Remote } from '../src/rehearsal/remote.ts'
import { deliveryRoles, NOT_PLAYED, unused } from './delivery-roles.ts'
import { Repository } from './repository.ts'
import { User } from './user.ts'

/** It tells of what hangs: a deploy takes two minutes, and each drill up to two. */
const PATIENCE = 1_200_000

/** As its owner would complete it: a domain; and times as short as the rules between them allow. */
const COMPLETED = `
  domainName: 'shop.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000',
  healthCheckInterval: 5,
  healthCheckTimeout: 2,
  shutdownDelay: 11,
  deregistrationDelay: 10,
  enableCicd: true,
  repositoryId: 'acme/shop',
  manualApproval: true,
`

/** Where its images come from. */
const PROVING = `
  enableCicd: true,
  repositoryId: 'acme/shop',
`

const PROVING_REPOSITORY = 'cartwright-dev-cart-api'

/** The emulator takes one request at a time, some ten milliseconds each, and other tests take processors, too. */
const LOAD = { clients: 4, rate: 3 }

let user: User
let rehearsal: Rehearsal
let remote: Remote
let deployment: Deployment
let clients: Clients
const said: string[] = []

beforeAll(async () => {
  user = new User()
  user.add('dev', PROVING)
  user.add('staging', COMPLETED)
  rehearsal = new Rehearsal({
    environment: 'staging',
    folder: user.rehearsal,
    tell: (line) => said.push(line),
    env: user.variables,
  })
  deployment = await rehearsal.deploy()
  await rehearsal.serve()
  const running = user.rehearsal.running()
  if (running === undefined) throw new Error('nobody can find the rehearsal')
  remote = new Remote(running)
  clients = new Clients(running.aws, running.aws.keys)
}, PATIENCE)

afterAll(async () => {
  await rehearsal.stop()
  await user.end()
}, PATIENCE)

test('serves by HTTPS for its domain, from two tasks and two Redis nodes, and passes the smoke suite', async () => {
  const { api, tasks, redis } = await remote.state()

  expect(api.url).toBe('https://shop.example.com')
  expect(tasks.filter(({ target }) => target === 'healthy')).toHaveLength(2)
  expect(redis.map(({ role }) => role).toSorted()).toEqual(['primary', 'replica'])
  expect(said).toContainEqual(expect.stringMatching(/✓ another instance sees the same cart/))
  expect(said).toContainEqual(expect.stringMatching(/ {2}\d+ passed, 0 failed$/))
})

test.each(DRILL_NAMES)(
  'the drill %s holds what it promises',
  async (name) => {
    await play(name)
  },
  PATIENCE,
)

test(
  'so does an interruption that the load balancer hears of last',
  async () => {
    await play('spot-interruption', true)
  },
  PATIENCE,
)

test(
  'its pipeline takes over the very image that was proven, and waits for somebody before it is released',
  async () => {
    const [proven, own] = [PROVING_REPOSITORY, 'cartwright-staging-cart-api']
    const repository = new Repository(path.join(user.folder, 'repository'), /./)
    const commit = repository.commit('feat: proven')
    const { ecr } = clients
    const sources = { repository: repository.folder, commit }
    const image = path.join(user.folder, 'image')
    mkdirSync(image)
    const build = () => buildApi(commit, image)
    const digest = await prove({ ecr, repositoryName: proven, sources, build })
    const told: string[] = []
    const options = { ...sources, env: user.variables, tell: (line: string) => told.push(line) }

    const waiting = await playPipeline(remote, { ...options, revision: commit })
    const before = await ecr.describeImages({ repositoryName: own, imageIds: [{ imageTag: commit }] })
    expect(waiting).toMatchObject({ status: 'Waiting', reason: `Deploys ${commit} to staging` })
    expect(before.imageDetails?.[0]?.imageDigest).toBe(digest)
    await expect(playPipeline(remote, { ...options, revision: commit })).rejects.toThrow(
      'waits for an approval',
    )

    const released = await playPipeline(remote, { ...options, answer: 'approve' })
    expect({ released, told }).toMatchObject({ released: { status: 'Succeeded', image: commit } })
    const after = await ecr.describeImages({ repositoryName: own, imageIds: [{ imageDigest: digest }] })
    const permissions = await deployment.aws.permissions()
    const roles = await deliveryRoles(clients)
    const did = roles.filter(({ name }) => /-(pipeline|promote)$/.test(name))
    expect(did).toHaveLength(2)
    for (const role of did)
      expect(unused(role, permissions).filter((action) => !(action in NOT_PLAYED))).toEqual([])
    expect(after.imageDetails?.[0]?.imageTags?.toSorted()).toEqual(
      [commit, `in-use-${await treeOf(sources)}-${commit}`].toSorted(),
    )
  },
  PATIENCE,
)

async function play(name: DrillName, isLate = false): Promise<void> {
  const told: string[] = []
  const report = await runDrill(remote, name, { ...LOAD, isLate, tell: (line) => told.push(line) })
  // The longest wait, for whoever reads the log of the tests.
  console.log(shownReport(report))
  expect({ broken: report.broken, told: report.held ? [] : told }).toEqual({ broken: [], told: [] })
}

test(
  'is destroyed as one that was lived in, and leaves nothing',
  async () => {
    // Nobody has deployed it.
    await clients.ecr.deleteRepository({ repositoryName: PROVING_REPOSITORY, force: true })
    await rehearsal.destroy()
    await rehearsal.stop()

    expect(user.left()).toEqual({ processes: [], files: [] })
  },
  PATIENCE,
)
