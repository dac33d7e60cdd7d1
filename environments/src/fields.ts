import {
  choice,
  type Field,
  flag,
  integer,
  list,
  or,
  text,
  texts,
  type WithFallback,
  yours,
} from './kinds.ts'

/** Days that CloudWatch Logs can keep a group (PutRetentionPolicy, `retentionInDays`). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

/**
 * Every field of an environment, and the only place that names them: types, validation, variables and documentation
 * come from this table. It is flat on purpose: a field is found by its name, and one file differs from another line
 * by line.
 */
export const FIELDS = {
  // Where it stands.
  project: or(
    'cartwright',
    text(
      'The first part of every name, and the tag `Project`.',
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      'lower-case words joined by hyphens',
    ),
  ),
  accountId: yours(
    text(
      'The AWS account that this environment lives in. Where it is given, Terraform refuses any other.',
      /^\d{12}$/,
      'an account number of 12 digits',
    ),
  ),
  region: text('The AWS region.', /^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-west-1'),
  zones: list(
    'The availability zones, by name: a list that AWS looked up may come in another order and replace subnets.',
    /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/,
    'names such as eu-west-1a, none of them twice',
  ),
  cidr: text(
    "The network's addresses; every environment has its own, so that they can be connected one day.",
    /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
    'a range such as 10.40.0.0/16',
  ),
  natGateways: choice('How many NAT gateways let tasks out to the internet.', ['one', 'one-per-zone']),
  interfaceEndpoints: flag("Whether AWS's services are reached inside the network instead of through NAT."),
  stateLockTable: or(
    true,
    flag(
      'Whether Terraform also locks its state in the DynamoDB table, next to the lock file. Terraform 1.11 deprecates it and warns.',
    ),
  ),

  // The tasks.
  taskCpu: choice(
    'CPU units of a task; 1024 are one virtual CPU.',
    [256, 512, 1024, 2048, 4096, 8192, 16_384],
  ),
  taskMemory: integer('Memory of a task in MiB.', 512, 122_880),
  desiredTasks: integer('Tasks that run at first, and always where scaling is off.', 1, 1000),
  scaling: flag('Whether the number of tasks follows the load.'),
  minTasks: integer(
    'The fewest tasks, with scaling, once there is a release. A change takes effect with its deploy; with `scheduledFloor`, at the next of its hours.',
    1,
    1000,
  ),
  maxTasks: integer('The most tasks, with scaling.', 1, 1000),
  cpuTarget: or(70, integer('The average CPU that scaling aims at, in percent.', 10, 95)),
  memoryTarget: or(80, integer('The average memory that scaling aims at, in percent.', 10, 95)),
  requestsPerTarget: or(
    60_000,
    integer('Requests a minute for each task that scaling aims at.', 1, 10_000_000),
  ),
  scheduledFloor: or(
    0,
    integer(
      'The fewest tasks within `scheduledFloorHours`, for loads that come by the clock; 0: no such floor. It counts from the first deploy after the first release.',
      0,
      1000,
    ),
  ),
  scheduledFloorHours: or(
    '7-22',
    text(
      'The hours of the scheduled floor, in `scheduledFloorTimezone`: from the first until the second.',
      /^([01]?\d|2[0-3])-([01]?\d|2[0-3])$/,
      'two hours such as 7-22',
    ),
  ),
  scheduledFloorTimezone: or(
    'Etc/UTC',
    text('The time zone of those hours.', /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/, 'a zone such as Europe/Berlin'),
  ),
  capacity: choice(
    'What tasks run on: Spot alone, Spot above one on-demand task, or on-demand capacity alone.',
    ['spot', 'spot-above-one', 'on-demand'],
  ),
  taskZones: or(
    0,
    integer(
      'In how many of the zones tasks run, counted from the first; 0: in all. One saves traffic between zones where the cache has one node.',
      0,
      6,
    ),
  ),

  // The table.
  tableCapacity: choice('How the table is paid for.', ['on-demand', 'provisioned']),
  minReadUnits: or(100, integer('Read units when nothing happens, with provisioned capacity.', 1, 40_000)),
  minWriteUnits: or(50, integer('Write units when nothing happens, with provisioned capacity.', 1, 40_000)),
  maxReadUnits: or(
    1000,
    integer('The most read units: the end of scaling, or the cap on demand.', 1, 40_000),
  ),
  maxWriteUnits: or(
    500,
    integer('The most write units: the end of scaling, or the cap on demand.', 1, 40_000),
  ),
  onDemandCaps: or(false, flag('Whether the most units also cap a table on demand.')),
  tableUtilisation: or(70, integer('How full scaling keeps the table, in percent.', 20, 90)),
  pointInTimeRecovery: flag('Whether the table can be restored to any second of the last 35 days.'),

  // The cache.
  cacheNodeType: text(
    'The kind of Redis node.',
    /^cache\.[a-z0-9]+\.[a-z0-9]+$/,
    'a type such as cache.t4g.micro',
  ),
  cacheNodes: integer('Redis nodes: one primary, the others replicas.', 1, 6),
  cacheMultiAz: flag('Whether a replica in another zone takes over when the primary fails.'),
  cacheSnapshotDays: or(0, integer('Daily snapshots of Redis that are kept; 0: none.', 0, 35)),

  // The way in.
  domainName: yours(
    text(
      'The name that the API is reached by. With it come HTTPS and the firewall.',
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'a host name such as cart.example.com, in lower case',
    ),
  ),
  hostedZoneId: yours(
    text(
      'The Route 53 zone that holds `domainName`: its record, and a certificate where none is given, are made there.',
      /^Z[A-Z0-9]{5,31}$/,
      'the id of a hosted zone, such as Z0123456789ABCDEFGHIJ',
    ),
  ),
  certificateArn: yours(
    text(
      'A certificate for `domainName`, in the same region, instead of one made here.',
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
      'the ARN of a certificate',
    ),
  ),
  domainRequired: or(false, flag('Whether this environment is not deployed without a domain.')),
  firewall: or(true, flag('Whether AWS WAF stands in front of the load balancer, where there is a domain.')),
  requestsPerAddress: or(
    2000,
    integer(
      'Requests from one address within five minutes before the firewall answers 429.',
      10,
      2_000_000_000,
    ),
  ),
  identity: choice('How the API knows who asks: the setting `IDENTITY`.', ['none', 'header', 'jwt']),
  jwtIssuer: yours(
    text(
      'The issuer of tokens, with `identity: jwt`.',
      /^[\x21-\x7e]{1,500}$/,
      'the issuer exactly as in the tokens',
    ),
  ),
  jwtAudience: yours(
    text(
      'The audience of tokens, with `identity: jwt`.',
      /^[\x21-\x7e]{1,500}$/,
      'the audience exactly as in the tokens',
    ),
  ),
  jwtJwksUrl: yours(
    text(
      "The identity provider's keys, with `identity: jwt`.",
      /^https:\/\/[^\s@?]{1,500}$/,
      'an https URL without user, password and query',
    ),
  ),
  apiSettings: or(
    {},
    texts(
      "Settings of the API that the infrastructure leaves at the API's own defaults, such as `CATALOG` or `MAX_LINES`.",
      /^[A-Z][A-Z0-9_]*$/,
      'texts by names such as MAX_LINES',
    ),
  ),
  accessLogs: flag('Whether the load balancer writes its access log to a bucket.'),

  // Seeing.
  logRetentionDays: choice('How long logs are kept, in days.', RETENTION_DAYS),
  logLevel: choice('The least important log lines that are written.', ['debug', 'info', 'warn', 'error']),
  traces: flag('Whether tasks have a collector beside them that sends traces to X-Ray.'),
  ecsExec: flag('Whether `aws ecs execute-command` opens a shell in a task.'),
  containerInsights: choice("How much ECS tells CloudWatch of tasks; 'enhanced' tells it for each task.", [
    'disabled',
    'enabled',
    'enhanced',
  ]),
  alarms: flag('Whether there are alarms.'),
  alarmEmails: yours(
    list(
      'Who is written to by alarms and by the budget.',
      /^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/,
      'e-mail addresses',
    ),
  ),
  monthlyBudget: integer(
    'The costs of a month, in US dollars, of which four fifths are told.',
    1,
    10_000_000,
  ),
  rollbackAlarms: flag('Whether errors and slow answers during a deployment undo it.'),
  archiveDays: or(
    0,
    integer('How long published events are kept for replay, in days; 0: not at all.', 0, 3650),
  ),
  eventLog: or(false, flag('Whether every published event is also written to a log group, to be looked at.')),
  keepImages: integer(
    'How many images the registry keeps: the newest so many that were released, and of the others those among the newest so many of all.',
    6,
    1000,
  ),

  // Coming to an end.
  deletionProtection: flag(
    'Whether table and load balancer refuse to be deleted. Switch it off and deploy before a destroy.',
  ),
  lastCopies: flag(
    'Whether a destroy leaves a way back: a last snapshot of Redis, secrets and keys that can be restored for 30 days.',
  ),

  // Times; the rules between them are in rules/times.ts.
  healthCheckInterval: or(10, integer('Seconds between two health checks of the load balancer.', 5, 300)),
  healthCheckTimeout: or(5, integer('Seconds that a health check waits for its answer.', 2, 120)),
  healthyThreshold: or(2, integer('Good health checks in a row that let a task serve.', 2, 10)),
  unhealthyThreshold: or(2, integer('Failed health checks in a row that take it out.', 2, 10)),
  shutdownDelay: or(
    25,
    integer('Seconds that a task serves on after SIGTERM: `SHUTDOWN_DELAY_SECONDS`.', 0, 120),
  ),
  longestRequest: or(10, integer('Seconds that a request may take: `REQUEST_TIMEOUT_MS`.', 1, 60)),
  drainTimeout: or(
    15,
    integer('Seconds that requests under way get after that delay: `DRAIN_TIMEOUT_SECONDS`.', 1, 120),
  ),
  stopTimeout: or(60, integer('Seconds from SIGTERM to SIGKILL; Fargate allows 120.', 2, 120)),
  deregistrationDelay: or(
    30,
    integer('Seconds that the load balancer lets requests to a leaving task end.', 0, 3600),
  ),
  gracePeriod: or(
    90,
    integer('Seconds after its start in which a failed health check stops no task.', 0, 3600),
  ),
  slowStart: or(
    0,
    integer('Seconds in which a new task gets a growing share of requests; 0: at once.', 0, 900),
  ),
  idleTimeout: or(60, integer('Seconds that the load balancer keeps a silent connection.', 1, 4000)),

  // Delivery.
  enableCicd: or(false, flag('Whether there is a pipeline.')),
  createCodestarConnection: or(
    true,
    flag('Whether the connection to the code host is made here, or `codestarConnectionArn` names one.'),
  ),
  codestarProviderType: or(
    'GitHub',
    choice('The code host.', [
      'GitHub',
      'GitHubEnterpriseServer',
      'Bitbucket',
      'GitLab',
      'GitLabSelfManaged',
    ]),
  ),
  codestarConnectionName: yours(
    text(
      "The connection's name; `<project>-<environment>` otherwise.",
      /^[\w-]{1,32}$/,
      '1 to 32 of A-Z a-z 0-9 _ -',
    ),
  ),
  codestarConnectionArn: yours(
    text(
      'A connection that exists.',
      /^arn:aws[a-z-]*:(codestar-connections|codeconnections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
      'the ARN of a connection',
    ),
  ),
  codestarHostArn: yours(
    text(
      'The host of a code host of your own (GitHubEnterpriseServer, GitLabSelfManaged), already set up.',
      /^arn:aws[a-z-]*:(codestar-connections|codeconnections):[a-z0-9-]+:\d{12}:host\/[\w-]+$/,
      'the ARN of a host',
    ),
  ),
  repositoryId: yours(
    text('The repository that is delivered.', /^[\w.-]+(\/[\w.-]+)+$/, 'a path such as owner/name'),
  ),
  branch: or('develop', text('The branch that is built.', /^[\w./-]{1,255}$/, 'the name of a branch')),
  promotesFrom: or(
    '',
    text(
      'The environment whose proven image is taken over instead of building one; empty: it builds.',
      /^([a-z][a-z0-9-]*)?$/,
      'the name of another environment, or nothing',
    ),
  ),
  manualApproval: or(false, flag('Whether somebody has to approve before the pipeline deploys.')),
} satisfies Record<string, Field<unknown>>

export type FieldName = keyof typeof FIELDS

type ValueOf<Kind> = Kind extends Field<infer Value> ? Value : never
type Values = { readonly [Name in FieldName]: ValueOf<(typeof FIELDS)[Name]> }
type Silent = {
  [Name in FieldName]: (typeof FIELDS)[Name] extends WithFallback<unknown> ? Name : never
}[FieldName]

/** What a file says: all that has no fallback, and what differs from it. */
export type EnvironmentFile = Omit<Values, Silent> & Partial<Pick<Values, Silent>>

/** An environment with every field filled, and the name that its file has. */
export type Environment = Values & { readonly name: string }
