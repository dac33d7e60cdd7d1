import { STATE_BACKEND } from '@cartwright/environments'
import {
  DELIVERY,
  DOMAIN,
  environment,
  type Name,
  synthesise,
  synthesiseAll,
  synthesiseAmong,
} from '../test/synthesise.ts'

const NAMES = ['dev', 'staging', 'prod'] as const
const ACCOUNT = '123456789012'

/** The backend, the provider and the requirement of Terraform, as they stand in a stack. */
interface Head {
  readonly terraform: { readonly required_version: string; readonly backend: { readonly s3: object } }
  readonly provider: { readonly aws: readonly object[] }
}

const head = (stack: { readonly json: object }): Head => stack.json as unknown as Head

function all(name: string, change: object = {}) {
  return synthesiseAll(
    NAMES.map((one) => environment(one, change)),
    name,
  )
}

test('an unknown account leaves the bucket open, and everything else of the backend is said', () => {
  expect(head(synthesise('dev')).terraform.backend.s3).toEqual({
    key: 'states/dev.tfstate',
    region: 'eu-west-1',
    encrypt: true,
    use_lockfile: true,
    dynamodb_table: 'cartwright-tfstate-locks',
  })
})

test('a known account names the bucket, and is the only one that is touched', () => {
  const { terraform, provider } = head(synthesise('prod', { accountId: ACCOUNT }))

  expect(terraform.backend.s3).toMatchObject({
    bucket: `cartwright-tfstate-${ACCOUNT}-eu-west-1`,
    allowed_account_ids: [ACCOUNT],
  })
  expect(provider.aws).toMatchObject([{ allowed_account_ids: [ACCOUNT] }])
})

test('a switch leaves the lock table out', () => {
  expect(head(synthesise('dev', { stateLockTable: false })).terraform.backend.s3).not.toHaveProperty(
    'dynamodb_table',
  )
  expect(all(STATE_BACKEND, { stateLockTable: false }).json.resource).not.toHaveProperty('aws_dynamodb_table')
})

test.each([...NAMES, STATE_BACKEND])('every resource of %s is tagged', (name) => {
  expect(head(all(name)).provider.aws).toMatchObject([
    {
      region: 'eu-west-1',
      default_tags: [
        { tags: { Project: 'cartwright', Environment: name, Service: 'cart-api', ManagedBy: 'cdktf' } },
      ],
    },
  ])
  expect(head(all(name)).terraform.required_version).toBe('>= 1.11.0')
})

test('names in the state never tell the environment: the same thing is called the same everywhere', () => {
  const idsOf = (name: Name): ReadonlySet<string> => {
    const { resource } = synthesiseAmong(name, { ...DOMAIN, ...DELIVERY }).json
    return new Set(
      Object.entries(resource).flatMap(([type, blocks]) => Object.keys(blocks).map((id) => `${type}.${id}`)),
    )
  }
  const [dev, staging, prod] = [idsOf('dev'), idsOf('staging'), idsOf('prod')]

  // What staging has, dev has but for its switches, and prod has but for shells and the few that only staging has on. Only
  // dev builds.
  expect(
    [...staging].filter((id) => !prod.has(id) && !/exec-log|endpoint-(kms|ssmmessages)/.test(id)),
  ).toEqual([])
  expect([...dev].filter((id) => !prod.has(id) && !/exec-log|events_log|delivery_build/.test(id))).toEqual([])
  expect([...prod, ...dev].filter((id) => /dev|staging|prod/.test(id.replace('devices', '')))).toEqual([])
})

describe('what is missing stops the deploy of the stack that needs it, by name', () => {
  test('prod is refused until domain and identity provider are given', () => {
    const { lifecycle } = synthesise('prod').one('terraform_data', 'complete') as {
      lifecycle: { precondition: readonly { error_message: string; condition: string }[] }
    }

    expect(lifecycle.precondition.map(({ error_message }) => error_message.split(' ')[0])).toEqual([
      'domainName',
      'jwtIssuer',
      'jwtAudience',
      'jwtJwksUrl',
    ])
    expect(lifecycle.precondition[0]).toEqual({
      condition: expect.stringContaining('local.given.domainName'),
      error_message: expect.stringContaining('CARTWRIGHT_PROD_DOMAIN_NAME'),
    })
    expect(synthesise('prod').json['locals']).toEqual({
      given: { domainName: false, jwtIssuer: false, jwtAudience: false, jwtJwksUrl: false },
    })
  })

  test.each(['dev', 'staging'] as const)('%s is not', (name) => {
    expect(synthesise(name).all('terraform_data').has('complete')).toBe(false)
  })
})

test('outputs have the names that they are known by', () => {
  expect(Object.keys(synthesise('prod').json['output'] as object)).toEqual([
    'alb_url',
    'alb_dns_name',
    'ecr_repository_url',
    'dynamodb_table_name',
    'redis_endpoint',
    'redis_secret_arn',
    'event_bus_name',
    'queue_url',
    'cluster_name',
    'service_name',
    'dashboard_urls',
    'estimated_monthly_cost',
  ])
})

describe('the state backend', () => {
  const stack = all(STATE_BACKEND)

  test('takes over the bucket that was there before it, and its own state is in it', () => {
    const bucket = stack.one('aws_s3_bucket')

    expect(bucket['bucket']).toMatch(
      /^cartwright-tfstate-\$\{data\.aws_caller_identity\.\w+\.account_id\}-eu-west-1$/,
    )
    expect(stack.json['import']).toEqual([
      { id: bucket['bucket'], to: expect.stringMatching(/^aws_s3_bucket\.state_states_/) },
    ])
    expect(head(stack).terraform.backend.s3).toMatchObject({
      key: 'states/state-backend.tfstate',
      use_lockfile: true,
    })
    expect(head(stack).terraform.backend.s3).not.toHaveProperty('dynamodb_table')
  })

  test('keeps versions, encrypts, and is closed', () => {
    expect(stack.one('aws_s3_bucket')['force_destroy']).toBe(false)
    expect(stack.one('aws_s3_bucket_versioning')).toMatchObject({
      versioning_configuration: { status: 'Enabled' },
    })
    expect(stack.one('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    })
    expect(Object.keys(stack.statements(stack.one('aws_s3_bucket_policy')['policy']))).toEqual([
      'DenyPlainText',
    ])
    expect(stack.one('aws_s3_bucket_lifecycle_configuration')['rule']).toContainEqual(
      expect.objectContaining({ id: 'versions', noncurrent_version_expiration: [{ noncurrent_days: 90 }] }),
    )
  })

  test('has the lock table that the environments name', () => {
    expect(stack.one('aws_dynamodb_table')).toMatchObject({
      name: 'cartwright-tfstate-locks',
      hash_key: 'LockID',
      billing_mode: 'PAY_PER_REQUEST',
    })
  })

  test('of another region is another stack', () => {
    const here = environment('dev')
    const there = environment('staging', { region: 'us-east-1', zones: ['us-east-1a', 'us-east-1b'] })

    expect(head(synthesiseAll([here, there], 'state-backend-us-east-1')).provider.aws).toMatchObject([
      { region: 'us-east-1' },
    ])
  })
})
