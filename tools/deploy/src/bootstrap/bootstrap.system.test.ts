import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'

const MAIN = path.join(import.meta.dirname, 'main.ts')
const ACCOUNT = '123456789012'
const BUCKET = `cartwright-tfstate-${ACCOUNT}-eu-west-1`
const EVERYTHING = {
  's3 aws buckets': [BUCKET],
  'dynamodb eu-west-1 tables': ['cartwright-tfstate-locks'],
}
/** It tells of what hangs: other programs keep the machine busy. */
const PATIENCE = 5 * 60_000

let folder: string
let aws: LocalAws

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootstrap-'))
  aws = await startLocalAws()
})

afterAll(async () => {
  await aws.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

interface Run {
  readonly child: ChildProcess
  readonly said: () => string
  /** How it ended, and all that it said. */
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>
}

function bootstrap(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [MAIN, '--yes', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...aws.environment, CDKTF_OUTDIR: path.join(folder, 'out'), ...variables },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, said }))
  return { child, said: () => said, ended }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50)
}

/** States that lie on this machine; the one in `.terraform` only says where the state is. */
function localStates(): readonly string[] {
  const files = readdirSync(path.join(folder, 'out'), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.includes('tfstate') && !file.includes('.terraform'))
}

function s3(): S3Client {
  return new S3Client({
    endpoint: aws.endpoint,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
}

async function hasLifecycle(): Promise<boolean> {
  const { Rules = [] } = await s3()
    .send(new GetBucketLifecycleConfigurationCommand({ Bucket: BUCKET }))
    .catch(() => ({ Rules: [] }))
  return Rules.length > 0
}

async function put(key: string, content: object): Promise<void> {
  await s3().send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: JSON.stringify(content) }))
}

async function remove(key: string): Promise<void> {
  await s3().send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }))
}

describe('before anything is made', () => {
  afterEach(async () => expect(await aws.inventory()).toEqual({}))

  const refusal = (text: string) => ({
    code: 1,
    said: expect.stringMatching(new RegExp(`^bootstrap: ${text}\n$`)),
  })

  test('another account than the one that all environments name is refused', async () => {
    const names = ['DEV', 'STAGING', 'PROD'].map((name) => `CARTWRIGHT_${name}_ACCOUNT_ID`)
    const variables = Object.fromEntries(names.map((name) => [name, '999999999999']))

    const { ended } = bootstrap([], variables)

    expect(await ended).toEqual(
      refusal(`the credentials are of account ${ACCOUNT}; wanted: 999999999999 \\(dev\\), .*`),
    )
  })

  test('no credentials are told with the ways to get some', async () => {
    const { ended } = bootstrap([], { AWS_ACCESS_KEY_ID: undefined })

    expect(await ended).toEqual(refusal('there are no AWS credentials .*: sign in .*'))
  })

  test('a Terraform that is too old, or none, is refused', async () => {
    const old = path.join(folder, 'terraform')
    writeFileSync(old, '#!/bin/sh\necho \'{"terraform_version": "1.10.5"}\'\n')
    chmodSync(old, 0o755)

    const tooOld = await bootstrap([], { CARTWRIGHT_TERRAFORM: old }).ended
    const none = await bootstrap([], { CARTWRIGHT_TERRAFORM: '', PATH: folder.concat('/out') }).ended

    expect(tooOld).toEqual(refusal('.*/terraform is Terraform 1.10.5; wanted: 1.11.0 or newer'))
    expect(none).toEqual(refusal('there is no terraform on PATH: install it .*'))
  })
})

// Each goes on with what the one before has left.
describe('the state backend', () => {
  test(
    'is made, although it was killed after the first call and in the middle of the apply',
    async () => {
      const first = bootstrap([])
      await until(() => first.said().includes('made the bucket'))
      first.child.kill('SIGKILL')
      await first.ended
      const second = bootstrap([])
      await until(async () => 'dynamodb eu-west-1 tables' in (await aws.inventory()))
      await until(hasLifecycle)
      const { pid } = JSON.parse(
        readFileSync(path.join(folder, 'out/stacks/state-backend/running.json'), 'utf8'),
      ) as { pid: number }
      second.child.kill('SIGKILL')
      process.kill(pid, 'SIGKILL')
      await second.ended
      expect(localStates()).toEqual([])

      const third = await bootstrap([]).ended

      expect(third).toEqual({
        code: 0,
        said: expect.stringMatching(/freed the lock of an interrupted run.*3 to import.*is ready\n$/s),
      })
      expect(await aws.inventory()).toEqual(EVERYTHING)
      expect(localStates()).toEqual([])
    },
    PATIENCE,
  )

  test(
    'is left as it is by another run',
    async () => {
      const { code, said } = await bootstrap([]).ended

      expect({ code, last: said.split('\n').at(-2) }).toEqual({
        code: 0,
        last: `state-backend of account ${ACCOUNT} in eu-west-1: nothing to change`,
      })
      expect(localStates()).toEqual([])
    },
    PATIENCE,
  )

  test('is not destroyed while an environment has resources, or is being deployed', async () => {
    const resource = { mode: 'managed', type: 'aws_vpc', name: 'network_vpc', instances: [{}] }
    await put('states/dev.tfstate', { version: 4, resources: [resource] })
    await put('states/staging.tfstate', { version: 4, resources: [] })
    await put('states/prod.tfstate.tflock', {
      ID: 'some-id',
      Who: 'ann@there',
      Operation: 'OperationTypeApply',
    })

    const { code, said } = await bootstrap(['--destroy']).ended

    expect(code).toBe(1)
    expect(said).toContain(
      'dev has 1 resource: aws_vpc.network_vpc; prod is locked (some-id, apply of ann@there',
    )
    expect(said).not.toContain('staging')
    expect(await aws.inventory()).toEqual(EVERYTHING)
  })

  test("waits for another machine's run, unless its lock is named", async () => {
    await put('states/dev.tfstate', { version: 4, resources: [] })
    await put('states/state-backend.tfstate.tflock', { ID: 'its-id', Who: 'ann@there' })

    const refused = await bootstrap(['--destroy']).ended
    const made = await bootstrap([]).ended

    for (const { code, said } of [refused, made]) {
      expect(code).toBe(1)
      expect(said).toContain('wanted: its end or, if it has ended, --unlock its-id')
    }
  })

  test('is destroyed with all that it holds', async () => {
    const locked = await bootstrap(['--destroy', '--unlock', 'its-id']).ended
    expect(locked.said).toContain('prod is locked')
    await remove('states/prod.tfstate.tflock')

    const { code, said } = await bootstrap(['--destroy']).ended

    expect({ code, last: said.split('\n').at(-2) }).toEqual({
      code: 0,
      last: `state-backend of account ${ACCOUNT} in eu-west-1 is gone`,
    })
    expect(await aws.inventory()).toEqual({})
    expect(localStates()).toEqual([])
  })
})
