import { BadSettings, readSettings } from './read.ts'
import { SETTINGS } from './settings.ts'

const findingsOf = (environment: Record<string, string>): string[] => {
  try {
    readSettings(environment)
    return []
  } catch (error) {
    if (error instanceof BadSettings) return error.message.split('\n')
    throw error
  }
}

test('an empty environment gives every default', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({
    port: 8080,
    store: 'sqlite',
    identity: 'none',
    maxLines: 200,
    corsOrigins: [],
  })
  expect(settings.jwtIssuer).toBeUndefined()
})

test('an empty text counts as not given', () => {
  expect(readSettings({ PORT: '', DATA_DIR: '' })).toMatchObject({ port: 8080, dataDir: '.data' })
})

test.each([
  ['PORT', 'eighty'],
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '1e3'],
  ['PORT', ' 80'],
  ['MAX_LINES', '0'],
  ['MAX_LINE_QUANTITY', '2147483648'],
  ['GUEST_CART_TTL_SECONDS', '999999999999999999999'],
  ['STORE', 'mysql'],
  ['IDENTITY', 'Header'],
  ['LOG_LEVEL', 'loud'],
  ['ALLOW_INSECURE_IDENTITY', 'yes'],
  ['JWT_JWKS_URL', 'ftp://keys'],
  ['JWT_ALGORITHMS', 'RS256,none'],
  ['JWT_ALGORITHMS', 'HS256'],
  ['CORS_ORIGINS', 'https://shop.example/path'],
  ['DEPLOYMENT', 'PROD'],
  ['MERGE_STRATEGY', 'min'],
])('%s=%s is refused with its name, the value seen and what is wanted', (name, value) => {
  const setting = Object.values(SETTINGS).find((candidate) => candidate.name === name)
  expect(findingsOf({ [name]: value })).toEqual([`${name} is "${value}"; wanted: ${setting?.wanted}`])
})

test('all findings are told at once', () => {
  expect(findingsOf({ PORT: 'x', STORE: 'y' })).toHaveLength(2)
})

test('a long bad value is cut in the message', () => {
  const [finding] = findingsOf({ PORT: 'x'.repeat(10_000) })
  expect(finding?.length).toBeLessThan(200)
})

test('IDENTITY=jwt wants issuer, audience and key set', () => {
  expect(findingsOf({ IDENTITY: 'jwt' }).map((line) => line.split(' ')[0])).toEqual([
    'JWT_ISSUER',
    'JWT_AUDIENCE',
    'JWT_JWKS_URL',
  ])
})

test('in prod only verified identities start, unless that is overridden', () => {
  expect(findingsOf({ DEPLOYMENT: 'prod' })).toHaveLength(1)
  expect(findingsOf({ DEPLOYMENT: 'prod', IDENTITY: 'header' })).toHaveLength(1)
  expect(findingsOf({ DEPLOYMENT: 'prod', ALLOW_INSECURE_IDENTITY: 'true' })).toEqual([])
})
