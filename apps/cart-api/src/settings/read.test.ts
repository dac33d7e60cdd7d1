import { isHttpUrl } from './kinds.ts'
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

const wantedOf = (name: string) => Object.values(SETTINGS).find((setting) => setting.name === name)?.wanted

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
  ['MAX_LINES', '0'],
  ['MAX_LINE_QUANTITY', '2147483648'],
  ['GUEST_CART_TTL_SECONDS', '999999999999999999999'],
  ['STORE', 'mysql'],
  ['REDIS_WAIT_REPLICAS', '6'],
  ['IDENTITY', 'Header'],
  ['LOG_LEVEL', 'loud'],
  ['ALLOW_INSECURE_IDENTITY', 'yes'],
  ['JWT_JWKS_URL', 'ftp://keys'],
  ['JWT_JWKS_URL', 'https://'],
  ['JWT_JWKS_URL', 'https://id.example/the keys'],
  ['CATALOG', 'https://'],
  ['CATALOG', 'HTTP://'],
  ['CATALOG', 'ftp://products.example'],
  ['CATALOG', 'file:///products.json'],
  ['JWT_ALGORITHMS', 'RS256,none'],
  ['JWT_ALGORITHMS', 'HS256'],
  ['CORS_ORIGINS', 'https://shop.example/path'],
  ['CORS_ORIGINS', 'https://shop.example?all'],
  ['CORS_ORIGINS', 'https://*.shop.example'],
  ['CORS_ORIGINS', 'https://shop.example,*'],
  ['CORS_ORIGINS', 'shop.example'],
  ['DEPLOYMENT', 'PROD'],
  ['MERGE_STRATEGY', 'min'],
])('%s=%s is refused with its name, the value seen and what is wanted', (name, value) => {
  const seen = value.replace('?all', '?***')
  expect(findingsOf({ [name]: value })).toEqual([`${name} is "${seen}"; wanted: ${wantedOf(name)}`])
})

test.each([' ', '\t', '\n'])('nothing but blanks (%j) is refused, whichever setting it is', (blank) => {
  for (const { name, wanted } of Object.values(SETTINGS)) {
    expect(findingsOf({ [name]: blank })).toEqual([
      `${name} is ${JSON.stringify(blank)}; wanted: ${wanted}, without blanks around it`,
    ])
  }
})

test.each([
  ['PORT', ' 80'],
  ['DATA_DIR', 'carts '],
  ['JWT_ISSUER', 'https://id.example/\n'],
])('%s=%j is refused for the blank at its end, which is shown', (name, value) => {
  expect(findingsOf({ [name]: value })).toEqual([
    `${name} is ${JSON.stringify(value)}; wanted: ${wantedOf(name)}, without blanks around it`,
  ])
})

test('a URL is known by its scheme in any case', () => {
  const url = 'HTTPS://Id.example/keys'
  expect(readSettings({ CATALOG: url, JWT_JWKS_URL: url })).toMatchObject({ catalog: url, jwtJwksUrl: url })
  expect(isHttpUrl(url)).toBe(true)
})

test.each(['products.json', './a: b/products.json', '/srv/c:/products.json', 'http', 'demo'])(
  'CATALOG=%s is a path',
  (catalog) => {
    expect(readSettings({ CATALOG: catalog })).toMatchObject({ catalog })
    expect(isHttpUrl(catalog)).toBe(false)
  },
)

test('origins are taken as browsers send them', () => {
  const given = 'https://Shop.example:443, http://shop.example:8080/,HTTP://münchen.example:80'
  expect(readSettings({ CORS_ORIGINS: given }).corsOrigins).toEqual([
    'https://shop.example',
    'http://shop.example:8080',
    'http://xn--mnchen-3ya.example',
  ])
})

describe('no password is shown', () => {
  test.each([
    ['CATALOG', 'https://ann:secret@products.example/v1', 'https://***@products.example/v1'],
    ['JWT_JWKS_URL', 'https://ann:secret@id.example', 'https://***@id.example'],
    ['JWT_JWKS_URL', 'https://secret@id.example', 'https://***@id.example'],
    ['CORS_ORIGINS', 'https://ann:secret@shop.example', 'https://***@shop.example'],
    ['JWT_JWKS_URL', 'htps://ann:sec/ret@2@id.example', 'htps://***@id.example'],
    ['JWT_JWKS_URL', 'ann:secret@id.example', '***@id.example'],
    ['JWT_JWKS_URL', 'https:ann:secret@id.example', '***@id.example'],
    ['JWT_JWKS_URL', 'ftp://id.example/keys?key=secret', 'ftp://id.example/keys?***'],
  ])('%s=%s', (name, value, seen) => {
    expect(findingsOf({ [name]: value })).toEqual([`${name} is "${seen}"; wanted: ${wantedOf(name)}`])
  })

  test('also where the message is cut', () => {
    const [finding] = findingsOf({ JWT_JWKS_URL: `ftp://ann:${'secret'.repeat(100)}@id.example` })
    expect(finding).not.toContain('secret')
  })
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

test.each(['prod', 'production', 'prod-eu'])(
  'DEPLOYMENT=%s starts with verified identities only, unless that is overridden',
  (deployment) => {
    const jwt = {
      JWT_ISSUER: 'https://id.example/',
      JWT_AUDIENCE: 'shop',
      JWT_JWKS_URL: 'https://id.example',
    }

    expect(findingsOf({ DEPLOYMENT: deployment })).toEqual([
      `IDENTITY is "none"; wanted with DEPLOYMENT=${deployment}: jwt (ALLOW_INSECURE_IDENTITY=true overrides)`,
    ])
    expect(findingsOf({ DEPLOYMENT: deployment, IDENTITY: 'header' })).toHaveLength(1)
    expect(findingsOf({ DEPLOYMENT: deployment, IDENTITY: 'jwt', ...jwt })).toEqual([])
    expect(findingsOf({ DEPLOYMENT: deployment, ALLOW_INSECURE_IDENTITY: 'true' })).toEqual([])
  },
)

test.each(['local', 'dev', 'staging', 'preprod'])('DEPLOYMENT=%s takes any identities', (deployment) => {
  expect(findingsOf({ DEPLOYMENT: deployment })).toEqual([])
})

test.each([
  [{ STORE: 'dynamodb', EVENTS: 'log' }, /^TABLE_NAME is not set; wanted with STORE=dynamodb/],
  [{ STORE: 'redis', EVENTS: 'log' }, /^REDIS_URL is not set; wanted with STORE=redis/],
  [
    { STORE: 'cached', EVENTS: 'log' },
    /^TABLE_NAME is not set; wanted with STORE=cached: .*\nREDIS_URL is not set; wanted with STORE=cached: /,
  ],
  [{ EVENTS: 'eventbridge' }, /^EVENT_BUS_NAME is not set; wanted with EVENTS=eventbridge/],
  [
    { STORE: 'redis', REDIS_URL: 'redis://localhost' },
    /^EVENTS is not set; wanted with STORE=redis: none, log, eventbridge/,
  ],
  [
    { STORE: 'redis', EVENTS: 'none', REDIS_URL: 'redis://:p4ss@localhost', REDIS_SECRET_ARN: 'redis' },
    /^REDIS_URL has a password, and REDIS_SECRET_ARN is set; wanted: one of them$/,
  ],
])('%j lacks something, or has too much', (environment, message) => {
  expect(() => readSettings(environment)).toThrow(message)
})

test('a bus that is named is where events go', () => {
  const environment = { STORE: 'dynamodb', TABLE_NAME: 'carts', EVENT_BUS_NAME: 'carts' }

  expect(readSettings(environment)).toMatchObject({ store: 'dynamodb', eventBusName: 'carts' })
})
