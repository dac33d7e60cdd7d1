import { completed } from './completed.ts'
import { readEnvironments } from './discover.ts'
import { type Environment, FIELDS } from './fields.ts'
import { missingToDeploy } from './missing.ts'
import { readEnvironment } from './read.ts'

let environments: readonly Environment[]

beforeAll(async () => {
  environments = await readEnvironments({})
})

function named(name: string): Environment {
  const found = environments.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

test('what nothing is missing of stays as it is', () => {
  expect(completed(named('dev'))).toEqual({ environment: named('dev'), madeUp: [] })
})

test('what an environment cannot be deployed without is made up, and told', () => {
  const { environment, madeUp } = completed(named('prod'))

  expect(missingToDeploy(named('prod'))).not.toEqual([])
  expect(missingToDeploy(environment)).toEqual([])
  expect(madeUp).toEqual(['domainName', 'jwtIssuer', 'jwtAudience', 'jwtJwksUrl', 'hostedZoneId'])
  expect(environment.enableCicd).toBe(named('prod').enableCicd)
})

test('everything is made up where it is asked for: a domain, somebody to mail, a pipeline', () => {
  for (const each of environments) {
    const { environment, madeUp } = completed(each, true)

    expect(missingToDeploy(environment)).toEqual([])
    expect(madeUp).toEqual(
      expect.arrayContaining(['domainName', 'hostedZoneId', 'alarmEmails', 'repositoryId']),
    )
    expect(environment).toMatchObject({ enableCicd: true, alarmEmails: ['ops@example.com'] })
  }
})

test('what is given is kept', () => {
  const given = {
    ...named('prod'),
    domainName: 'cart.shop.test',
    hostedZoneId: 'Z9',
    alarmEmails: ['a@shop.test'],
  }

  const { environment, madeUp } = completed(given, true)

  expect(environment).toMatchObject({
    domainName: 'cart.shop.test',
    hostedZoneId: 'Z9',
    alarmEmails: ['a@shop.test'],
  })
  expect(madeUp).not.toContain('domainName')
  expect(madeUp).not.toContain('hostedZoneId')
  expect(madeUp).not.toContain('alarmEmails')
})

test('a certificate of the user needs no zone', () => {
  const given = {
    ...named('prod'),
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000',
  }

  expect(completed(given, true).madeUp).not.toContain('hostedZoneId')
})

test('what is made up is as the schema wants it', () => {
  for (const each of environments) {
    const { environment } = completed(each, true)
    const { name, ...all } = environment
    const fields = Object.fromEntries(Object.entries(all).filter(([field]) => field in FIELDS))

    expect(readEnvironment({ name, file: `environments/${name}.ts`, fields }, {}).findings).toEqual([])
  }
})

test('the environment that was given is not changed', () => {
  const before = structuredClone(named('prod'))

  completed(named('prod'), true)

  expect(named('prod')).toEqual(before)
})
