import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findTerraform, type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { ensureFirstRotation, isFirstRotationDue, type RotateOptions, rotateToken } from './rotate.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')
/** On two processors that others use too. */
const PATIENCE = 15 * 60_000

let folder: string
let stack: string
let aws: LocalAws

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rotate-'))
  stack = path.join(folder, 'stacks/dev')
  aws = await startLocalAws()
  Object.assign(process.env, aws.environment)
})

afterAll(async () => {
  await aws.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

function succeed(
  command: string,
  args: readonly string[],
  cwd: string,
  codes: readonly number[] = [0],
): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...aws.environment, CDKTF_OUTDIR: folder },
  })
  if (!codes.includes(status ?? -1))
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return stdout
}

const terraform = (...args: string[]) => succeed(findTerraform(), args, stack)

/** The cache of dev, with what it stands on; the rest of the stack would only take time. */
function cacheOnly(): readonly string[] {
  const { resource } = JSON.parse(readFileSync(path.join(stack, 'cdk.tf.json'), 'utf8')) as {
    resource: Record<string, Record<string, unknown>>
  }
  const types = ['aws_elasticache_replication_group', 'aws_secretsmanager_secret_version']
  return types.flatMap((type) => Object.keys(resource[type] ?? {}).map((id) => `-target=${type}.${id}`))
}

/** What a plan would do, `2` being the code of a plan with changes. */
function planned(): readonly string[] {
  const file = path.join(folder, 'plan')
  const said = succeed(
    findTerraform(),
    ['plan', '-input=false', '-no-color', '-detailed-exitcode', `-out=${file}`, ...cacheOnly()],
    stack,
    [0, 2],
  )
  return said.split('\n').filter((line) => line.startsWith('  # '))
}

test(
  'no plan after a rotation wants to change anything, no state holds the token, and all of it is destroyed',
  async () => {
    succeed(process.execPath, [path.join(ROOT, 'infra/src/main.ts')], ROOT)
    const backend = { local: { path: path.join(folder, 'state') } }
    writeFileSync(path.join(stack, 'backend_override.tf.json'), JSON.stringify({ terraform: { backend } }))
    terraform('init', '-input=false')
    terraform('apply', '-input=false', '-auto-approve', ...cacheOnly())
    const options: RotateOptions = {
      region: 'eu-west-1',
      replicationGroupId: 'cartwright-dev-cart',
      secretArn: terraform('output', '-raw', 'redis_secret_arn'),
      interval: 1,
      tell: () => undefined,
    }
    expect(await isFirstRotationDue(options)).toBe(true)
    expect(planned()).toEqual([])

    await ensureFirstRotation(options)
    expect(planned()).toEqual([])
    for (let round = 0; round < 3; round += 1) {
      await rotateToken(options)
      expect(planned()).toEqual([])
    }
    terraform('apply', '-input=false', '-auto-approve', ...cacheOnly())

    expect(await isFirstRotationDue(options)).toBe(false)
    const state = readFileSync(path.join(folder, 'state'), 'utf8')
    const { 'cartwright-dev-cart': valid = [] } = await aws.redisTokens()
    expect(valid).toHaveLength(1)
    expect(valid.filter((token) => state.includes(token))).toEqual([])
    terraform('destroy', '-input=false', '-auto-approve')
    expect(Object.keys(await aws.inventory())).toEqual(['kms eu-west-1 keys'])
  },
  PATIENCE,
)
