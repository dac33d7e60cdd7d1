import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { ACCOUNT, STATE_BUCKET as BUCKET, Machine, until } from './machine.ts'

const EVERYTHING = {
  's3 aws buckets': [BUCKET],
  'dynamodb eu-west-1 tables': ['cartwright-tfstate-locks'],
}
/** It tells of what hangs: other programs keep the machine busy. */
const PATIENCE = 5 * 60_000

let machine: Machine
let s3: S3Client

beforeAll(async () => {
  machine = await Machine.start()
  s3 = new S3Client(machine.place)
})

afterAll(async () => await machine.end())

async function hasLifecycle(): Promise<boolean> {
  const { Rules = [] } = await s3
    .send(new GetBucketLifecycleConfigurationCommand({ Bucket: BUCKET }))
    .catch(() => ({ Rules: [] }))
  return Rules.length > 0
}

async function put(key: string, content: object): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: JSON.stringify(content) }))
}

async function remove(key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }))
}

describe('before anything is made', () => {
  afterEach(async () => expect(await machine.aws.inventory()).toEqual({}))

  const refusal = (text: string) => ({
    code: 1,
    said: expect.stringMatching(new RegExp(`^bootstrap: ${text}\n$`)),
  })

  test('another account than the one that all environments name is refused', async () => {
    const names = ['DEV', 'STAGING', 'PROD'].map((name) => `CARTWRIGHT_${name}_ACCOUNT_ID`)
    const variables = Object.fromEntries(names.map((name) => [name, '999999999999']))

    const { ended } = machine.start('bootstrap', [], variables)

    expect(await ended).toEqual(
      refusal(`the credentials are of account ${ACCOUNT}; wanted: 999999999999 \\(dev\\), .*`),
    )
  })

  test('no credentials are told with the ways to get some', async () => {
    const { ended } = machine.start('bootstrap', [], { AWS_ACCESS_KEY_ID: undefined })

    expect(await ended).toEqual(refusal('there are no AWS credentials .*: sign in .*'))
  })

  test('a Terraform that is too old, or none, is refused', async () => {
    const old = path.join(machine.folder, 'terraform')
    writeFileSync(old, '#!/bin/sh\necho \'{"terraform_version": "1.10.5"}\'\n')
    chmodSync(old, 0o755)

    const tooOld = await machine.run('bootstrap', [], { CARTWRIGHT_TERRAFORM: old })
    const none = await machine.run('bootstrap', [], { CARTWRIGHT_TERRAFORM: '', PATH: machine.stack('none') })

    expect(tooOld).toEqual(refusal('.*/terraform is Terraform 1.10.5; wanted: 1.11.0 or newer'))
    expect(none).toEqual(refusal('there is no terraform on PATH: install it .*'))
  })
})

// Each goes on with what the one before has left.
describe('the state backend', () => {
  test(
    'is made, although it was killed after the first call and in the middle of the apply',
    async () => {
      const first = machine.start('bootstrap')
      await until(() => first.said().includes('made the bucket'))
      first.child.kill('SIGKILL')
      await first.ended
      const second = machine.start('bootstrap')
      await until(async () => 'dynamodb eu-west-1 tables' in (await machine.aws.inventory()))
      await until(hasLifecycle)
      const { pid } = JSON.parse(
        readFileSync(path.join(machine.stack('state-backend'), 'running.json'), 'utf8'),
      ) as { pid: number }
      second.child.kill('SIGKILL')
      process.kill(-pid, 'SIGKILL')
      await second.ended
      expect(machine.localStates()).toEqual([])

      const third = await machine.run('bootstrap', [])

      expect(third).toEqual({
        code: 0,
        said: expect.stringMatching(/freed the lock of an interrupted run.*3 to import.*is ready\n$/s),
      })
      expect(await machine.aws.inventory()).toEqual(EVERYTHING)
      expect(machine.localStates()).toEqual([])
    },
    PATIENCE,
  )

  test(
    'is left as it is by another run',
    async () => {
      const { code, said } = await machine.run('bootstrap', [])

      expect({ code, last: said.split('\n').at(-2) }).toEqual({
        code: 0,
        last: `state-backend of account ${ACCOUNT} in eu-west-1: nothing to change`,
      })
      expect(machine.localStates()).toEqual([])
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

    const { code, said } = await machine.run('bootstrap', ['--destroy'])

    expect(code).toBe(1)
    expect(said).toContain(
      'dev has 1 resource: aws_vpc.network_vpc; prod is locked (some-id, apply of ann@there',
    )
    expect(said).not.toContain('staging')
    expect(await machine.aws.inventory()).toEqual(EVERYTHING)
  })

  test("waits for another machine's run, unless its lock is named", async () => {
    await put('states/dev.tfstate', { version: 4, resources: [] })
    await put('states/state-backend.tfstate.tflock', { ID: 'its-id', Who: 'ann@there' })

    const refused = await machine.run('bootstrap', ['--destroy'])
    const made = await machine.run('bootstrap', [])

    for (const { code, said } of [refused, made]) {
      expect(code).toBe(1)
      expect(said).toContain('wanted: its end or, if it has ended, --unlock its-id')
    }
  })

  test('is destroyed with all that it holds', async () => {
    const locked = await machine.run('bootstrap', ['--destroy', '--unlock', 'its-id'])
    expect(locked.said).toContain('prod is locked')
    await remove('states/prod.tfstate.tflock')

    const { code, said } = await machine.run('bootstrap', ['--destroy'])

    expect({ code, last: said.split('\n').at(-2) }).toEqual({
      code: 0,
      last: `state-backend of account ${ACCOUNT} in eu-west-1 is gone`,
    })
    expect(await machine.aws.inventory()).toEqual({})
    expect(machine.localStates()).toEqual([])
  })
})
