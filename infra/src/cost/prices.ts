/** The region whose prices these are. Other regions differ by up to a third; the estimate says so. */
export const PRICED_REGION = 'eu-west-1'

/** The day of the newest price below; each has its own. */
export const PRICES_OF = '2026-10-04'

/** Where a price was read. */
type Source =
  /** AWS's price list for the region: its offer files, or the Pricing API. */
  | 'list'
  /** A pricing page of AWS. */
  | 'page'
  /** A bill of the region, divided by its hours. */
  | 'bill'
  /** The price list of another region, or of a neighbouring size: the note says which. */
  | 'derived'

/** A price per unit, on demand, without tax, support, discount and free tier. */
export interface Price {
  readonly usd: number
  readonly unit: string
  /** What the bill calls it. */
  readonly usageType: string
  readonly source: Source
  /** The list's or the page's date, as exactly as it is known. */
  readonly date: string
  /** `certain`: read for this region. `likely`: within a few percent. `guess`: it floats, or was not found. */
  readonly sureness: 'certain' | 'likely' | 'guess'
  readonly note?: string
}

function price(
  usd: number,
  unit: string,
  usageType: string,
  source: Source,
  date: string,
  sureness: Price['sureness'] = 'certain',
  note?: string,
): Price {
  return { usd, unit, usageType, source, date, sureness, ...(note === undefined ? {} : { note }) }
}

/**
 * Every price that estimates use, and the only place that has them. To bring one up to date: look its usage type up in
 * AWS's price list of the region, change the figure and the date, and `npm run docs`.
 */
export const PRICES = {
  // Network.
  'nat-hour': price(0.048, 'h', 'EU-NatGateway-Hours', 'list', '2026-09-25'),
  'nat-gb': price(0.048, 'GB', 'EU-NatGateway-Bytes', 'list', '2026-09-25'),
  'ipv4-hour': price(0.005, 'h', 'EU-PublicIPv4:InUseAddress', 'list', '2026-09-17'),
  'endpoint-hour': price(0.011, 'h', 'EU-VpcEndpoint-Hours', 'list', '2026-07'),
  'endpoint-gb': price(0.01, 'GB', 'EU-VpcEndpoint-Bytes', 'list', '2026-07'),
  'internet-gb': price(
    0.09,
    'GB',
    'EU-DataTransfer-Out-Bytes',
    'list',
    '2026-09-16',
    'certain',
    'the first 10 TB of a month; less above',
  ),

  // Load balancer and firewall.
  'balancer-hour': price(
    0.0252,
    'h',
    'EU-LoadBalancerUsage',
    'bill',
    '2026-07',
    'certain',
    'operation LoadBalancing:Application; 0.028 under the same usage type is the Classic load balancer',
  ),
  'lcu-hour': price(0.008, 'LCU-h', 'EU-LCUUsage', 'list', '2026-09-11'),
  'acl-month': price(5, 'month', 'EU-WebACLV2', 'page', '2026-08-19'),
  'acl-rule-month': price(
    1,
    'month',
    'EU-RuleV2',
    'page',
    '2026-08-19',
    'certain',
    'a managed group is one rule',
  ),
  'acl-requests': price(
    0.6,
    '1M requests',
    'EU-RequestV2-Tier1',
    'page',
    '2026-08-19',
    'certain',
    'up to 1,500 capacity units and the default body size',
  ),

  // Tasks.
  'arm-vcpu-hour': price(0.03238, 'vCPU-h', 'EU-Fargate-ARM-vCPU-Hours:perCPU', 'list', '2026-05-01'),
  'arm-gb-hour': price(0.00356, 'GB-h', 'EU-Fargate-ARM-GB-Hours', 'list', '2026-05-01'),
  'spot-arm-vcpu-hour': price(
    0.0107,
    'vCPU-h',
    'EU-SpotUsage-Fargate-ARM-vCPU-Hours:perCPU',
    'derived',
    '2025',
    'guess',
    'a third of on demand; it floats: 0.3 to 0.5 of it',
  ),
  'spot-arm-gb-hour': price(
    0.00118,
    'GB-h',
    'EU-SpotUsage-Fargate-ARM-GB-Hours',
    'derived',
    '2025',
    'guess',
    'a third of on demand; it floats: 0.3 to 0.5 of it',
  ),
  'x86-vcpu-hour': price(0.04048, 'vCPU-h', 'EU-Fargate-vCPU-Hours:perCPU', 'list', '2026-09-11'),
  'x86-gb-hour': price(0.004445, 'GB-h', 'EU-Fargate-GB-Hours', 'list', '2026-09-11'),

  // Redis; the key is the kind of node.
  'cache.t4g.micro': price(
    0.017,
    'h',
    'EU-NodeUsage:cache.t4g.micro',
    'derived',
    '2026-10',
    'likely',
    'half of a small one, as in every region',
  ),
  'cache.t4g.small': price(0.034, 'h', 'EU-NodeUsage:cache.t4g.small', 'list', '2026-10-04'),
  'cache.t4g.medium': price(
    0.069,
    'h',
    'EU-NodeUsage:cache.t4g.medium',
    'derived',
    '2026-10',
    'likely',
    "from other regions' lists",
  ),
  'cache.r7g.large': price(0.243, 'h', 'EU-NodeUsage:cache.r7g.large', 'list', '2026-09-20'),
  'cache.r6g.large': price(0.229, 'h', 'EU-NodeUsage:cache.r6g.large', 'list', '2026-04-01'),
  'cache.m7g.large': price(
    0.174,
    'h',
    'EU-NodeUsage:cache.m7g.large',
    'derived',
    '2026',
    'likely',
    'from m6g by the ratio of us-east-1',
  ),
  'cache.m6g.large': price(0.164, 'h', 'EU-NodeUsage:cache.m6g.large', 'bill', '2026-08-12'),
  'cache.m5.large': price(0.172, 'h', 'EU-NodeUsage:cache.m5.large', 'bill', '2026-08-12'),
  'cache-backup-gb': price(0.085, 'GB-month', 'EU-BackupUsage', 'page', '2026-08'),

  // Table.
  'write-unit-hour': price(0.000735, 'unit-h', 'EU-WriteCapacityUnit-Hrs', 'list', '2025-08-28'),
  'read-unit-hour': price(0.000147, 'unit-h', 'EU-ReadCapacityUnit-Hrs', 'list', '2025-08-28'),
  'write-requests': price(0.705, '1M units', 'EU-WriteRequestUnits', 'list', '2026-09-11'),
  'read-requests': price(0.1415, '1M units', 'EU-ReadRequestUnits', 'list', '2026-09-11'),
  'table-gb': price(0.283, 'GB-month', 'EU-TimedStorage-ByteHrs', 'list', '2026-09-11'),
  'recovery-gb': price(0.22, 'GB-month', 'EU-TimedPITRStorage-ByteHrs', 'list', '2026-09-11'),

  // Events.
  events: price(1, '1M events', 'EU-Event-64K-Chunks', 'page', '2026'),
  'archive-in-gb': price(
    0.11,
    'GB',
    'EU-ArchivedEvents-Bytes',
    'derived',
    '2026',
    'guess',
    'us-east-1 has 0.10',
  ),
  'archive-gb': price(
    0.023,
    'GB-month',
    'EU-TimedStorage-ByteHrs',
    'derived',
    '2026-08',
    'likely',
    'us-east-1',
  ),
  'queue-requests': price(0.4, '1M requests', 'EU-Requests-Tier1', 'list', '2026-09-11'),

  // Seeing.
  'logs-in-gb': price(0.57, 'GB', 'EU-DataProcessing-Bytes', 'list', '2026-09-22'),
  'vended-logs-in-gb': price(
    0.57,
    'GB',
    'EU-VendedLog-Bytes',
    'list',
    '2026-07-05',
    'likely',
    '0.50 stands elsewhere',
  ),
  'firewall-logs-in-gb': price(
    0.57,
    'GB',
    'EU-VendedLog-Bytes-WAFLogs',
    'page',
    '2026-08-19',
    'likely',
    '500 MB for each million requests are in the price of the firewall',
  ),
  'logs-gb': price(
    0.03,
    'GB-month',
    'EU-TimedStorage-ByteHrs',
    'list',
    '2026-09-22',
    'certain',
    'compressed',
  ),
  'metric-month': price(0.3, 'metric', 'EU-CW:MetricMonitorUsage', 'list', '2026-09-22'),
  'enhanced-metric-month': price(
    0.07,
    'metric',
    'EU-CW:MetricsUsage',
    'page',
    '2026-10',
    'likely',
    'operation MetricStorage:CI-ECS',
  ),
  'alarm-metric-month': price(0.1, 'metric', 'EU-CW:AlarmMonitorUsage', 'list', '2026-09-22'),
  'composite-alarm-month': price(
    0.5,
    'month',
    'EU-CW:CompositeAlarmMonitorUsage',
    'page',
    '2026',
    'likely',
    'as in every large region; not read again',
  ),
  'dashboard-month': price(3, 'month', 'DashboardsUsageHour', 'list', '2026', 'certain', 'a global price'),

  // Keys and secrets.
  'key-month': price(1, 'month', 'eu-west-1-KMS-Keys', 'page', '2026-09'),
  'key-requests': price(0.03, '10,000 requests', 'eu-west-1-KMS-Requests', 'list', '2026-09-25'),
  'secret-month': price(0.4, 'month', 'EU-AWSSecretsManager-Secrets', 'list', '2026-09-11'),
  'secret-requests': price(0.05, '10,000 calls', 'EU-AWSSecretsManager-APIRequests', 'list', '2026-09-11'),

  // Files, images, releases.
  'bucket-gb': price(0.023, 'GB-month', 'EU-TimedStorage-ByteHrs', 'list', '2026-09-28'),
  'bucket-writes': price(0.005, '1,000 writes', 'EU-Requests-Tier1', 'list', '2026-09-28'),
  'image-gb': price(0.1, 'GB-month', 'EU-TimedStorage-ByteHrs', 'list', '2026-09-11'),
  'pipeline-minute': price(0.002, 'minute', 'EU-actionExecutionMinute', 'page', '2026-09-29'),
  'build-minute': price(
    0.0034,
    'minute',
    'EU-Build-Min:ARM:g1.small',
    'derived',
    '2026-09-28',
    'likely',
    "us-east-1's list",
  ),
} as const satisfies Record<string, Price>

export type PriceKey = keyof typeof PRICES

/** All of them, in the table's order. */
export function allPrices(): readonly (readonly [PriceKey, Price])[] {
  // Object.entries forgets that the keys are the table's.
  return Object.entries<Price>(PRICES) as [PriceKey, Price][]
}

/** How many of a family's large nodes one of another size is worth: AWS prices sizes in proportion, to a rounded cent. */
const SIZES: Readonly<Record<string, number>> = {
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '8xlarge': 16,
  '12xlarge': 24,
  '16xlarge': 32,
}

/** The price of a kind of Redis node and how many times it counts; nothing where the table has no node of its family. */
export function nodePrice(kind: string): { readonly price: PriceKey; readonly times: number } | undefined {
  if (isPriced(kind)) return { price: kind, times: 1 }
  const [, family, size = ''] = /^(cache\.[a-z0-9]+)\.([a-z0-9]+)$/.exec(kind) ?? []
  const large = `${family}.large`
  const times = SIZES[size]
  return times !== undefined && isPriced(large) ? { price: large, times } : undefined
}

function isPriced(key: string): key is PriceKey {
  return key in PRICES
}
