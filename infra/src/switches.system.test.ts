import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { block, Plan, type Values } from './test/plan.ts'

// What differs between the environments, as Terraform plans it: the files' own values, nothing made yet, a pipeline for
// each, a domain for those that are to have one. The table below is what the design says of them.

const MAIN = path.join(import.meta.dirname, 'main.ts')
const ENVIRONMENTS = path.resolve(import.meta.dirname, '../../environments')
const PATIENCE = 5 * 60_000

const NAMES = ['dev', 'staging', 'prod'] as const
type Name = (typeof NAMES)[number]

/** What only a user can give. */
const GIVEN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    NAMES.flatMap((name) => [
      [`CARTWRIGHT_${name.toUpperCase()}_ALARM_EMAILS`, 'ops@example.com'],
      [`CARTWRIGHT_${name.toUpperCase()}_REPOSITORY_ID`, 'acme/shop'],
      [`CARTWRIGHT_${name.toUpperCase()}_ACCOUNT_ID`, '123456789012'],
    ]),
  ),
  CARTWRIGHT_STAGING_DOMAIN_NAME: 'cart.staging.example.com',
  CARTWRIGHT_STAGING_HOSTED_ZONE_ID: 'Z0123456789ABCDEFGHIJ',
  CARTWRIGHT_PROD_DOMAIN_NAME: 'cart.example.com',
  CARTWRIGHT_PROD_HOSTED_ZONE_ID: 'Z0123456789ABCDEFGHIJ',
  CARTWRIGHT_PROD_JWT_ISSUER: 'https://login.example.com',
  CARTWRIGHT_PROD_JWT_AUDIENCE: 'carts',
  CARTWRIGHT_PROD_JWT_JWKS_URL: 'https://login.example.com/keys',
}

/** Something that a plan decides, and what it has to be. */
type Row = readonly [
  what: string,
  dev: unknown,
  staging: unknown,
  prod: unknown,
  read: (plan: Plan) => unknown,
]

const TWO_ZONES = ['eu-west-1a', 'eu-west-1b']
const THREE_ZONES = [...TWO_ZONES, 'eu-west-1c']
const ENDPOINTS = ['ecr.api', 'ecr.dkr', 'events', 'logs', 'secretsmanager', 'xray']
const SHELL_ENDPOINTS = ['kms', 'ssmmessages']
const SCALED_BY = {
  ECSServiceAverageCPUUtilization: 70,
  ECSServiceAverageMemoryUtilization: 80,
  ALBRequestCountPerTarget: 60_000,
}
const DELIVERED = ['Source', 'Promote', 'Deploy']
const PUBLIC = [
  [80, 'HTTP', 'redirect'],
  [443, 'HTTPS', 'fixed-response'],
]

// biome-ignore format: a table.
const NETWORK: readonly Row[] = [
  ['region', 'eu-west-1', 'eu-west-1', 'eu-west-1', (plan) => plan.provider('region')],
  ['accounts that it may touch', ['123456789012'], ['123456789012'], ['123456789012'], (plan) => plan.provider('allowed_account_ids')],
  ['project and environment, as tags', ['cartwright', 'dev'], ['cartwright', 'staging'], ['cartwright', 'prod'], tagsOf],
  ['addresses', '10.40.0.0/16', '10.50.0.0/16', '10.60.0.0/16', (plan) => plan.one('aws_vpc')['cidr_block']],
  ['zones', TWO_ZONES, TWO_ZONES, THREE_ZONES, (plan) => plan.distinct('aws_subnet', 'availability_zone')],
  ['subnets', 6, 6, 9, (plan) => plan.count('aws_subnet')],
  ['NAT gateways', 1, 1, 3, (plan) => plan.count('aws_nat_gateway')],
  ['gateway endpoints', ['dynamodb', 's3'], ['dynamodb', 's3'], ['dynamodb', 's3'], (plan) => endpointsOf(plan, 'Gateway')],
  ['interface endpoints', [], [...ENDPOINTS, ...SHELL_ENDPOINTS].toSorted(), ENDPOINTS, (plan) => endpointsOf(plan, 'Interface')],
]

// biome-ignore format: a table.
const TASKS: readonly Row[] = [
  ['CPU and memory', ['256', '512'], ['512', '1024'], ['1024', '2048'], (plan) => both(taskOf(plan), 'cpu', 'memory')],
  ['processor', 'ARM64', 'ARM64', 'ARM64', (plan) => block(taskOf(plan), 'runtime_platform')?.['cpu_architecture']],
  ['tasks before the first release', 0, 0, 0, (plan) => serviceOf(plan)['desired_count']],
  ['tasks from then on', 1, 2, 3, releasedTasksOf],
  ['fewest and most tasks before the first release, with scaling', [], [[0, 6]], [[0, 20]], (plan) => limitsOf(plan, 'ecs:service:DesiredCount')],
  ['fewest tasks from then on', [], [2], [3], leastTasksOf],
  ['what scaling aims at', {}, SCALED_BY, SCALED_BY, (plan) => targetsOf(plan, 'service_')],
  ['scheduled floors', 0, 0, 0, (plan) => plan.count('aws_appautoscaling_scheduled_action')],
  ['capacity', ['FARGATE_SPOT'], ['FARGATE above 1', 'FARGATE_SPOT'], ['FARGATE'], capacityOf],
  ['who asks (IDENTITY)', 'header', 'header', 'jwt', (plan) => variableOf(plan, 'IDENTITY')],
  ['issuer of tokens', undefined, undefined, 'https://login.example.com', (plan) => variableOf(plan, 'JWT_ISSUER')],
  ['audience of tokens', undefined, undefined, 'carts', (plan) => variableOf(plan, 'JWT_AUDIENCE')],
  ['keys of tokens', undefined, undefined, 'https://login.example.com/keys', (plan) => variableOf(plan, 'JWT_JWKS_URL')],
  ['log level', 'debug', 'info', 'info', (plan) => variableOf(plan, 'LOG_LEVEL')],
  ['traces: a collector beside the API', ['api'], ['api', 'traces'], ['api', 'traces'], (plan) => containersOf(plan).map(({ name }) => name)],
  ['ECS Exec', true, true, false, (plan) => serviceOf(plan)['enable_execute_command']],
  ['Container Insights', 'disabled', 'enabled', 'enhanced', (plan) => block(plan.one('aws_ecs_cluster'), 'setting')?.['value']],
]

// biome-ignore format: a table.
const DATA: readonly Row[] = [
  ['table: billing', 'PAY_PER_REQUEST', 'PAY_PER_REQUEST', 'PROVISIONED', (plan) => tableOf(plan)['billing_mode']],
  ['table: units at first', [undefined, undefined], [undefined, undefined], [100, 50], (plan) => both(tableOf(plan), 'read_capacity', 'write_capacity')],
  ['table: read units', [], [], [[100, 1000]], (plan) => limitsOf(plan, 'dynamodb:table:ReadCapacityUnits')],
  ['table: write units', [], [], [[50, 500]], (plan) => limitsOf(plan, 'dynamodb:table:WriteCapacityUnits')],
  ['table: what scaling aims at', {}, {}, { DynamoDBReadCapacityUtilization: 70, DynamoDBWriteCapacityUtilization: 70 }, (plan) => targetsOf(plan, 'table_')],
  ['table: point-in-time recovery', false, true, true, (plan) => block(tableOf(plan), 'point_in_time_recovery')?.['enabled']],
  ['table: deletion protection', false, false, true, (plan) => tableOf(plan)['deletion_protection_enabled']],
  ['Redis: version', '7.1', '7.1', '7.1', (plan) => redisOf(plan)['engine_version']],
  ['Redis: eviction', 'noeviction', 'noeviction', 'noeviction', (plan) => block(plan.one('aws_elasticache_parameter_group'), 'parameter')?.['value']],
  ['Redis: nodes', [1, 'cache.t4g.micro'], [2, 'cache.t4g.small'], [3, 'cache.r7g.large'], (plan) => both(redisOf(plan), 'num_cache_clusters', 'node_type')],
  ['Redis: Multi-AZ and failover', [false, false], [true, true], [true, true], (plan) => both(redisOf(plan), 'multi_az_enabled', 'automatic_failover_enabled')],
  ['Redis: snapshots', 0, 0, 7, (plan) => redisOf(plan)['snapshot_retention_limit']],
  ['archive of events, in days', [], [30], [90], (plan) => plan.distinct('aws_cloudwatch_event_archive', 'retention_days')],
  ['log of events', ['/aws/events/cartwright-dev'], [], [], eventLogsOf],
  ['images kept: released, and of all', [10, 10], [30, 30], [50, 50], keptImagesOf],
  ['tags of images', 'IMMUTABLE', 'IMMUTABLE', 'IMMUTABLE', (plan) => registryOf(plan)['image_tag_mutability']],
]

// biome-ignore format: a table.
const WAY_IN: readonly Row[] = [
  ['listeners', [[80, 'HTTP', 'fixed-response']], PUBLIC, PUBLIC, listenersOf],
  ['domain', [], ['cart.staging.example.com'], ['cart.example.com'], domainsOf],
  ['firewalls', 0, 1, 1, (plan) => plan.count('aws_wafv2_web_acl')],
  ['load balancer: deletion protection', false, false, true, (plan) => plan.one('aws_lb')['enable_deletion_protection']],
  ['load balancer: access logs', undefined, true, true, (plan) => block(plan.one('aws_lb'), 'access_logs')?.['enabled']],
]

// biome-ignore format: a table.
const SEEING: readonly Row[] = [
  ['logs, in days', [7], [30], [365], (plan) => plan.distinct('aws_cloudwatch_log_group', 'retention_in_days')],
  ['alarms', 0, 36, 41, (plan) => alarmsOf(plan, 'observability_').length],
  ['alarms in one', 0, 1, 1, (plan) => plan.count('aws_cloudwatch_composite_alarm')],
  ['who is told of alarms', [], ['ops@example.com'], ['ops@example.com'], (plan) => plan.distinct('aws_sns_topic_subscription', 'endpoint')],
  ['budget, in dollars', '150.0', '500.0', '3000.0', (plan) => plan.one('aws_budgets_budget')['limit_amount']],
  ['who is told of costs', ['ops@example.com'], ['ops@example.com'], ['ops@example.com'], (plan) => block(plan.one('aws_budgets_budget'), 'notification')?.['subscriber_email_addresses']],
  ['alarms that undo a deployment', [], ['errors', 'slowness'], ['errors', 'slowness'], rollbackAlarmsOf],
]

// What refuses a destroy in Terraform itself (`prevent_destroy`) is in no plan; tools/deploy/test tries it.
// biome-ignore format: a table.
const END: readonly Row[] = [
  ['images go with the registry', true, true, false, (plan) => registryOf(plan)['force_delete']],
  ['objects go with their buckets', [true], [true], [false], (plan) => plan.distinct('aws_s3_bucket', 'force_destroy')],
  ['days in which the secret can be restored', 0, 0, 30, (plan) => plan.one('aws_secretsmanager_secret')['recovery_window_in_days']],
  ['days in which the key can be restored', 7, 7, 30, (plan) => plan.one('aws_kms_key')['deletion_window_in_days']],
  // Its name is made when the group is.
  ['a last snapshot of Redis', null, null, undefined, (plan) => redisOf(plan)['final_snapshot_identifier']],
  ['changes of Redis at once, not in its window', true, true, false, (plan) => redisOf(plan)['apply_immediately']],
]

// biome-ignore format: a table.
const DELIVERY: readonly Row[] = [
  ['stages', ['Source', 'Build', 'Deploy'], DELIVERED, DELIVERED.toSpliced(2, 0, 'Approve'), (plan) => stagesOf(plan).map(({ name }) => name)],
  ['what is taken over comes from', undefined, 'cartwright-dev-cart-api', 'cartwright-staging-cart-api', provenRepositoryOf],
  ['branches', ['develop'], ['develop'], ['develop'], branchesOf],
  ['kind of pipeline', ['V2', 'QUEUED'], ['V2', 'QUEUED'], ['V2', 'QUEUED'], (plan) => both(plan.one('aws_codepipeline'), 'pipeline_type', 'execution_mode')],
]

const plans = new Map<Name, Plan>()
/** What Terraform says of prod as it is in a fresh clone. */
let refusal: unknown
let folder: string
let aws: LocalAws

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'switches-'))
  aws = await startLocalAws()
  const given = synthesise('given', GIVEN)
  const bare = synthesise('bare', {})
  const planned = NAMES.map(async (name) => {
    plans.set(name, await Plan.of(path.join(given, name), aws.environment))
  })
  const refused = Plan.of(path.join(bare, 'prod'), aws.environment).catch((error: Error) => error.message)
  await Promise.all(planned)
  refusal = await refused
}, PATIENCE)

afterAll(async () => {
  await aws?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.each([
  ['the network', NETWORK],
  ['tasks', TASKS],
  ['data', DATA],
  ['the way in', WAY_IN],
  ['what is seen', SEEING],
  ['the end', END],
  ['delivery', DELIVERY],
])('%s', (_, rows) => {
  test.each(rows)('%s: %j in dev, %j in staging, %j in prod', (_what, dev, staging, prod, read) => {
    const found = Object.fromEntries(NAMES.map((name) => [name, read(planOf(name))]))

    expect(found).toEqual({ dev, staging, prod })
  })
})

test('prod is refused by its plan as long as something is missing that only its user knows', () => {
  for (const variable of ['DOMAIN_NAME', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL', 'REPOSITORY_ID']) {
    expect(refusal).toContain(`CARTWRIGHT_PROD_${variable}`)
  }
})

/** Synthesises all environments with a pipeline, which no variable switches on. */
function synthesise(name: string, given: Readonly<Record<string, string>>): string {
  const environments = path.join(folder, `${name}-environments`)
  const outdir = path.join(folder, name)
  for (const one of [environments, outdir]) mkdirSync(one)
  writeFileSync(path.join(environments, 'package.json'), '{"type":"module"}')
  for (const file of NAMES.map((environment) => `${environment}.ts`)) {
    const source = JSON.stringify(path.join(ENVIRONMENTS, file))
    writeFileSync(
      path.join(environments, file),
      `import base from ${source}\nexport default { ...base, enableCicd: true }\n`,
    )
  }
  const variables = { ...given, CARTWRIGHT_ENVIRONMENTS: environments, CDKTF_OUTDIR: outdir }
  // Nothing of this machine's own settings.
  const { PATH, TMPDIR } = process.env
  execFileSync(process.execPath, [MAIN], { env: { PATH, TMPDIR, ...variables } })
  return path.join(outdir, 'stacks')
}

function planOf(name: Name): Plan {
  const found = plans.get(name)
  if (found === undefined) throw new Error(`${name} was not planned`)
  return found
}

function both(of: Values, ...names: readonly string[]): readonly unknown[] {
  return names.map((name) => of[name])
}

function tagsOf(plan: Plan): readonly unknown[] {
  // The provider's shape of tags.
  const tags = plan.one('aws_vpc')['tags_all'] as Values
  return both(tags, 'Project', 'Environment')
}

function endpointsOf(plan: Plan, kind: string): readonly string[] {
  return [...plan.all('aws_vpc_endpoint').values()]
    .filter((endpoint) => endpoint['vpc_endpoint_type'] === kind)
    .map((endpoint) => String(endpoint['service_name']).replace('com.amazonaws.eu-west-1.', ''))
    .toSorted()
}

function taskOf(plan: Plan): Values {
  return plan.one('aws_ecs_task_definition')
}

function serviceOf(plan: Plan): Values {
  return plan.one('aws_ecs_service')
}

function releasedTasksOf(plan: Plan): number {
  return onceReleased(plan.written('aws_ecs_service', 'desired_count'))
}

/** With what else is scaled, which has its number at once. */
function leastTasksOf(plan: Plan): readonly number[] {
  return plan
    .writtenInAll('aws_appautoscaling_target', 'min_capacity')
    .map(onceReleased)
    .filter((tasks) => !Number.isNaN(tasks))
}

/** The expression is `${image in use == "none" ? 0 : n}`. */
function onceReleased(expression: unknown): number {
  return Number(/\? 0 : (\d+)\}$/.exec(String(expression))?.[1])
}

/** In which capacity tasks run, in its order. */
function capacityOf(plan: Plan): readonly string[] {
  // The provider's shape of blocks.
  const strategy = serviceOf(plan)['capacity_provider_strategy'] as readonly Values[]
  return strategy
    .map(({ capacity_provider: name, base }) => (base === 0 ? `${name}` : `${name} above ${base}`))
    .toSorted()
}

interface Container {
  readonly name: string
  readonly environment: readonly { readonly name: string; readonly value: string }[]
}

/** They name the registry, so a plan that makes it knows no more of them than what is written. */
function containersOf(plan: Plan): readonly Container[] {
  // What our own service wrote.
  return JSON.parse(String(plan.written('aws_ecs_task_definition', 'container_definitions'))) as Container[]
}

function variableOf(plan: Plan, variable: string): string | undefined {
  const [api] = containersOf(plan)
  return api?.environment.find(({ name }) => name === variable)?.value
}

/** The least and the most of what scaling moves. */
function limitsOf(plan: Plan, dimension: string): readonly unknown[] {
  return [...plan.all('aws_appautoscaling_target').values()]
    .filter((target) => target['scalable_dimension'] === dimension)
    .map((target) => both(target, 'min_capacity', 'max_capacity'))
}

function targetsOf(plan: Plan, start: string): Readonly<Record<string, unknown>> {
  const policies = [...plan.all('aws_appautoscaling_policy')].filter(([name]) => name.startsWith(start))
  return Object.fromEntries(
    policies.map(([, policy]) => {
      const tracking = block(policy, 'target_tracking_scaling_policy_configuration') ?? {}
      const metric = block(tracking, 'predefined_metric_specification')?.['predefined_metric_type']
      return [String(metric), tracking['target_value']]
    }),
  )
}

function tableOf(plan: Plan): Values {
  return plan.one('aws_dynamodb_table')
}

function redisOf(plan: Plan): Values {
  return plan.one('aws_elasticache_replication_group')
}

function eventLogsOf(plan: Plan): readonly unknown[] {
  const names = plan.distinct('aws_cloudwatch_log_group', 'name')
  return names.filter((name) => String(name).startsWith('/aws/events/'))
}

function registryOf(plan: Plan): Values {
  return plan.one('aws_ecr_repository')
}

/** The first rule expires released images beyond it, the last one all others: they are to keep as many. */
function keptImagesOf(plan: Plan): unknown {
  const { rules }: { rules: readonly { selection: Values }[] } = JSON.parse(
    String(plan.one('aws_ecr_lifecycle_policy')['policy']),
  )
  return [rules.at(0), rules.at(-1)].map((rule) => rule?.selection['countNumber'])
}

/** Port, protocol, and what is done with a request that no rule takes. */
function listenersOf(plan: Plan): readonly unknown[] {
  return [...plan.all('aws_lb_listener').values()]
    .map((listener) => [...both(listener, 'port', 'protocol'), block(listener, 'default_action')?.['type']])
    .toSorted(([one], [other]) => Number(one) - Number(other))
}

function domainsOf(plan: Plan): readonly unknown[] {
  const records = [...plan.all('aws_route53_record').values()].filter((record) => record['type'] === 'A')
  return records.map((record) => record['name'])
}

function alarmsOf(plan: Plan, start: string): readonly Values[] {
  return [...plan.all('aws_cloudwatch_metric_alarm')]
    .filter(([name]) => name.startsWith(start))
    .map(([, alarm]) => alarm)
}

/** Those that the service watches while it deploys, without what all names begin with. */
function rollbackAlarmsOf(plan: Plan): readonly string[] {
  // The provider's shape of a block.
  const names = (block(serviceOf(plan), 'alarms')?.['alarm_names'] ?? []) as readonly string[]
  return names.map((name) => name.replace(/^.*-rollback-/, '')).toSorted()
}

function stagesOf(plan: Plan): readonly Values[] {
  // The provider's shape of blocks.
  return plan.one('aws_codepipeline')['stage'] as readonly Values[]
}

function branchesOf(plan: Plan): unknown {
  const trigger = block(plan.one('aws_codepipeline'), 'trigger') ?? {}
  const push = block(block(trigger, 'git_configuration') ?? {}, 'push') ?? {}
  return block(push, 'branches')?.['includes']
}

/** The registry that a promotion looks for proven images in. */
function provenRepositoryOf(plan: Plan): unknown {
  const projects = [...plan.all('aws_codebuild_project').values()]
  const variables = projects.flatMap(
    // The provider's shape of blocks.
    (project) => block(project, 'environment')?.['environment_variable'] as readonly Values[],
  )
  return variables.find(({ name }) => name === 'PROVEN_REPOSITORY')?.['value']
}
