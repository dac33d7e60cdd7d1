import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Deployment, ECS } from '@aws-sdk/client-ecs'
import { findTerraform, type LocalAws, startLocalAws } from '../src/index.ts'
import { type Ended, type Running, start } from './command.ts'

const PATIENCE = 5 * 60_000

let folder: string
let aws: LocalAws
let ecs: ECS

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'steady-state-'))
  cpSync(path.join(import.meta.dirname, 'steady-state'), folder, { recursive: true })
  aws = await startLocalAws()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  ecs = new ECS({ endpoint: aws.endpoint, region: aws.region, credentials })
  await terraform('init').ended
}, PATIENCE)

afterAll(async () => {
  ecs.destroy()
  await aws.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

test(
  'an apply waits until a release is reported as completed, and sees that one was undone',
  async () => {
    expect(await apply(1).ended).toMatchObject({ code: 0, stderr: '' })
    const [first] = await deployments()
    await aws.reportService(report([told(first, { status: 'PRIMARY', tasks: 2 })]))

    const good = following(apply(2))
    const [second] = await deploymentsOnce(2)
    const old = told(first, { status: 'ACTIVE', tasks: 2 })
    await aws.reportService(report([told(second, { status: 'PRIMARY', tasks: 1 }), old]))
    // The provider looks a tenth of a second after the update, then after pauses twice as long each time.
    await sleep(1_500)
    expect(good.hasEnded()).toBe(false)
    await aws.reportService(report([told(second, { status: 'PRIMARY', tasks: 2 })]))
    expect(await good.ended).toMatchObject({ code: 0 })

    const bad = following(apply(3))
    const [third] = await deploymentsOnce(2)
    const failed = told(third, { status: 'ACTIVE', tasks: 0 })
    await aws.reportService(report([told(second, { status: 'PRIMARY', tasks: 2 }), failed]))
    await aws.reportService(report([told(second, { status: 'PRIMARY', tasks: 2 })]))
    const { code, stderr } = await bad.ended
    expect(code).toBe(1)
    expect(stderr).toContain('the deployment was undone')
  },
  PATIENCE,
)

function terraform(...args: string[]): Running {
  return start(findTerraform(), [...args, '-no-color', '-input=false'], {
    cwd: folder,
    env: { ...process.env, ...aws.environment },
  })
}

function apply(release: number): Running {
  return terraform('apply', '-auto-approve', '-refresh=false', `-var=release=${release}`)
}

function following({ ended }: Running): { hasEnded(): boolean; ended: Promise<Ended> } {
  let hasEnded = false
  void ended.finally(() => {
    hasEnded = true
  })
  return { hasEnded: () => hasEnded, ended }
}

async function deployments(): Promise<readonly Deployment[]> {
  const { services } = await ecs.describeServices({ cluster: 'steady', services: ['app'] })
  return services?.[0]?.deployments ?? []
}

async function deploymentsOnce(count: number): Promise<readonly Deployment[]> {
  for (;;) {
    const found = await deployments()
    if (found.length === count) return found
    await sleep(50)
  }
}

/** A deployment as a scheduler tells it. */
function told(
  deployment: Deployment | undefined,
  { status, tasks }: { readonly status: 'PRIMARY' | 'ACTIVE'; readonly tasks: number },
) {
  return {
    id: deployment?.id,
    taskDefinition: deployment?.taskDefinition,
    status,
    desiredCount: 2,
    runningCount: tasks,
    pendingCount: 0,
    failedTasks: 0,
    rolloutState: tasks === 2 ? 'COMPLETED' : 'IN_PROGRESS',
    rolloutStateReason: '',
    createdAt: Date.now(),
    updatedAt: Date.now(),
  }
}

function report(deployments: readonly ReturnType<typeof told>[]) {
  return {
    service: `arn:aws:ecs:${aws.region}:123456789012:service/steady/app`,
    desiredCount: 2,
    runningCount: deployments.reduce((sum, { runningCount }) => sum + runningCount, 0),
    pendingCount: 0,
    deployments,
    events: [],
    tasks: [],
  }
}
