import { completed } from '@cartwright/environments'
import { StackJson } from '../synthesised/stack-json.ts'
import { environment, synthesiseAll } from '../test/synthesise.ts'
import { fixedCosts, sum } from './estimate.ts'
import { useCosts } from './use.ts'

// Quantities are counted by hand from environments/prod.ts and what it deploys, and what the bill calls each stands beside it.
// Prices and what is assumed of a request are those of the tables, written out again: a wrong digit in one of the two shows,
// a price that both have wrong does not.

const MONTH = 730
const prod = completed(environment('prod')).environment
const stack = new StackJson('prod', synthesiseAll([prod], 'prod').json)

const total = (bill: readonly (readonly [string, number])[]): number =>
  bill.reduce((all, [, usd]) => all + usd, 0)

test('a month of prod before the first request is within 5 % of what is calculated by hand', () => {
  const byHand = total([
    // Three zones, each with a NAT gateway and its address; the load balancer has one in each.
    ['EU-NatGateway-Hours', 3 * MONTH * 0.048],
    ['EU-PublicIPv4:InUseAddress', (3 + 3) * MONTH * 0.005],
    ['EU-LoadBalancerUsage (Application)', MONTH * 0.0252],
    // ecr.api, ecr.dkr, logs, events, secretsmanager and xray, each in three zones.
    ['EU-VpcEndpoint-Hours', 6 * 3 * MONTH * 0.011],
    // Three nodes of cache.r7g.large.
    ['EU-NodeUsage:cache.r7g.large', 3 * MONTH * 0.243],
    // Three tasks of 1 vCPU and 2 GB, on demand.
    ['EU-Fargate-ARM-vCPU-Hours:perCPU', 3 * MONTH * 1 * 0.03238],
    ['EU-Fargate-ARM-GB-Hours', 3 * MONTH * 2 * 0.00356],
    // 50 write units and 100 read units, the least of scaling.
    ['EU-WriteCapacityUnit-Hrs', 50 * MONTH * 0.000735],
    ['EU-ReadCapacityUnit-Hrs', 100 * MONTH * 0.000147],
    // 46 metrics of alarms: 5 of each of three Redis nodes, 14 of the table, 5 of events, 4 of requests, 2 of tasks, the 2 that
    // tell missing ones, and the 4 that undo a deployment. Scaling has 2 alarms for each of the service's 3 policies and 4 for
    // each of the table's 2. One composite alarm.
    ['EU-CW:AlarmMonitorUsage', (3 * 5 + 14 + 5 + 4 + 2 + 2 + 4 + 3 * 2 + 2 * 4) * 0.1],
    ['EU-CW:CompositeAlarmMonitorUsage', 0.5],
    ['DashboardsUsageHour', 2 * 3],
    ['eu-west-1-KMS-Keys', 1],
    ['EU-AWSSecretsManager-Secrets', 0.4],
    // An access list with two rules of its own and three of AWS's groups.
    ['EU-WebACLV2', 5],
    ['EU-RuleV2', 5 * 1],
    // Container Insights, enhanced: some 180 metrics, and half a GB of log.
    ['EU-CW:MetricsUsage (MetricStorage:CI-ECS)', 180 * 0.07],
    ['EU-DataProcessing-Bytes', 0.5 * 0.57],
  ])

  expect(Math.abs(sum(fixedCosts(stack).lines) / byHand - 1)).toBeLessThan(0.05)
})

test('what 50 requests a second add in prod is within 5 % of what is calculated by hand', () => {
  const requests = 50 * 3600 * MONTH
  const changes = 0.3 * requests
  // 131.4 million requests of 1 KB with answers of 3 KB, 39.4 million changes of 10 write units.
  const byHand = total([
    ['EU-DataTransfer-Out-Bytes', requests * 3e-6 * 0.09],
    // 50 × 4 KB a second are 0.72 GB an hour: so many capacity units.
    ['EU-LCUUsage', 0.72 * MONTH * 0.008],
    ['EU-RequestV2-Tier1', (requests / 1e6) * 0.6],
    // 2 KB of firewall log, of which 0.5 are included; a year of it at 15 %.
    ['EU-VendedLog-Bytes-WAFLogs', requests * 1.5e-6 * 0.57],
    ['EU-TimedStorage-ByteHrs (logs)', requests * (2e-6 + 0.4e-6) * 0.15 * 12 * 0.03],
    ['EU-DataProcessing-Bytes', requests * 0.4e-6 * 0.57],
    // 15 changes a second of 10 units at 70 %: 215 units, 50 of them fixed.
    ['EU-WriteCapacityUnit-Hrs', (215 - 50) * MONTH * 0.000735],
    ['EU-Event-64K-Chunks', (changes / 1e6) * 1],
    // Archived for 90 days.
    ['EU-ArchivedEvents-Bytes', changes * 1e-6 * 0.11],
    ['EU-TimedStorage-ByteHrs (archive)', changes * 1e-6 * 3 * 0.023],
    // 3 carts a second for a week, 15 answers for a day, half an order for a year.
    ['EU-TimedStorage-ByteHrs (table)', (3 * 2 * 7 + 15 * 1 + 0.5 * 2 * 365) * 86_400e-6 * 0.283],
    ['EU-TimedPITRStorage-ByteHrs', (3 * 2 * 7 + 15 * 1 + 0.5 * 2 * 365) * 86_400e-6 * 0.22],
    // Six snapshots of the carts beyond the free one.
    ['EU-BackupUsage', 6 * (3 * 2 * 7 * 86_400e-6) * 0.085],
    // Flow logs of 13 million connections.
    ['EU-VendedLog-Bytes', (requests * 0.1 * 0.5e-6 + 0.5) * 0.57],
    // A year of access logs at 0.1 KB.
    ['EU-TimedStorage-ByteHrs (bucket)', requests * 0.1e-6 * 12 * 0.023],
    ['EU-VpcEndpoint-Bytes', (requests * 0.4e-6 + changes * 1e-6) * 0.01],
    ['EU-Requests-Tier1 (queue)', ((requests * 0.01 * 3 + 131_400) / 1e6) * 0.4],
    ['EU-NatGateway-Bytes', 20 * 3 * 0.15 * 0.048],
    ['EU-TimedStorage-ByteHrs (images)', 2 * 0.1],
    ['eu-west-1-KMS-Requests', 10 * 0.03],
  ])

  expect(Math.abs(sum(useCosts(stack, 50).lines) / byHand - 1)).toBeLessThan(0.05)
})
