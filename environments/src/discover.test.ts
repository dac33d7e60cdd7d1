import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readEnvironments } from './discover.ts'

const HERE = path.resolve(import.meta.dirname, '..')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'environments-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, base: string, change: string): void {
  const source = JSON.stringify(path.join(HERE, base))
  writeFileSync(
    path.join(folder, name),
    `import base from ${source}\nexport default { ...base, ${change} }\n`,
  )
}

/** The table of what differs, as the design has it. */
test.each([
  ['zones.length', 2, 2, 3],
  ['natGateways', 'one', 'one', 'one-per-zone'],
  ['interfaceEndpoints', false, true, true],
  ['taskCpu', 256, 512, 1024],
  ['taskMemory', 512, 1024, 2048],
  ['desiredTasks', 1, 2, 3],
  ['scaling', false, true, true],
  ['minTasks', 1, 2, 3],
  ['maxTasks', 1, 6, 20],
  ['cpuTarget', 70, 70, 70],
  ['memoryTarget', 80, 80, 80],
  ['capacity', 'spot', 'spot-above-one', 'on-demand'],
  ['tableCapacity', 'on-demand', 'on-demand', 'provisioned'],
  ['minReadUnits', 100, 100, 100],
  ['maxReadUnits', 1000, 1000, 1000],
  ['minWriteUnits', 50, 50, 50],
  ['maxWriteUnits', 500, 500, 500],
  ['tableUtilisation', 70, 70, 70],
  ['onDemandCaps', false, false, true],
  ['pointInTimeRecovery', false, true, true],
  ['deletionProtection', false, false, true],
  ['cacheNodeType', 'cache.t4g.micro', 'cache.t4g.small', 'cache.r7g.large'],
  ['cacheNodes', 1, 2, 3],
  ['cacheMultiAz', false, true, true],
  ['cacheSnapshotDays', 0, 0, 7],
  ['domainRequired', false, false, true],
  ['identity', 'header', 'header', 'jwt'],
  ['accessLogs', false, true, true],
  ['logRetentionDays', 7, 30, 365],
  ['logLevel', 'debug', 'info', 'info'],
  ['traces', false, true, true],
  ['ecsExec', true, true, false],
  ['containerInsights', 'disabled', 'enabled', 'enhanced'],
  ['alarms', false, true, true],
  ['rollbackAlarms', false, true, true],
  ['archiveDays', 0, 30, 90],
  ['eventLog', true, false, false],
  ['keepImages', 10, 30, 50],
  ['promotesFrom', '', 'dev', 'staging'],
  ['manualApproval', false, false, true],
  ['branch', 'develop', 'develop', 'develop'],
])('%s is %p in dev, %p in staging, %p in prod', async (field, dev, staging, prod) => {
  const found = Object.fromEntries(
    (await readEnvironments()).map((environment) => [environment.name, environment]),
  )

  expect(found['dev']).toHaveProperty(field, dev)
  expect(found['staging']).toHaveProperty(field, staging)
  expect(found['prod']).toHaveProperty(field, prod)
})

test('another environment is another file', async () => {
  write('dev.ts', 'dev.ts', '')
  write('preview.ts', 'dev.ts', "cidr: '10.70.0.0/16', taskCpu: 512, taskMemory: 1024")
  writeFileSync(path.join(folder, 'dev.test.ts'), 'throw new Error("not to be loaded")')

  const environments = await readEnvironments({}, folder)

  expect(environments.map(({ name, taskCpu }) => [name, taskCpu])).toEqual([
    ['dev', 256],
    ['preview', 512],
  ])
})

test('the findings of all files are told at once, also those between them', async () => {
  write('a.ts', 'dev.ts', 'taskCpu: 300')
  write('b.ts', 'dev.ts', 'desiredTasks: 0')
  write('c.ts', 'dev.ts', "promotesFrom: 'nowhere'")
  write('d.ts', 'dev.ts', "cidr: '10.40.32.0/19', project: 'other'")

  await expect(readEnvironments({}, folder)).rejects.toMatchObject({
    findings: [
      expect.stringContaining(`${folder}/a.ts: taskCpu is 300`),
      expect.stringContaining(`${folder}/b.ts: desiredTasks is 0`),
      `${folder}/c.ts: promotesFrom is "nowhere"; wanted: one of a, b, c, d`,
      `${folder}/d.ts: cidr is "10.40.32.0/19"; wanted: no address of c, 10.40.0.0/16`,
      `${folder}/d.ts: project is "other"; wanted: "cartwright", as in ${folder}/c.ts`,
    ],
  })
})

test('a variable belongs to the environment with the longest name that it begins with', async () => {
  const jwt = "identity: 'jwt'"
  write('prod.ts', 'dev.ts', jwt)
  write('prod-eu.ts', 'dev.ts', `${jwt}, cidr: '10.70.0.0/16'`)

  const environments = await readEnvironments(
    { CARTWRIGHT_PROD_ACCOUNT_ID: '111111111111', CARTWRIGHT_PROD_EU_ACCOUNT_ID: '222222222222' },
    folder,
  )

  expect(environments.map(({ name, accountId }) => [name, accountId])).toEqual([
    ['prod-eu', '222222222222'],
    ['prod', '111111111111'],
  ])
  await expect(readEnvironments({ CARTWRIGHT_PROD_EU_ACOUNT_ID: '1' }, folder)).rejects.toMatchObject({
    findings: [
      expect.stringMatching(/^CARTWRIGHT_PROD_EU_ACOUNT_ID is set; wanted: one of CARTWRIGHT_PROD_EU_/),
    ],
  })
})

describe('images are taken over only from where they are proven', () => {
  const account = "accountId: '123456789012'"

  test.each([
    [
      'an environment without a pipeline',
      '',
      '',
      'promotesFrom is "a"; wanted: an environment with enableCicd',
    ],
    [
      'a circle',
      "enableCicd: true, promotesFrom: 'b'",
      '',
      'promotesFrom is "a"; wanted: an environment whose images were built in one at last',
    ],
    [
      'an account that only the one names',
      'enableCicd: true',
      account,
      'accountId is "123456789012"; wanted: none, or one of a as well',
    ],
    [
      'an account that only the other names',
      `enableCicd: true, ${account}`,
      '',
      'accountId is missing; wanted: an account, as a names one',
    ],
  ])('not from %s', async (_what, source, target, finding) => {
    write('a.ts', 'dev.ts', source)
    write('b.ts', 'dev.ts', `cidr: '10.70.0.0/16', enableCicd: true, promotesFrom: 'a', ${target}`)

    await expect(readEnvironments({}, folder)).rejects.toMatchObject({
      findings: expect.arrayContaining([`${folder}/b.ts: ${finding}`]),
    })
  })

  test.each([
    ['the same account', 'enableCicd: true', 'enableCicd: true'],
    ['accounts that both name', `enableCicd: true, ${account}`, `enableCicd: true, ${account}`],
    ['one that has no pipeline, without one', account, ''],
  ])('but from %s', async (_what, source, target) => {
    write('a.ts', 'dev.ts', source)
    write('b.ts', 'dev.ts', `cidr: '10.70.0.0/16', promotesFrom: 'a', ${target}`)

    await expect(readEnvironments({}, folder)).resolves.toHaveLength(2)
  })
})

test('a variable names another folder', async () => {
  write('trial.ts', 'dev.ts', 'keepImages: 12')

  await expect(readEnvironments({ CARTWRIGHT_ENVIRONMENTS: folder })).resolves.toMatchObject([
    { name: 'trial', keepImages: 12 },
  ])
})

test('findings name the folder that was read', async () => {
  const domain = { CARTWRIGHT_DEV_DOMAIN_NAME: 'cart.example.com' }
  write('dev.ts', 'dev.ts', '')

  await expect(readEnvironments(domain)).rejects.toThrow(/^environments\/dev\.ts: domainName is /)
  await expect(readEnvironments({ ...domain, CARTWRIGHT_ENVIRONMENTS: folder })).rejects.toMatchObject({
    findings: [expect.stringContaining(`${folder}/dev.ts: domainName is `)],
  })
})

test('a folder without environments is told', async () => {
  await expect(readEnvironments({}, folder)).rejects.toThrow(
    /has no environment; wanted: a file such as dev\.ts/,
  )
})
