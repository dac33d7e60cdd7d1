import { BadSettings, readSettings } from '../../../apps/cart-api/src/settings/read.ts'
import { SETTINGS } from '../../../apps/cart-api/src/settings/settings.ts'
import { createApp } from '../app.ts'
import { environment, type Name } from '../test/synthesise.ts'
import {
  CONTAINER_SETTINGS,
  type ContainerEnvironmentProps,
  containerEnvironment,
} from './container-environment.ts'

const JWT = {
  jwtIssuer: 'https://login.example.com',
  jwtAudience: 'carts',
  jwtJwksUrl: 'https://login.example.com/keys',
} as const

function props(name: Name, change: object = {}): ContainerEnvironmentProps {
  return {
    environment: environment(name, { ...(name === 'prod' ? JWT : {}), ...change }),
    port: 8080,
    tableName: `cartwright-${name}-carts`,
    eventBusName: `cartwright-${name}-events`,
    redisUrl: 'rediss://primary.example:6379',
    redisSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis-AbCdEf',
  }
}

function variables(name: Name, change: object = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(containerEnvironment(props(name, change)).map(({ name, value }) => [name, value]))
}

test('every setting of the API is decided here, and none that it has not', () => {
  const names = Object.values(SETTINGS).map((setting) => setting.name)

  expect(Object.keys(CONTAINER_SETTINGS).toSorted()).toEqual(names.toSorted())
})

test.each(['dev', 'staging', 'prod'] as const)('the API of %s starts with its settings', (name) => {
  const settings = readSettings(variables(name))

  expect(settings).toMatchObject({
    deployment: name,
    host: '0.0.0.0',
    port: 8080,
    store: 'cached',
    tableName: `cartwright-${name}-carts`,
    events: 'eventbridge',
    requestTimeout: 10_000,
    shutdownDelay: 25,
    drainTimeout: 15,
  })
})

test.each([
  ['dev', 'debug', 'header'],
  ['staging', 'info', 'header'],
  ['prod', 'info', 'jwt'],
] as const)('%s logs from %s on and identifies by %s', (name, logLevel, identity) => {
  expect(readSettings(variables(name))).toMatchObject({ logLevel, identity })
})

test('production does not start without an identity provider', () => {
  expect(() => readSettings(variables('prod', { jwtIssuer: undefined }))).toThrow(BadSettings)
})

test('no secret is passed as plain text', () => {
  const { REDIS_URL, REDIS_SECRET_ARN, ...others } = variables('prod')

  expect(REDIS_URL).toMatch(/^rediss:\/\/[^@]+$/)
  expect(REDIS_SECRET_ARN).toMatch(/^arn:/)
  expect(Object.keys(others).filter((name) => /SECRET|PASSWORD|TOKEN|KEY/.test(name))).toEqual([])
})

test("an environment's file may set what is left at the API's defaults", () => {
  const settings = readSettings(
    variables('dev', { apiSettings: { MAX_LINES: '50', CATALOG: 'https://shop.example' } }),
  )

  expect(settings).toMatchObject({ maxLines: 50, catalog: 'https://shop.example' })
})

test('what runs is told by the image alone', () => {
  expect(variables('dev')).not.toHaveProperty('RELEASE')
})

test.each(['MAX_LINE', 'STORE', 'RELEASE'])('it may not set %s, and is told what it may', (strange) => {
  const environments = (['dev', 'staging', 'prod'] as const).map((name) =>
    environment(name, name === 'prod' ? {} : { apiSettings: { [strange]: 'x' } }),
  )

  expect(() => createApp(environments)).toThrow(
    expect.objectContaining({
      name: 'BadEnvironments',
      findings: ['dev', 'staging'].map((name) =>
        expect.stringMatching(
          new RegExp(
            `^environments/${name}\\.ts: apiSettings has ${strange}; wanted: some of REDIS_WAIT_REPLICAS, DATA_DIR,`,
          ),
        ),
      ),
    }),
  )
})

test('variables come in one order', () => {
  const names = containerEnvironment(props('prod')).map(({ name }) => name)

  expect(names).toEqual(names.toSorted())
})
