import dev from '../dev.ts'
import prod from '../prod.ts'
import { type Environment, FIELDS } from './fields.ts'
import type { Field } from './kinds.ts'
import { missingToDeploy } from './missing.ts'
import { readEnvironment } from './read.ts'

function read(change: Readonly<Record<string, unknown>>, variables: Readonly<Record<string, string>> = {}) {
  return readEnvironment(
    { name: 'dev', file: 'environments/dev.ts', fields: { ...dev, ...change } },
    variables,
  )
}

test('all findings are told at once, each with file, field, value and what is wanted', () => {
  const { environment, findings } = read({
    taskCpu: 300,
    zones: ['eu-west-1a', 'eu-west-1a'],
    alarmEmail: 'x',
    stopTimeout: 45,
    region: undefined,
  })

  expect(environment).toBeUndefined()
  expect(findings).toEqual([
    expect.stringMatching(
      /^environments\/dev\.ts: alarmEmail is no field; wanted: one of project, accountId/,
    ),
    'environments/dev.ts: region is missing; wanted: a region such as eu-west-1',
    'environments/dev.ts: zones is ["eu-west-1a","eu-west-1a"]; wanted: names such as eu-west-1a, none of them twice',
    'environments/dev.ts: taskCpu is 300; wanted: one of 256, 512, 1024, 2048, 4096, 8192, 16384',
    expect.stringContaining('stopTimeout is 45'),
  ])
})

test.each(Object.entries<Field<unknown>>(FIELDS))('%s refuses what is of another kind', (_name, field) => {
  for (const value of [null, { '': '' }, Number.NaN, [3], 'no such thing\n', 1.5, () => 1]) {
    expect(field.accepts(value)).toBe(false)
  }
  if ('fallback' in field) expect(field.accepts(field.fallback)).toBe(true)
})

test.each(['state-backend', 'Dev', 'a_b', 'x'.repeat(32), '-dev'])('no environment is called %s', (name) => {
  const file = `environments/${name}.ts`

  expect(readEnvironment({ name, file, fields: dev }, {}).findings).toEqual([
    `${file}: the name is "${name}"; wanted: lower-case words of at most 31 characters`,
  ])
})

test('a file without fields is told', () => {
  const { findings } = readEnvironment({ name: 'dev', file: 'environments/dev.ts', fields: undefined }, {})

  expect(findings).toEqual(['environments/dev.ts: the default export is missing; wanted: fields'])
})

test('a variable gives what only the user knows', () => {
  const { environment } = read(
    {},
    {
      CARTWRIGHT_DEV_ACCOUNT_ID: '123456789012',
      CARTWRIGHT_DEV_ALARM_EMAILS: 'one@example.com, two@example.com',
      CARTWRIGHT_STAGING_ACCOUNT_ID: '210987654321',
      CARTWRIGHT_DEV_DOMAIN_NAME: '',
    },
  )

  expect(environment).toMatchObject({
    accountId: '123456789012',
    alarmEmails: ['one@example.com', 'two@example.com'],
    domainName: undefined,
  })
})

test('a variable is judged like a file, and named', () => {
  expect(read({}, { CARTWRIGHT_DEV_ACCOUNT_ID: '12' }).findings).toEqual([
    'CARTWRIGHT_DEV_ACCOUNT_ID is "12"; wanted: an account number of 12 digits',
  ])
})

test.each(['CARTWRIGHT_DEV_ACOUNT_ID', 'CARTWRIGHT_DEV_TASK_CPU'])(
  '%s gives nothing, and that is told',
  (name) => {
    expect(read({}, { [name]: '256' }).findings).toEqual([
      expect.stringMatching(new RegExp(`^${name} is set; wanted: one of CARTWRIGHT_DEV_ACCOUNT_ID, `)),
    ])
  },
)

describe('what is missing to deploy', () => {
  const ready: Partial<Environment> = {
    domainName: 'cart.example.com',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    jwtIssuer: 'https://login.example.com',
    jwtAudience: 'carts',
    jwtJwksUrl: 'https://login.example.com/keys',
  }

  function missing(name: string, fields: object) {
    const { environment } = readEnvironment({ name, file: `environments/${name}.ts`, fields }, {})
    if (environment === undefined) throw new Error('the environment has findings')
    return missingToDeploy(environment)
  }

  test('nothing of dev', () => {
    expect(missing('dev', dev)).toEqual([])
  })

  test('nothing of prod when all is given', () => {
    expect(missing('prod', { ...prod, ...ready })).toEqual([])
  })

  test('each field of prod by name, and where to write it', () => {
    const found = missing('prod', prod)

    expect(found.map(({ field }) => field)).toEqual(['domainName', 'jwtIssuer', 'jwtAudience', 'jwtJwksUrl'])
    expect(found[0]?.message).toBe(
      'domainName of prod is missing; wanted: a host name such as cart.example.com, in lower case, in environments/prod.ts or CARTWRIGHT_PROD_DOMAIN_NAME',
    )
  })

  test('the repository, once there is a pipeline', () => {
    expect(missing('dev', { ...dev, enableCicd: true }).map(({ field }) => field)).toEqual(['repositoryId'])
  })
})
