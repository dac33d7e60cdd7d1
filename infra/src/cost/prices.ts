/** The region whose prices these are. Other regions differ by up to a third; the estimate says so. */
export const PRICED_REGION = 'eu-west-1'

/** The dates of the oldest and of the newest price below; each has its own. */
export const PRICES_OF = { from: '2025-08', to: '2026-10-04' } as const

type SourceKind =
  /** AWS's price list for the region: its offer files, or the Pricing API. */
  | 'list'
  /** A pricing page of AWS. */
  | 'page'
  /** A bill of the region, divided by its hours. */
  | 'bill'
  /** From the price list of another region, or from a neighbouring price. */
  | 'derived'
  /** The same for years, and not read again. */
  | 'known'

/** Where a price was read: in a published copy of that, as the page says. */
interface Source {
  readonly kind: SourceKind
  /** Which list with its version or SKU, which page, which bill, from what. */
  readonly text: string
}

/** @param offer `<offer>/<version>` as in the address of the list, or the offer with the SKU */
function list(offer: string): Source {
  return { kind: 'list', text: offer }
}

function api(sku?: string): Source {
  return { kind: 'list', text: sku === undefined ? 'Pricing API' : `Pricing API, SKU ${sku}` }
}

/** @param title the page's */
function page(title: string): Source {
  return { kind: 'page', text: title }
}

function bill(text: string): Source {
  return { kind: 'bill', text }
}

/** @param from what it was derived from, and how */
function derived(from: string): Source {
  return { kind: 'derived', text: from }
}

/** @param why it is believed */
function known(why: string): Source {
  return { kind: 'known', text: why }
}

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

const NAT_LIST = list('AmazonEC2/20260925174521')
const TABLE_LIST = list('AmazonDynamoDB/20260911124422')
const CLOUDWATCH_LIST = list('AmazonCloudWatch/20260922021715')
const SECRETS_LIST = list('AWSSecretsManager/20260911124610')
const BUCKET_LIST = list('AmazonS3/20260928230416')
const FARGATE_LIST = list('AmazonECS/20260911124425')
const FIREWALL_PAGE = page('AWS WAF Pricing')
const SPOT = derived('a third of on demand')

/**
 * Every price that estimates use, and the only place that has them. To bring one up to date: look its usage type up in
 * AWS's price list of the region, change figure, source and date, and `npm run docs`.
 */
export const PRICES = {
  // Network.
  'nat-hour': price(0.048, 'h', 'EU-NatGateway-Hours', NAT_LIST, '2026-09-25'),
  'nat-gb': price(0.048, 'GB', 'EU-NatGateway-Bytes', NAT_LIST, '2026-09-25'),
  'ipv4-hour': price(
    0.005,
    'h',
    'EU-PublicIPv4:InUseAddress',
    list('AmazonVPC/20260917190528'),
    '2026-09-17',
  ),
  'endpoint-hour': price(0.011, 'h', 'EU-VpcEndpoint-Hours', api('H37WJ97MHYGDXG2A'), '2026-07'),
  'endpoint-gb': price(0.01, 'GB', 'EU-VpcEndpoint-Bytes', api(), '2026'),
  'internet-gb': price(
    0.09,
    'GB',
    'EU-DataTransfer-Out-Bytes',
    list('AWSDataTransfer/20260916132208'),
    '2026-09-16',
    'certain',
    'the first 10 TB of a month; less above',
  ),

  // Load balancer and firewall.
  'balancer-hour': price(
    0.0252,
    'h',
    'EU-LoadBalancerUsage',
    bill('$15.00 for 595 hours'),
    '2026-07',
    'certain',
    'operation LoadBalancing:Application; 0.028 under the same usage type is the Classic load balancer',
  ),
  'lcu-hour': price(0.008, 'LCU-h', 'EU-LCUUsage', list('AWSELB/20260911124544'), '2026-09-11'),
  'acl-month': price(5, 'month', 'EU-WebACLV2', FIREWALL_PAGE, '2026-08-19'),
  'acl-rule-month': price(
    1,
    'month',
    'EU-RuleV2',
    FIREWALL_PAGE,
    '2026-08-19',
    'certain',
    'a managed group is one rule',
  ),
  'acl-requests': price(
    0.6,
    '1M requests',
    'EU-RequestV2-Tier1',
    FIREWALL_PAGE,
    '2026-08-19',
    'certain',
    'up to 1,500 capacity units and the default body size',
  ),

  // Tasks.
  'arm-vcpu-hour': price(
    0.03238,
    'vCPU-h',
    'EU-Fargate-ARM-vCPU-Hours:perCPU',
    api('KXC9CEUQGJQPNZPY'),
    '2026-05-01',
  ),
  'arm-gb-hour': price(0.00356, 'GB-h', 'EU-Fargate-ARM-GB-Hours', api('MGJ5EB5GSHR8QZDF'), '2026-05-01'),
  'spot-arm-vcpu-hour': price(
    0.0107,
    'vCPU-h',
    'EU-SpotUsage-Fargate-ARM-vCPU-Hours:perCPU',
    SPOT,
    '2025',
    'guess',
    'it floats: 0.3 to 0.5 of that',
  ),
  'spot-arm-gb-hour': price(
    0.00118,
    'GB-h',
    'EU-SpotUsage-Fargate-ARM-GB-Hours',
    SPOT,
    '2025',
    'guess',
    'it floats: 0.3 to 0.5 of that',
  ),
  'x86-vcpu-hour': price(0.04048, 'vCPU-h', 'EU-Fargate-vCPU-Hours:perCPU', FARGATE_LIST, '2026-09-11'),
  'x86-gb-hour': price(0.004445, 'GB-h', 'EU-Fargate-GB-Hours', FARGATE_LIST, '2026-09-11'),

  // Redis; the key is the kind of node.
  'cache.t4g.micro': price(
    0.017,
    'h',
    'EU-NodeUsage:cache.t4g.micro',
    derived('half of a small one, as in every region looked at'),
    '2026-10',
    'likely',
  ),
  'cache.t4g.small': price(0.034, 'h', 'EU-NodeUsage:cache.t4g.small', api(), '2026-10-04'),
  'cache.t4g.medium': price(
    0.069,
    'h',
    'EU-NodeUsage:cache.t4g.medium',
    derived('a small one, by the ratio in other regions'),
    '2026-10',
    'likely',
  ),
  'cache.r7g.large': price(0.243, 'h', 'EU-NodeUsage:cache.r7g.large', api(), '2026-09-20'),
  'cache.r6g.large': price(0.229, 'h', 'EU-NodeUsage:cache.r6g.large', api(), '2026-04-01'),
  'cache.m7g.large': price(
    0.174,
    'h',
    'EU-NodeUsage:cache.m7g.large',
    derived('m6g, by the ratio of us-east-1'),
    '2026',
    'likely',
  ),
  'cache.m6g.large': price(
    0.164,
    'h',
    'EU-NodeUsage:cache.m6g.large',
    api(),
    '2026-08-12',
    'certain',
    'a bill agrees',
  ),
  'cache.m5.large': price(
    0.172,
    'h',
    'EU-NodeUsage:cache.m5.large',
    api(),
    '2026-08-12',
    'certain',
    'a bill agrees',
  ),
  'cache-backup-gb': price(
    0.085,
    'GB-month',
    'EU-BackupUsage',
    page('Amazon ElastiCache Pricing'),
    '2026-08',
    'likely',
    'one price for all regions',
  ),

  // Table.
  'write-unit-hour': price(
    0.000735,
    'unit-h',
    'EU-WriteCapacityUnit-Hrs',
    list('AmazonDynamoDB, SKU 36CGV8QUHJZG65HD'),
    '2025-08-28',
  ),
  'read-unit-hour': price(
    0.000147,
    'unit-h',
    'EU-ReadCapacityUnit-Hrs',
    list('AmazonDynamoDB, SKU J7FH9ZNSN6J2RR9Q'),
    '2025-08-28',
  ),
  'write-requests': price(0.705, '1M units', 'EU-WriteRequestUnits', TABLE_LIST, '2026-09-11'),
  'read-requests': price(0.1415, '1M units', 'EU-ReadRequestUnits', TABLE_LIST, '2026-09-11'),
  'table-gb': price(0.283, 'GB-month', 'EU-TimedStorage-ByteHrs', TABLE_LIST, '2026-09-11'),
  'recovery-gb': price(0.22, 'GB-month', 'EU-TimedPITRStorage-ByteHrs', TABLE_LIST, '2026-09-11'),

  // Events.
  events: price(
    1,
    '1M events',
    'EU-Event-64K-Chunks',
    known("an undated copy of the region's list has the same"),
    '2026',
    'likely',
  ),
  'archive-in-gb': price(
    0.11,
    'GB',
    'EU-ArchivedEvents-Bytes',
    derived("us-east-1's 0.10, and the usual tenth"),
    '2026',
    'guess',
  ),
  'archive-gb': price(
    0.023,
    'GB-month',
    'EU-TimedStorage-ByteHrs',
    derived('us-east-1'),
    '2026-08',
    'likely',
  ),
  'queue-requests': price(0.4, '1M requests', 'EU-Requests-Tier1', list('AWSQueueService'), '2026-09-11'),

  // Seeing.
  'logs-in-gb': price(0.57, 'GB', 'EU-DataProcessing-Bytes', CLOUDWATCH_LIST, '2026-09-22'),
  'vended-logs-in-gb': price(
    0.57,
    'GB',
    'EU-VendedLog-Bytes',
    api(),
    '2026-07-05',
    'likely',
    '0.50 stands elsewhere',
  ),
  'firewall-logs-in-gb': price(
    0.57,
    'GB',
    'EU-VendedLog-Bytes-WAFLogs',
    derived('as other vended logs'),
    '2026-08-19',
    'likely',
    "500 MB for each million requests are in the firewall's price (AWS WAF Pricing)",
  ),
  'logs-gb': price(
    0.03,
    'GB-month',
    'EU-TimedStorage-ByteHrs',
    CLOUDWATCH_LIST,
    '2026-09-22',
    'certain',
    'compressed',
  ),
  'metric-month': price(0.3, 'metric', 'EU-CW:MetricMonitorUsage', CLOUDWATCH_LIST, '2026-09-22'),
  'enhanced-metric-month': price(
    0.07,
    'metric',
    'EU-CW:MetricsUsage',
    derived("us-east-1's Pricing API; other metrics and alarms cost the same in both"),
    '2026-07-30',
    'likely',
    'operation MetricStorage:CI-ECS',
  ),
  'alarm-metric-month': price(0.1, 'metric', 'EU-CW:AlarmMonitorUsage', CLOUDWATCH_LIST, '2026-09-22'),
  'composite-alarm-month': price(
    0.5,
    'month',
    'EU-CW:CompositeAlarmMonitorUsage',
    known('as in every large region'),
    '2026',
    'likely',
  ),
  'dashboard-month': price(
    3,
    'month',
    'DashboardsUsageHour',
    list('AmazonCloudWatch, for any location'),
    '2026',
    'certain',
    'a global price',
  ),

  // Keys and secrets.
  'key-month': price(
    1,
    'month',
    'eu-west-1-KMS-Keys',
    known('as in every large region; eu-west-2 has it so in its list'),
    '2026-09',
    'likely',
  ),
  'key-requests': price(0.03, '10,000 requests', 'eu-west-1-KMS-Requests', list('awskms'), '2026-09-25'),
  'secret-month': price(0.4, 'month', 'EU-AWSSecretsManager-Secrets', SECRETS_LIST, '2026-09-11'),
  'secret-requests': price(
    0.05,
    '10,000 calls',
    'EU-AWSSecretsManager-APIRequests',
    SECRETS_LIST,
    '2026-09-11',
  ),

  // Files, images, releases.
  'bucket-gb': price(0.023, 'GB-month', 'EU-TimedStorage-ByteHrs', BUCKET_LIST, '2026-09-28'),
  'bucket-writes': price(0.005, '1,000 writes', 'EU-Requests-Tier1', BUCKET_LIST, '2026-09-28'),
  'image-gb': price(
    0.1,
    'GB-month',
    'EU-TimedStorage-ByteHrs',
    list('AmazonECR/20260911124425'),
    '2026-09-11',
  ),
  'pipeline-minute': price(
    0.002,
    'minute',
    'EU-actionExecutionMinute',
    page('AWS CodePipeline Pricing'),
    '2026-09-29',
  ),
  'build-minute': price(
    0.0034,
    'minute',
    'EU-Build-Min:ARM:g1.small',
    derived("us-east-1's list, CodeBuild"),
    '2026-09-28',
    'likely',
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
