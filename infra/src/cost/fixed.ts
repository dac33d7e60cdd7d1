import { type Block, isBlock, type Resource, StackJson, valuesAt } from '../synthesised/stack-json.ts'
import { nodePrice, PRICES, type PriceKey } from './prices.ts'

/** Hours of a month, as AWS counts when it gives monthly prices: 8,760 divided by 12. */
export const HOURS = 730

/** A thing of a resource that has a price. */
export interface Part {
  readonly what: string
  readonly quantity: number
  readonly price: PriceKey
  readonly assumption?: string
}

/** A thing of a resource whose price is not known. */
interface Unknown {
  readonly reason: string
}

/**
 * Metrics that Container Insights makes, in all: of the cluster, and of each service with its tasks and containers. The first
 * by AWS's list of them, the second measured once by others, for a service of a few tasks. Enhanced ones are made for each task
 * and container as well, and counted by the hour: nobody says how many exactly, others have seen a thousand.
 */
const INSIGHTS = {
  enabled: { cluster: 12, service: 24, price: 'metric-month', doubt: '' },
  enhanced: {
    cluster: 23,
    service: 157,
    price: 'enhanced-metric-month',
    doubt: ': the least of it, as each task and each release brings more',
  },
} as const

/** KB that Container Insights writes to its log a minute for each task, container, service and cluster. */
const INSIGHTS_RECORD = 1
const MINUTES = HOURS * 60
const KB_IN_GB = 1e6

/** Resources whose costs stand in their own block. */
const ALONE: Readonly<Record<string, (block: Block) => readonly (Part | Unknown)[]>> = {
  aws_nat_gateway: () => [{ what: 'NAT gateway', quantity: HOURS, price: 'nat-hour' }],
  aws_eip: () => [{ what: 'public address', quantity: HOURS, price: 'ipv4-hour' }],
  aws_vpc_endpoint: (block) =>
    block['vpc_endpoint_type'] === 'Interface'
      ? [
          {
            what: `interface endpoint in ${count(valuesAt(block, 'subnet_ids').length, 'zone')}`,
            quantity: HOURS * valuesAt(block, 'subnet_ids').length,
            price: 'endpoint-hour',
          },
        ]
      : [],
  aws_lb: (block) => {
    const zones = valuesAt(block, 'subnets').length
    const balancer: Part = { what: 'load balancer', quantity: HOURS, price: 'balancer-hour' }
    if (block['internal'] === true) return [balancer]
    const addresses: Part = {
      what: `${count(zones, 'public address', 'public addresses')} of the load balancer`,
      quantity: HOURS * zones,
      price: 'ipv4-hour',
      assumption: 'one address in each zone; AWS takes more under a load of thousands of requests a second',
    }
    return [balancer, addresses]
  },
  aws_wafv2_web_acl: (block) => {
    const rules = valuesAt(block, 'rule').length
    return [
      { what: 'firewall', quantity: 1, price: 'acl-month' },
      { what: `${count(rules, 'rule')} of the firewall`, quantity: rules, price: 'acl-rule-month' },
    ]
  },
  aws_elasticache_replication_group: (block) => {
    const kind = String(block['node_type'])
    const nodes = Number(block['num_cache_clusters'] ?? 1)
    const node = block['engine'] === 'redis' ? nodePrice(kind) : undefined
    if (node === undefined) return [{ reason: `there is no price of ${block['engine']} on ${kind}` }]
    return [
      {
        what: `${nodes} × ${kind}`,
        quantity: HOURS * nodes * node.times,
        price: node.price,
        ...(node.times === 1 ? {} : { assumption: `${node.times} times ${node.price}` }),
      },
    ]
  },
  aws_cloudwatch_metric_alarm: (block) => {
    const metrics = Math.max(1, valuesAt(block, 'metric_query.metric').length)
    return [{ what: `alarm on ${count(metrics, 'metric')}`, quantity: metrics, price: 'alarm-metric-month' }]
  },
  aws_cloudwatch_composite_alarm: () => [
    { what: 'composite alarm', quantity: 1, price: 'composite-alarm-month' },
  ],
  aws_cloudwatch_dashboard: () => [{ what: 'dashboard', quantity: 1, price: 'dashboard-month' }],
  aws_kms_key: (block) => [
    {
      what: 'key',
      quantity: 1,
      price: 'key-month',
      ...(block['enable_key_rotation'] === true
        ? { assumption: 'its first year: 1 more after the first rotation, and after the second' }
        : {}),
    },
  ],
  aws_secretsmanager_secret: () => [{ what: 'secret', quantity: 1, price: 'secret-month' }],
}

/** Resources whose costs depend on others. */
const TOGETHER: Readonly<Record<string, (resource: Resource, stack: StackJson) => readonly Part[]>> = {
  aws_ecs_service: (resource, stack) => {
    const { least, assumption } = tasksOf(resource, stack)
    return taskParts(resource, stack, { from: 0, to: least }, assumption)
  },
  aws_ecs_cluster: insights,
  aws_dynamodb_table: (resource, stack) => {
    if (resource.block['billing_mode'] !== 'PROVISIONED') return []
    const { read, write } = unitsOf(resource, stack)
    return [
      { what: `${write.least} write units`, quantity: HOURS * write.least, price: 'write-unit-hour' },
      { what: `${read.least} read units`, quantity: HOURS * read.least, price: 'read-unit-hour' },
    ]
  },
  aws_appautoscaling_policy: ({ block }, stack) => {
    if (block['policy_type'] !== 'TargetTrackingScaling') return []
    const [target] = stack.referredBy(block['resource_id'])
    // A table has two more, which tell that units were taken away by hand.
    const alarms = target?.block['service_namespace'] === 'dynamodb' ? 4 : 2
    return [
      {
        what: `${alarms} alarms of scaling`,
        quantity: alarms,
        price: 'alarm-metric-month',
        assumption: 'AWS makes them: 2 for each policy of a service, 4 for each of a table',
      },
    ]
  },
}

/** All that those depend on, and they themselves. */
const CONNECTED: readonly string[] = [
  ...Object.keys(TOGETHER),
  'aws_appautoscaling_scheduled_action',
  'aws_appautoscaling_target',
  'aws_ecs_task_definition',
]

/** The types of resources that cost by being there. */
export const PRICED_TYPES: ReadonlySet<string> = new Set([...Object.keys(ALONE), ...Object.keys(TOGETHER)])

/** What a resource costs that is there, before anybody uses it. */
export function fixedParts(resource: Resource, stack: StackJson): readonly (Part | Unknown)[] {
  return ALONE[resource.type]?.(resource.block) ?? TOGETHER[resource.type]?.(resource, stack) ?? []
}

/** What the output tells where something has no price. */
export const UNKNOWN = 'unknown'

/**
 * The fixed part as the stack's output tells it: dollars with two decimals. Every synthesis asks, so it reads no more of the
 * configuration than it has to; what comes out is the sum of `fixedCosts`.
 */
export function fixedCostOutput(name: string, json: Block): string {
  const blocks = isBlock(json['resource']) ? json['resource'] : {}
  const alone = Object.entries(ALONE).flatMap(([type, parts]) =>
    Object.values(blocks[type] ?? {}).flatMap((block) => parts(block)),
  )
  const connected = CONNECTED.flatMap((type) => (blocks[type] === undefined ? [] : [[type, blocks[type]]]))
  const stack = new StackJson(name, { resource: Object.fromEntries(connected) })
  const parts = [...alone, ...stack.resources.flatMap((resource) => fixedParts(resource, stack))]
  let usd = 0
  for (const part of parts) {
    if ('reason' in part) return UNKNOWN
    usd += part.quantity * PRICES[part.price].usd
  }
  return usd.toFixed(2)
}

/** How many tasks a service has at least and at most, once there is a release. */
export function tasksOf(
  service: Resource,
  stack: StackJson,
): { readonly least: number; readonly most: number; readonly assumption?: string } {
  const [target] = stack.referring(service, 'aws_appautoscaling_target', 'resource_id')
  const desired = released(service.block['desired_count'])
  if (target === undefined) return { least: desired, most: desired }
  const min = released(target.block['min_capacity'])
  const most = Number(target.block['max_capacity'])
  const floors = stack.all('aws_appautoscaling_scheduled_action').map((action) => ({
    hour: Number(/^cron\(\S+ (\d+) /.exec(String(action.block['schedule']))?.[1]),
    tasks: released(valuesAt(action.block, 'scalable_target_action.min_capacity')[0]),
  }))
  const [up, down] = floors.toSorted((a, b) => b.tasks - a.tasks)
  if (up === undefined || down === undefined) return { least: min, most }
  const share = ((down.hour - up.hour + 24) % 24) / 24
  return {
    least: down.tasks + (up.tasks - down.tasks) * share,
    most,
    assumption: `${up.tasks} tasks from ${up.hour} to ${down.hour} o'clock, ${down.tasks} otherwise`,
  }
}

/** The number that an expression has once there is a release, such as `${… == "none") ? 0 : 3}`; or the number itself. */
function released(value: unknown): number {
  const number = Number(/\? *0 *: *(\d+)\)?\}?$/.exec(String(value))?.[1] ?? value)
  if (Number.isNaN(number))
    throw new Error(`the number of tasks is ${value}; wanted: a number, or one of two`)
  return number
}

/** What tasks cost beyond the first `from` of them, up to `to`. Both may have a fraction: of a task that comes by the clock. */
export function taskParts(
  service: Resource,
  stack: StackJson,
  { from, to }: { readonly from: number; readonly to: number },
  assumption?: string,
): readonly Part[] {
  const [task] = stack.referredBy(service.block['task_definition'])
  if (task === undefined) return []
  const vcpus = Number(task.block['cpu']) / 1024
  const gb = Number(task.block['memory']) / 1024
  const [chip] = valuesAt(task.block, 'runtime_platform.cpu_architecture')
  const strategy = valuesAt(service.block, 'capacity_provider_strategy') as readonly Strategy[]
  const spot = onSpot(strategy, to) - onSpot(strategy, from)
  const parts = (tasks: number, prices: 'arm' | 'x86' | 'spot-arm', kind: string, why?: string): Part[] => {
    const told = [assumption, why].filter((text) => text !== undefined).join('; ')
    const noted = told === '' ? {} : { assumption: told }
    const what = `${decimal(tasks)} × ${kind} (${decimal(vcpus)} vCPU, ${decimal(gb)} GB)`
    return [
      { what: `${what}, vCPU`, quantity: HOURS * tasks * vcpus, price: `${prices}-vcpu-hour`, ...noted },
      { what: `${what}, memory`, quantity: HOURS * tasks * gb, price: `${prices}-gb-hour`, ...noted },
    ]
  }
  return [
    ...parts(to - from - spot, chip === 'ARM64' ? 'arm' : 'x86', 'task on demand'),
    ...parts(spot, 'spot-arm', 'task on Spot', 'a third of on demand, and the price floats'),
  ]
}

/** What tasks run on, as ECS takes it. */
interface Strategy {
  readonly capacity_provider: string
  readonly base?: number
  readonly weight?: number
}

/** How many of so many tasks run on Spot: the strategy's bases come first, the others go by weight. */
function onSpot(strategy: readonly Strategy[], tasks: number): number {
  const all = (of: readonly Strategy[], field: 'base' | 'weight'): number =>
    of.reduce((total, one) => total + (one[field] ?? 0), 0)
  const spot = strategy.filter(({ capacity_provider }) => capacity_provider === 'FARGATE_SPOT')
  const beyond = Math.max(0, tasks - all(strategy, 'base'))
  const weights = all(strategy, 'weight')
  return Math.min(tasks, all(spot, 'base')) + (weights === 0 ? 0 : (beyond * all(spot, 'weight')) / weights)
}

interface Units {
  readonly least: number
  readonly most: number
}

/** The units of a provisioned table: those that it is made with, or what scaling keeps. */
export function unitsOf(table: Resource, stack: StackJson): { readonly read: Units; readonly write: Units } {
  const targets = stack.referring(table, 'aws_appautoscaling_target', 'resource_id')
  const units = (dimension: string, capacity: string): Units => {
    const target = targets.find(({ block }) => String(block['scalable_dimension']).endsWith(dimension))
    const made = Number(table.block[capacity])
    return target === undefined
      ? { least: made, most: made }
      : { least: Number(target.block['min_capacity']), most: Number(target.block['max_capacity']) }
  }
  return {
    read: units('ReadCapacityUnits', 'read_capacity'),
    write: units('WriteCapacityUnits', 'write_capacity'),
  }
}

/** Container Insights: metrics, and the log that standard ones are made from. */
function insights(cluster: Resource, stack: StackJson): readonly Part[] {
  const settings = valuesAt(cluster.block, 'setting') as readonly { name?: string; value?: string }[]
  const mode = settings.find(({ name }) => name === 'containerInsights')?.value
  if (mode !== 'enabled' && mode !== 'enhanced') return []
  const services = stack.referring(cluster, 'aws_ecs_service', 'cluster')
  const { cluster: ofCluster, service: ofService, price, doubt } = INSIGHTS[mode]
  const metrics = ofCluster + services.length * ofService
  const records = services.reduce((all, service) => all + tasksOf(service, stack).least * 3 + 1, 1)
  return [
    {
      what: `Container Insights (${mode}), ${metrics} metrics`,
      quantity: metrics,
      price,
      assumption: `${ofCluster} metrics of the cluster and ${ofService} of a service with its tasks${doubt}`,
    },
    {
      what: 'log of Container Insights',
      quantity: (records * INSIGHTS_RECORD * MINUTES) / KB_IN_GB,
      price: 'logs-in-gb',
      assumption: `${INSIGHTS_RECORD} KB a minute for the cluster, the service, each task and two containers in it`,
    },
  ]
}

function decimal(number: number): string {
  return String(Math.round(number * 100) / 100)
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
