import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import {
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { type CallGate, startCallGate } from '../../test/call-gate.ts'
import { ensureFirstRotation, isFirstRotationDue, type RotateOptions, rotateToken } from './rotate.ts'

const MAIN = path.join(import.meta.dirname, 'main.ts')
const REGION = 'eu-west-1'
/** It tells of what hangs: other programs keep the machine busy. */
const PATIENCE = 5 * 60_000
const FIRST_VERSION = 'terraform-20261121203836123400000001'
const CHANGING = /^(Put|Update|Modify)/

let aws: LocalAws
let secrets: SecretsManagerClient
let redis: ElastiCacheClient
let gates: CallGate[]
let deployments = 0

beforeAll(async () => {
  aws = await startLocalAws()
  const config = {
    endpoint: aws.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }
  secrets = new SecretsManagerClient(config)
  redis = new ElastiCacheClient(config)
  // What was cut off stays so.
  Object.assign(process.env, aws.environment, { AWS_MAX_ATTEMPTS: '1' })
})
beforeEach(() => {
  gates = []
})
afterEach(async () => {
  for (const gate of gates) await gate.stop()
})
afterAll(() => aws.stop())

/** What Terraform leaves: a group with a token that is thrown away, and a secret with another one. */
class Deployment {
  readonly group: string
  readonly secretArn: string
  /** What went wrong at some moment. */
  readonly wrong: string[] = []
  /** Whether what the API reads has to be valid. */
  isInUse = false

  private constructor(group: string, secretArn: string) {
    this.group = group
    this.secretArn = secretArn
  }

  static async make(group = `cart-${++deployments}`): Promise<Deployment> {
    await makeGroup(group)
    const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: `${group}-redis` }))
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: ARN,
        ClientRequestToken: FIRST_VERSION,
        SecretString: `first-token-of-${group}`,
        VersionStages: ['AWSCURRENT', 'CARTWRIGHT_FIRST'],
      }),
    )
    return new Deployment(group, ARN)
  }

  static async makeRotated(): Promise<Deployment> {
    const made = await Deployment.make()
    await ensureFirstRotation(made.options(aws.endpoint))
    made.isInUse = true
    return made
  }

  /** The SDK's clients take the address with their first call. */
  options(endpoint: string): RotateOptions {
    process.env['AWS_ENDPOINT_URL'] = endpoint
    return {
      region: REGION,
      replicationGroupId: this.group,
      secretArn: this.secretArn,
      interval: 1,
      tell: () => undefined,
    }
  }

  async token(): Promise<string> {
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: this.secretArn }))
    return SecretString
  }

  async valid(): Promise<readonly string[]> {
    return (await aws.redisTokens())[this.group] ?? []
  }

  async labels(): Promise<Record<string, string[]>> {
    const { VersionIdsToStages = {} } = await secrets.send(
      new DescribeSecretCommand({ SecretId: this.secretArn }),
    )
    return VersionIdsToStages
  }

  async #watch(moment: string): Promise<void> {
    const [token, valid, labels] = [await this.token(), await this.valid(), await this.labels()]
    if (this.isInUse && !valid.includes(token)) {
      this.wrong.push(`${moment} Redis refuses what the API reads`)
    }
    const current = Object.values(labels).find((ones) => ones.includes('AWSCURRENT')) ?? []
    const isLive = current.some((label) => label.startsWith('CARTWRIGHT_LIVE_'))
    // With the next rotation Redis takes two again, and the label stays until the API reads the other one.
    if (isLive && moment.includes('UpdateSecretVersionStage') && valid.some((one) => one !== token)) {
      this.wrong.push(`${moment} the label is there, and Redis takes ${valid.length} tokens`)
    }
  }

  /** A way to the emulator on which it is looked, after each call that changes something, whether the API could connect. */
  async gate(
    hooks: { before?: (n: number) => Promise<void>; after?: (n: number, call: string) => void } = {},
  ): Promise<CallGate> {
    const { before, after } = hooks
    const gate = await startCallGate({
      upstream: aws.endpoint,
      before: async (number) => {
        await before?.(number)
        // Whoever ran meanwhile had an address of its own.
        process.env['AWS_ENDPOINT_URL'] = gate.url
      },
      after: async (number, call) => {
        if (CHANGING.test(call)) await this.#watch(`after ${call}, call ${number},`)
        after?.(number, call)
      },
    })
    gates.push(gate)
    return gate
  }

  /** Runs it until a call is its last one, after which it is not heard of again. */
  async killedAfter(
    isLast: (number: number, call: string) => boolean,
    run: (options: RotateOptions) => Promise<unknown>,
  ): Promise<boolean> {
    const gate = await this.gate({ after: (number, call) => isLast(number, call) && gate.close() })
    return run(this.options(gate.url)).then(
      () => false,
      () => true,
    )
  }

  /** Redis takes what the API reads, and nothing else; the versions in use are kept, and Terraform's own. */
  async expectRotated(): Promise<void> {
    const [token, valid, labels] = [await this.token(), await this.valid(), await this.labels()]
    expect(valid.filter((one) => one !== token)).toEqual([])
    expect(valid).toContain(token)
    expect(token).toMatch(/^[A-Za-z0-9]{64}$/)
    expect(labels[FIRST_VERSION]).toContain('CARTWRIGHT_FIRST')
    expect(Object.values(labels)).toContainEqual(
      expect.arrayContaining(['AWSCURRENT', expect.stringMatching(/^CARTWRIGHT_LIVE_\w+Z$/)]),
    )
    expect(await isFirstRotationDue(this.options(aws.endpoint))).toBe(false)
    expect(this.wrong).toEqual([])
  }
}

async function makeGroup(group: string): Promise<void> {
  await redis.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: group,
      ReplicationGroupDescription: group,
      Engine: 'redis',
      CacheNodeType: 'cache.t4g.micro',
      NumCacheClusters: 1,
      TransitEncryptionEnabled: true,
      AuthToken: 'thrown-away-by-the-first-rotation',
    }),
  )
}

describe('the first rotation', () => {
  test('lets Redis take what the API reads, and is due once', async () => {
    const made = await Deployment.make()
    expect(await isFirstRotationDue(made.options(aws.endpoint))).toBe(true)
    const gate = await made.gate()

    expect(await ensureFirstRotation(made.options(gate.url))).toBe(true)
    await made.expectRotated()
    const changes = gate.calls.filter((call) => CHANGING.test(call))
    expect(await ensureFirstRotation(made.options(gate.url))).toBe(false)

    expect(changes).toEqual([
      'PutSecretValue',
      'ModifyReplicationGroup ROTATE',
      'UpdateSecretVersionStage',
      'ModifyReplicationGroup SET',
      'UpdateSecretVersionStage',
    ])
    expect(gate.calls.filter((call) => CHANGING.test(call))).toEqual(changes)
  })

  test('is due again for a group that has replaced another', async () => {
    const made = await Deployment.makeRotated()
    await redis.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: made.group }))
    await makeGroup(made.group)
    expect(await isFirstRotationDue(made.options(aws.endpoint))).toBe(true)

    await ensureFirstRotation(made.options(aws.endpoint))

    await made.expectRotated()
  })

  test('says where there is no group', async () => {
    const made = await Deployment.make()
    const options = { ...made.options(aws.endpoint), replicationGroupId: 'nobody' }

    await expect(ensureFirstRotation(options)).rejects.toThrow(
      'there is no replication group nobody; wanted: a deployed environment',
    )
  })
})

describe('a later rotation', () => {
  test('replaces the token, again and again', async () => {
    const made = await Deployment.makeRotated()
    const gate = await made.gate()
    const tokens = [await made.token()]

    for (let round = 0; round < 3; round += 1) {
      await rotateToken(made.options(gate.url))
      tokens.push(await made.token())
      await made.expectRotated()
    }

    expect(new Set(tokens).size).toBe(4)
    // Terraform's, the one in use, and the one before.
    expect(Object.keys(await made.labels())).toHaveLength(3)
  })
})

describe('killed after any call, it is ended by the next run', () => {
  test.each([
    ['the first rotation', () => Deployment.make(), ensureFirstRotation],
    ['a later one', () => Deployment.makeRotated(), rotateToken],
  ] as const)(
    '%s',
    async (_, make, run) => {
      let calls = 0
      for (let wasKilled = true; wasKilled; ) {
        calls += 1
        const made = await make()
        const before = await made.token()
        wasKilled = await made.killedAfter((number) => number === calls, run)

        await run(made.options((await made.gate()).url))

        await made.expectRotated()
        expect(await made.token()).not.toBe(before)
      }
      expect(calls).toBeGreaterThan(15)
    },
    PATIENCE,
  )

  test(
    'killed again and again',
    async () => {
      const made = await Deployment.makeRotated()

      for (let calls = 1; await made.killedAfter((number) => number === calls, rotateToken); calls += 1) {
        expect(calls).toBeLessThan(100)
      }

      await made.expectRotated()
    },
    PATIENCE,
  )
})

describe('two at once', () => {
  test(
    'one that was held up at any call leaves what the other has done',
    async () => {
      let wasHeld = true
      for (let held = 1; wasHeld; held += 1) {
        const made = await Deployment.makeRotated()
        wasHeld = false
        const gate = await made.gate({
          before: async (number) => {
            if (number !== held) return
            wasHeld = true
            await rotateToken(made.options((await made.gate()).url))
          },
        })

        await rotateToken(made.options(gate.url))

        await made.expectRotated()
      }
    },
    PATIENCE,
  )

  test(
    'one that was held up at any call goes on where the other was killed, after the API had got its token',
    async () => {
      let wasHeld = true
      for (let held = 1; wasHeld; held += 1) {
        const made = await Deployment.makeRotated()
        wasHeld = false
        const gate = await made.gate({
          before: async (number) => {
            if (number !== held) return
            wasHeld = true
            await made.killedAfter((_, call) => call === 'UpdateSecretVersionStage', rotateToken)
          },
        })

        await rotateToken(made.options(gate.url))

        await made.expectRotated()
      }
    },
    PATIENCE,
  )

  test('both end well', async () => {
    const made = await Deployment.makeRotated()

    await Promise.all([rotateToken(made.options(aws.endpoint)), rotateToken(made.options(aws.endpoint))])

    await made.expectRotated()
  })
})

describe('npm run rotate', () => {
  let made: Deployment
  let endpoint: string

  beforeAll(async () => {
    made = await Deployment.make('cartwright-dev-cart')
    endpoint = aws.endpoint
  })

  async function rotate(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const child = start(endpoint, args)
    const words = [child.stdout, child.stderr].map(
      async (stream) => (await stream?.toArray())?.join('') ?? '',
    )
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, said: (await Promise.all(words)).join('') }
  }

  function start(address: string, args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [MAIN, '--interval', '0.01', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...aws.environment, AWS_ENDPOINT_URL: address },
    })
  }

  test('names what cannot be rotated', async () => {
    expect(await rotate('nowhere', '--yes')).toEqual({
      code: 1,
      said: 'rotate: there is no environment "nowhere"; wanted: dev, prod, staging\n',
    })
    expect(await rotate('dev', '--yes')).toEqual({
      code: 1,
      said: 'rotate: dev is not deployed to account 123456789012 in eu-west-1; wanted: a deployed environment\n',
    })
  })

  test('finds the secret by the state, and goes on where a killed run ended', async () => {
    await keepState({
      resources: [],
      outputs: { redis_secret_arn: { value: made.secretArn, type: 'string' } },
    })
    expect(await rotate('dev')).toEqual({
      code: 1,
      said: 'rotate: there is no terminal to ask on; wanted: --yes\n',
    })
    const gate = await startCallGate({
      upstream: aws.endpoint,
      after: async (_, call) => {
        if (call !== 'ModifyReplicationGroup ROTATE') return
        gate.close()
        killed.kill('SIGKILL')
      },
    })
    gates.push(gate)
    const killed = start(gate.url, ['dev', '--yes'])
    await once(killed, 'exit')
    expect(killed.signalCode).toBe('SIGKILL')

    const { code, said } = await rotate('dev', '--yes')

    expect(said.split('\n')).toEqual([
      'waiting for Redis (rotating)',
      'the API reads the new token',
      'waiting for Redis (setting)',
      'Redis takes the new token alone',
      'dev of account 123456789012 in eu-west-1 has a new Redis token',
      '',
    ])
    expect(code).toBe(0)
    await made.expectRotated()
  })

  async function keepState(state: object): Promise<void> {
    const s3 = new S3Client({
      endpoint: aws.endpoint,
      region: REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    const Bucket = `cartwright-tfstate-123456789012-${REGION}`
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    )
    await s3.send(new PutObjectCommand({ Bucket, Key: 'states/dev.tfstate', Body: JSON.stringify(state) }))
  }
})
