import dev from '../../dev.ts'
import { type Environment, FIELDS } from '../fields.ts'
import { readEnvironment } from '../read.ts'
import { RULES } from './index.ts'

type Change = Partial<Environment>

const certificate = (region: string, account: string): string =>
  `arn:aws:acm:${region}:${account}:certificate/00000000-0000-4000-8000-000000000000`
const host = 'arn:aws:codeconnections:eu-west-1:123456789012:host/forge-0123abcd'
const connection =
  'arn:aws:codeconnections:eu-west-1:123456789012:connection/00000000-0000-4000-8000-000000000000'
const emails = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `ops${index}@example.com`)
const domainName = 'cart.example.com'
const hostedZoneId = 'Z0123456789ABCDEFGHIJ'

/** What is just right, what is just wrong, and what is said of it. */
const CASES: readonly (readonly [rule: string, right: Change, wrong: Change, finding: string])[] = [
  [
    'the names fit',
    { project: 'a'.repeat(24) },
    { project: 'a'.repeat(25) },
    `environments/dev.ts: project is "${'a'.repeat(25)}"; wanted: a name that leaves the targetGroup within 32 characters; "${'a'.repeat(25)}-dev-api" has 33`,
  ],
  ...['internal', 'internal-shop', 'sg-shop', 'aws-shop', 'ssmshop'].map(
    (project) =>
      [
        `${project} is AWS's own`,
        { project: `my-${project}` },
        { project },
        `project is "${project}"; wanted: a name that does not begin with internal-, sg-, aws or ssm, which AWS keeps to itself`,
      ] as const,
  ),
  [
    'the range is one that a VPC takes',
    { cidr: '10.40.0.0/19' },
    { cidr: '10.40.0.0/20' },
    'cidr is "10.40.0.0/20"; wanted: a prefix from /16 to /19',
  ],
  [
    'the range begins with its first address',
    { cidr: '172.16.32.0/19' },
    { cidr: '172.16.40.0/19' },
    'cidr is "172.16.40.0/19"; wanted: the first address of its range: 172.16.32.0/19',
  ],
  [
    'the range is private',
    { cidr: '192.168.0.0/16' },
    { cidr: '192.169.0.0/16' },
    'cidr is "192.169.0.0/16"; wanted: a private range (RFC 1918)',
  ],
  [
    'the range is one of numbers below 256',
    { cidr: '10.255.0.0/16' },
    { cidr: '10.256.0.0/16' },
    'cidr is "10.256.0.0/16"; wanted: numbers from 0 to 255',
  ],
  [
    'zones belong to the region',
    { zones: ['eu-west-1c', 'eu-west-1a'] },
    { zones: ['eu-west-1a', 'eu-west-2b'] },
    'zones is ["eu-west-1a","eu-west-2b"]; wanted: zones of eu-west-1',
  ],
  [
    'there are two zones or more',
    { zones: ['eu-west-1a', 'eu-west-1b'] },
    { zones: ['eu-west-1a'] },
    'zones is ["eu-west-1a"]; wanted: 2 to 6 zones',
  ],
  [
    'tasks run in zones that are there',
    { taskZones: 2 },
    { taskZones: 3 },
    'taskZones is 3; wanted: at most 2, as many as there are zones',
  ],
  [
    'each zone has room for its tasks',
    { desiredTasks: 745, taskZones: 0, cidr: '10.40.0.0/18' },
    { desiredTasks: 745, taskZones: 1, cidr: '10.40.0.0/18' },
    'cidr is "10.40.0.0/18"; wanted: room for twice the tasks and 12 endpoints in each zone, which has 1019 addresses',
  ],
  [
    'Multi-AZ has a replica',
    { cacheNodes: 2, cacheMultiAz: true },
    { cacheNodes: 1, cacheMultiAz: true },
    'cacheMultiAz is true; wanted: false with cacheNodes 1: there is no replica to take over',
  ],
  [
    'Fargate has tasks of this size',
    { taskCpu: 512, taskMemory: 4096 },
    { taskCpu: 512, taskMemory: 512 },
    'taskMemory is 512; wanted: 1024 to 4096 in steps of 1024 with taskCpu 512',
  ],
  [
    'min is at most desired',
    { scaling: true, minTasks: 2, desiredTasks: 2, maxTasks: 4 },
    { scaling: true, minTasks: 3, desiredTasks: 2, maxTasks: 4 },
    'minTasks is 3; wanted: at most desiredTasks, which is 2',
  ],
  [
    'max is at least desired',
    { scaling: true, desiredTasks: 4, maxTasks: 4 },
    { scaling: true, desiredTasks: 4, maxTasks: 3 },
    'maxTasks is 3; wanted: at least desiredTasks, which is 4',
  ],
  [
    'the scheduled floor lies between min and max',
    { scaling: true, maxTasks: 4, scheduledFloor: 4 },
    { scaling: true, maxTasks: 4, scheduledFloor: 5 },
    'scheduledFloor is 5; wanted: 0, or from minTasks (1) to maxTasks (4)',
  ],
  [
    'the scheduled floor needs scaling',
    { scaling: false, scheduledFloor: 0 },
    { scaling: false, scheduledFloor: 1 },
    'scheduledFloor is 1; wanted: 0 without scaling',
  ],
  [
    'read units begin below their end',
    { minReadUnits: 1000 },
    { minReadUnits: 1001 },
    'minReadUnits is 1001; wanted: at most maxReadUnits, which is 1000',
  ],
  [
    'write units begin below their end',
    { minWriteUnits: 500 },
    { minWriteUnits: 501 },
    'minWriteUnits is 501; wanted: at most maxWriteUnits, which is 500',
  ],
  [
    'connections to the nodes are encrypted',
    { cacheNodeType: 'cache.m4.large' },
    { cacheNodeType: 'cache.m3.large' },
    'cacheNodeType is "cache.m3.large"; wanted: a type with TLS, such as cache.t4g.micro: not of t1, m1, m2, m3, r3',
  ],
  [
    'the scheduled floor lasts',
    { scheduledFloorHours: '7-8' },
    { scheduledFloorHours: '07-7' },
    'scheduledFloorHours is "07-7"; wanted: two different hours',
  ],
  [
    'the scheduled floor is in a zone that there is',
    { scheduledFloorTimezone: 'Europe/Berlin' },
    { scheduledFloorTimezone: 'Europe/Berlino' },
    'scheduledFloorTimezone is "Europe/Berlino"; wanted: a zone of the IANA database, such as Europe/Berlin',
  ],
  [
    'a budget takes all addresses',
    { alarmEmails: emails(10) },
    { alarmEmails: emails(11) },
    'wanted: at most 10 addresses, as a budget takes no more',
  ],
  [
    'a domain has a zone or a certificate',
    { domainName, hostedZoneId },
    { domainName },
    'domainName is "cart.example.com"; wanted: a domain with hostedZoneId or certificateArn beside it',
  ],
  [
    'a zone has a domain',
    {},
    { hostedZoneId },
    `hostedZoneId is "${hostedZoneId}"; wanted: none without domainName`,
  ],
  [
    'a certificate has a domain',
    { domainName, certificateArn: certificate('eu-west-1', '123456789012') },
    { certificateArn: certificate('eu-west-1', '123456789012') },
    'wanted: none without domainName',
  ],
  [
    'a certificate is in the region',
    { domainName, certificateArn: certificate('eu-west-1', '123456789012') },
    { domainName, certificateArn: certificate('us-east-1', '123456789012') },
    'wanted: a certificate in eu-west-1, where the load balancer is',
  ],
  [
    'a certificate is in the account',
    { accountId: '123456789012', domainName, certificateArn: certificate('eu-west-1', '123456789012') },
    { accountId: '123456789012', domainName, certificateArn: certificate('eu-west-1', '210987654321') },
    'wanted: a certificate of account 123456789012',
  ],
  [
    'a certificate takes the domain',
    { domainName: `${'a'.repeat(52)}.example.com`, hostedZoneId },
    { domainName: `${'a'.repeat(53)}.example.com`, hostedZoneId },
    'wanted: at most 64 characters',
  ],
  [
    'keys of tokens are fetched where tasks get to',
    { jwtJwksUrl: 'https://login.example.com:443/keys' },
    { jwtJwksUrl: 'https://login.example.com:8443/keys' },
    'jwtJwksUrl is "https://login.example.com:8443/keys"; wanted: https without a port',
  ],
  [
    'products are asked for where tasks get to',
    { apiSettings: { CATALOG: 'https://products.example.com' } },
    { apiSettings: { CATALOG: 'http://products.example.com' } },
    'wanted: a CATALOG by https without a port',
  ],
  [
    'production verifies identities',
    { name: 'prod-eu', identity: 'jwt' },
    { name: 'prod-eu', identity: 'header' },
    'environments/prod-eu.ts: identity is "header"; wanted: jwt, as the name of the environment begins with prod',
  ],
  [
    'the load balancer notices before the task stops serving',
    { shutdownDelay: 21 },
    { shutdownDelay: 20 },
    'shutdownDelay is 20; wanted: more than healthCheckInterval × unhealthyThreshold, which is 20',
  ],
  [
    'the longest request may end',
    { drainTimeout: 10 },
    { drainTimeout: 9 },
    'drainTimeout is 9; wanted: at least longestRequest, which is 10',
  ],
  [
    'all is done before SIGKILL',
    { stopTimeout: 46 },
    { stopTimeout: 45 },
    'stopTimeout is 45; wanted: more than shutdownDelay + drainTimeout + 5 for the outbox, which is 45',
  ],
  [
    'SIGKILL comes when Fargate says',
    { stopTimeout: 120 },
    { stopTimeout: 121 },
    'a whole number from 2 to 120',
  ],
  [
    'deregistration outlasts the longest request',
    { deregistrationDelay: 10 },
    { deregistrationDelay: 9 },
    'deregistrationDelay is 9; wanted: at least longestRequest, which is 10',
  ],
  [
    'a new task has the time to become healthy',
    { gracePeriod: 41 },
    { gracePeriod: 40 },
    'gracePeriod is 40; wanted: more than 20 for the start + healthCheckInterval × healthyThreshold, which is 40',
  ],
  [
    'slow start is off or half a minute',
    { slowStart: 30 },
    { slowStart: 29 },
    'slowStart is 29; wanted: 0, or 30 to 900',
  ],
  [
    'a release is there before the pipeline undoes it',
    { deregistrationDelay: 350 },
    { deregistrationDelay: 351 },
    'deregistrationDelay is 351; wanted: 2 × (20 for the start + healthCheckInterval × healthyThreshold + slowStart + deregistrationDelay + stopTimeout) of at most 900, which is 902',
  ],
  [
    'the server closes connections last',
    { idleTimeout: 64 },
    { idleTimeout: 65 },
    "idleTimeout is 65; wanted: less than the server's keep-alive, which is 65",
  ],
  [
    'the load balancer waits for the longest request',
    { idleTimeout: 11 },
    { idleTimeout: 10 },
    'idleTimeout is 10; wanted: more than longestRequest, which is 10',
  ],
  [
    'a health check ends before the next one',
    { healthCheckTimeout: 9 },
    { healthCheckTimeout: 10 },
    'healthCheckTimeout is 10; wanted: less than healthCheckInterval, which is 10',
  ],
  [
    'a code host of one’s own has a host',
    { enableCicd: true, codestarProviderType: 'GitLabSelfManaged', codestarHostArn: host },
    { enableCicd: true, codestarProviderType: 'GitLabSelfManaged' },
    'codestarHostArn is missing; wanted: the ARN of a host, with codestarProviderType GitLabSelfManaged',
  ],
  [
    'a hosted code host has none',
    { codestarProviderType: 'Bitbucket' },
    { codestarProviderType: 'Bitbucket', codestarHostArn: host },
    'wanted: none with codestarProviderType Bitbucket',
  ],
  [
    'a connection is made or named, not both',
    { createCodestarConnection: false, codestarConnectionArn: connection },
    { createCodestarConnection: true, codestarConnectionArn: connection },
    'wanted: none with createCodestarConnection',
  ],
  [
    'a pipeline has a connection',
    { enableCicd: true, createCodestarConnection: false, codestarConnectionArn: connection },
    { enableCicd: true, createCodestarConnection: false },
    'codestarConnectionArn is missing; wanted: the ARN of a connection without createCodestarConnection',
  ],
  [
    'only a connection that is made gets a name',
    { codestarConnectionName: 'forge' },
    {
      createCodestarConnection: false,
      codestarConnectionArn: connection,
      codestarConnectionName: 'forge',
    },
    'codestarConnectionName is "forge"; wanted: none without createCodestarConnection',
  ],
  [
    'a connection is in the region',
    { createCodestarConnection: false, codestarConnectionArn: connection },
    {
      createCodestarConnection: false,
      codestarConnectionArn: connection.replace('eu-west-1', 'us-east-1'),
    },
    'wanted: a connection in eu-west-1',
  ],
  [
    'a host is in the region',
    { codestarProviderType: 'GitLabSelfManaged', codestarHostArn: host },
    {
      codestarProviderType: 'GitLabSelfManaged',
      codestarHostArn: host.replace('eu-west-1', 'us-east-1'),
    },
    'wanted: a host in eu-west-1',
  ],
  [
    'a host is in the account',
    { accountId: '123456789012', codestarProviderType: 'GitLabSelfManaged', codestarHostArn: host },
    { accountId: '210987654321', codestarProviderType: 'GitLabSelfManaged', codestarHostArn: host },
    'wanted: a host of account 210987654321',
  ],
  [
    'nothing promotes itself',
    { promotesFrom: 'staging' },
    { promotesFrom: 'dev' },
    'promotesFrom is "dev"; wanted: another environment',
  ],
]

function findingsOf({ name = 'dev', ...change }: Change): readonly string[] {
  return readEnvironment({ name, file: `environments/${name}.ts`, fields: { ...dev, ...change } }, {})
    .findings
}

test.each(CASES)('%s', (_rule, right, wrong, finding) => {
  expect(findingsOf(right)).toEqual([])
  expect(findingsOf(wrong)).toContainEqual(expect.stringContaining(finding))
})

test('every rule but those of roomy names is broken by a case', () => {
  const defaults = Object.fromEntries(
    Object.entries(FIELDS).map(([name, field]) => [name, 'fallback' in field ? field.fallback : undefined]),
  )
  // Each case changes a complete environment in a field or two.
  const broken = CASES.map(([, , wrong]) => ({ name: 'dev', ...defaults, ...dev, ...wrong }) as Environment)
  const unbroken = RULES.filter((rule) => broken.every((environment) => rule.holds(environment)))

  expect(unbroken.filter(({ fields: [field] }) => field !== 'project')).toEqual([])
})
