import { type Resource, type StackJson, textsIn, valuesAt } from '../synthesised/stack-json.ts'
import { ASSUMPTIONS, type AssumptionName } from './assumptions.ts'
import { type Line, lineOf } from './estimate.ts'
import { HOURS, type Part, taskParts, tasksOf, unitsOf } from './fixed.ts'
import type { PriceKey } from './prices.ts'

const HOUR = 3600
const DAY = 86_400
const MONTH = HOURS * HOUR
const DAYS = HOURS / 24
const KB_IN_GB = 1e6
const MILLION = 1e6

/** What requests cost in a stack, and where they would be more than it takes. */
export interface Use {
  readonly lines: readonly Line[]
  /** A sentence each. */
  readonly beyond: readonly string[]
}

/** What a month of so many requests a second is made of. */
interface Load {
  readonly perSecond: number
  readonly requests: number
  readonly changesPerSecond: number
  readonly changes: number
  readonly checkouts: number
  readonly connections: number
  /** GB of carts, which are in Redis as well. */
  readonly carts: number
  /** GB of carts, kept answers and orders. */
  readonly stored: number
}

/** The costs of a resource's use. */
type Pricing = (resource: Resource, stack: StackJson, load: Load) => readonly Part[]

/**
 * What a stack costs a month by what is done with it, in its steady state: logs as old as they are kept, the carts of a week.
 *
 * @param perSecond requests a second, all month; 0 leaves what happens without any: releases, looks into the outbox
 */
export function useCosts(stack: StackJson, perSecond: number): Use {
  const load = loadOf(perSecond)
  const lines = stack.resources.flatMap((resource) =>
    (USED[resource.type]?.(resource, stack, load) ?? [])
      .filter(({ quantity }) => quantity > 0)
      .map((part) => lineOf(resource, part, 'use')),
  )
  return { lines, beyond: [...tooManyTasks(stack, load), ...tooManyUnits(stack, load)] }
}

function loadOf(perSecond: number): Load {
  const requests = perSecond * MONTH
  const changesPerSecond = perSecond * a('changeShare')
  const checkouts = requests * a('checkoutShare')
  const carts = changesPerSecond * a('newCartShare') * 7 * DAY * a('cartKb')
  const answers = changesPerSecond * DAY * a('answerKb')
  return {
    perSecond,
    requests,
    changesPerSecond,
    changes: changesPerSecond * MONTH,
    checkouts,
    connections: requests * a('newConnections'),
    carts: carts / KB_IN_GB,
    stored: (carts + answers + checkouts * 12 * a('orderKb')) / KB_IN_GB,
  }
}

const USED: Readonly<Record<string, Pricing>> = {
  aws_lb: ({ block }, _stack, { perSecond, requests, connections }) => [
    {
      what: 'capacity units of the load balancer',
      quantity: lcus(perSecond, connections) * HOURS,
      price: 'lcu-hour',
    },
    { what: 'responses to the internet', quantity: gb(requests, 'responseKb'), price: 'internet-gb' },
    ...(valuesAt(block, 'access_logs.enabled')[0] === true
      ? [
          {
            what: 'access log files, one in five minutes and zone',
            quantity: (valuesAt(block, 'subnets').length * 12 * HOURS) / 1000,
            price: 'bucket-writes' as const,
          },
        ]
      : []),
  ],
  aws_s3_bucket: (bucket, stack, { requests }) => {
    const days = expiry(bucket, stack)
    if (stack.referring(bucket, 'aws_lb', 'access_logs').length > 0) {
      const stored = (gb(requests, 'accessLogKb') * days) / DAYS
      return [{ what: `access log of ${days} days`, quantity: stored, price: 'bucket-gb' }]
    }
    if (stack.referring(bucket, 'aws_codepipeline', 'artifact_store').length === 0) return []
    const artifacts = (a('releases') * a('artifactGb') * days) / DAYS
    return [{ what: `artifacts of ${days} days`, quantity: artifacts, price: 'bucket-gb' }]
  },
  aws_wafv2_web_acl: (_acl, _stack, { requests }) => [
    { what: 'requests through the firewall', quantity: requests / MILLION, price: 'acl-requests' },
  ],
  aws_wafv2_web_acl_logging_configuration: ({ block }, stack, { requests }) => {
    const all = gb(requests, 'firewallLogKb')
    const charged = Math.max(0, all - gb(requests, 'firewallLogIncludedKb'))
    return logged(
      'firewall',
      groupIn(block['log_destination_configs'], stack),
      all,
      'firewall-logs-in-gb',
      charged,
    )
  },
  aws_flow_log: ({ block }, stack, { connections }) =>
    logged(
      'flow',
      groupIn(block['log_destination'], stack),
      gb(connections, 'flowKb') + a('flowGb'),
      'vended-logs-in-gb',
    ),
  aws_ecs_service: (service, stack, load) => {
    const [task] = stack.referredBy(service.block['task_definition'])
    const { least, most } = tasksOf(service, stack)
    const needed = Math.min(most, tasksFor(task, load))
    const containers = task?.block['container_definitions']
    return [
      ...(needed > least
        ? taskParts(service, stack, { from: least, to: needed }, 'tasks above the fewest, for this load')
        : []),
      ...logged('application', groupIn(containers, stack), appLog(containers, load), 'logs-in-gb'),
      {
        what: 'reads of the secret by tasks',
        quantity: (Math.max(least, needed) * a('secretReads')) / 10_000,
        price: 'secret-requests',
      },
    ]
  },
  aws_dynamodb_table: (table, stack, load) => {
    // The state's lock table is no table of carts.
    if (table.block['hash_key'] === 'LockID') return []
    const { stored } = load
    const recovery: Part = { what: 'continuous backup', quantity: stored, price: 'recovery-gb' }
    return [
      ...tableUnits(table, stack, load),
      { what: 'carts, kept answers and orders', quantity: stored, price: 'table-gb' },
      ...(valuesAt(table.block, 'point_in_time_recovery.enabled')[0] === true ? [recovery] : []),
    ]
  },
  aws_elasticache_replication_group: ({ block }, _stack, { carts }) => [
    {
      what: 'snapshots beyond the free one',
      quantity: Math.max(0, Number(block['snapshot_retention_limit'] ?? 0) - 1) * carts,
      price: 'cache-backup-gb',
    },
  ],
  aws_cloudwatch_event_bus: (_bus, _stack, { changes }) => [
    { what: 'events', quantity: changes / MILLION, price: 'events' },
  ],
  aws_cloudwatch_event_archive: ({ block }, _stack, { changes }) => {
    const events = gb(changes, 'eventKb')
    const days = Number(block['retention_days'])
    return [
      { what: 'events into the archive', quantity: events, price: 'archive-in-gb' },
      { what: `archive of ${days} days`, quantity: (events * days) / DAYS, price: 'archive-gb' },
    ]
  },
  aws_cloudwatch_event_target: ({ block }, stack, { changes }) =>
    logged('event', groupIn(block['arn'], stack), gb(changes, 'eventKb'), 'logs-in-gb'),
  aws_sqs_queue: (queue, stack, { checkouts }) => {
    if (stack.referring(queue, 'aws_cloudwatch_event_target', 'arn').length === 0) return []
    const requests = checkouts * 3 + a('emptyReceives')
    return [{ what: 'orders sent, received, deleted', quantity: requests / MILLION, price: 'queue-requests' }]
  },
  aws_nat_gateway: (_nat, stack, load) => {
    const gateways = stack.all('aws_nat_gateway').length
    const services = stack.all('aws_ecs_service')
    const [task] = services.flatMap(({ block }) => stack.referredBy(block['task_definition']))
    const containers = task?.block['container_definitions']
    const hasCollector = String(containers).includes('public.ecr.aws')
    const starts = services.reduce((all, service) => all + tasksOf(service, stack).least, 0) * a('releases')
    const outside =
      (endpoint(stack, 'logs') === undefined ? appLog(containers, load) : 0) +
      (endpoint(stack, 'events') === undefined ? gb(load.changes, 'eventKb') : 0) +
      (hasCollector ? starts * a('startGb') : 0)
    return [{ what: 'traffic through NAT', quantity: outside / gateways, price: 'nat-gb' }]
  },
  aws_vpc_endpoint: (resource, stack, load) => {
    const [task] = stack.all('aws_ecs_task_definition')
    const through =
      resource === endpoint(stack, 'logs')
        ? appLog(task?.block['container_definitions'], load)
        : resource === endpoint(stack, 'events')
          ? gb(load.changes, 'eventKb')
          : 0
    return [{ what: 'traffic through the endpoint', quantity: through, price: 'endpoint-gb' }]
  },
  aws_kms_key: () => [
    { what: 'uses of the key', quantity: a('keyRequests') / 10_000, price: 'key-requests' },
  ],
  aws_ecr_repository: () => [{ what: 'images', quantity: a('imagesGb'), price: 'image-gb' }],
  aws_codepipeline: () => [
    { what: 'minutes of actions', quantity: a('releases') * a('pipelineMinutes'), price: 'pipeline-minute' },
  ],
  aws_codebuild_project: (project, stack) =>
    // A project that no pipeline names runs when a release fails.
    stack.referring(project, 'aws_codepipeline', 'stage').length === 0
      ? []
      : [{ what: 'minutes of builds', quantity: a('releases') * a('buildMinutes'), price: 'build-minute' }],
}

/** The types of resources that cost by what is done with them. */
export const USED_TYPES: ReadonlySet<string> = new Set(Object.keys(USED))

function a(name: AssumptionName): number {
  return ASSUMPTIONS[name].value
}

function gb(times: number, kb: AssumptionName): number {
  return (times * a(kb)) / KB_IN_GB
}

/** The largest of what a load balancer counts: new connections, open ones, and GB an hour; its few rules are free. */
function lcus(perSecond: number, connections: number): number {
  const fresh = connections / MONTH
  const hourly = (perSecond * HOUR * (a('requestKb') + a('responseKb'))) / KB_IN_GB
  return Math.max(fresh / 25, (fresh * a('connectionSeconds')) / 3000, hourly)
}

function groupIn(value: unknown, stack: StackJson): Resource | undefined {
  return stack.referredBy(value).find(({ type }) => type === 'aws_cloudwatch_log_group')
}

/** What comes into a log group, and what is kept of it. */
function logged(
  whose: string,
  group: Resource | undefined,
  written: number,
  price: PriceKey,
  charged = written,
): readonly Part[] {
  if (group === undefined) return []
  const days = Number(group.block['retention_in_days'])
  const kept = (written * a('logCompression') * days) / DAYS
  return [
    { what: `${whose} log, coming in`, quantity: charged, price },
    { what: `${whose} log, kept for ${days} days`, quantity: kept, price: 'logs-gb' },
  ]
}

/** GB of log lines a month: each request is one, of level info. */
function appLog(containers: unknown, { requests }: Load): number {
  const [, level = 'info'] = /"LOG_LEVEL","value":"(\w+)"/.exec(textsIn(containers).join()) ?? []
  return ['debug', 'trace', 'info'].includes(level) ? gb(requests, 'appLogKb') : 0
}

/** How many tasks a load wants, a whole number of them. */
function tasksFor(task: Resource | undefined, { perSecond }: Load): number {
  const vcpus = Number(task?.block['cpu'] ?? 1024) / 1024
  return Math.ceil((perSecond * a('cpuMilliseconds')) / 1000 / (vcpus * a('cpuTarget')))
}

/** On demand every unit; provisioned those above the least that are always there. */
function tableUnits(table: Resource, stack: StackJson, load: Load): readonly Part[] {
  const wanted = unitsFor(stack, load)
  if (table.block['billing_mode'] !== 'PROVISIONED') {
    return [
      { what: 'write units', quantity: (wanted.write * MONTH) / MILLION, price: 'write-requests' },
      { what: 'read units', quantity: (wanted.read * MONTH) / MILLION, price: 'read-requests' },
    ]
  }
  const { read, write } = unitsOf(table, stack)
  const share = utilisation(table, stack)
  const above = ({ least, most }: typeof read, units: number): number =>
    Math.max(0, Math.min(most, Math.ceil(units / share)) - least)
  const writes = above(write, wanted.write)
  const reads = above(read, wanted.read)
  return [
    { what: `${writes} write units above the least`, quantity: writes * HOURS, price: 'write-unit-hour' },
    { what: `${reads} read units above the least`, quantity: reads * HOURS, price: 'read-unit-hour' },
  ]
}

/** Units a second. */
function unitsFor(stack: StackJson, load: Load): { readonly read: number; readonly write: number } {
  const tasks = stack.all('aws_ecs_service').reduce((all, service) => all + tasksOf(service, stack).least, 0)
  const reads = load.perSecond - load.changesPerSecond
  return {
    write: load.changesPerSecond * a('writeUnits'),
    read: load.changesPerSecond * a('readUnits') + reads * a('missShare') + tasks * a('outboxLooks'),
  }
}

/** How full scaling keeps a table. */
function utilisation(table: Resource, stack: StackJson): number {
  const [target] = stack.referring(table, 'aws_appautoscaling_target', 'resource_id')
  const [policy] =
    target === undefined ? [] : stack.referring(target, 'aws_appautoscaling_policy', 'resource_id')
  const [percent = 100] = valuesAt(policy?.block, 'target_tracking_scaling_policy_configuration.target_value')
  return Number(percent) / 100
}

function tooManyTasks(stack: StackJson, load: Load): readonly string[] {
  return stack.all('aws_ecs_service').flatMap((service) => {
    const [task] = stack.referredBy(service.block['task_definition'])
    const wanted = tasksFor(task, load)
    const { most } = tasksOf(service, stack)
    return wanted > most
      ? [`the load wants ${wanted} tasks; the service has ${most} at most, which are counted`]
      : []
  })
}

function tooManyUnits(stack: StackJson, load: Load): readonly string[] {
  return stack.all('aws_dynamodb_table').flatMap((table) => {
    if (table.block['billing_mode'] !== 'PROVISIONED') return []
    const has = unitsOf(table, stack)
    const share = utilisation(table, stack)
    const units = unitsFor(stack, load)
    return (['write', 'read'] as const).flatMap((kind) => {
      const wanted = Math.ceil(units[kind] / share)
      const { most } = has[kind]
      return wanted > most
        ? [`the load wants ${wanted} ${kind} units; the table has ${most} at most, which are counted`]
        : []
    })
  })
}

function endpoint(stack: StackJson, service: string): Resource | undefined {
  return stack
    .all('aws_vpc_endpoint')
    .find(
      ({ block }) =>
        String(block['service_name']).endsWith(`.${service}`) && block['vpc_endpoint_type'] === 'Interface',
    )
}

/** Days after which a bucket's files expire. */
function expiry(bucket: Resource, stack: StackJson): number {
  const [rules] = stack.referring(bucket, 'aws_s3_bucket_lifecycle_configuration', 'bucket')
  return Number(valuesAt(rules?.block, 'rule.expiration.days')[0] ?? 365)
}
