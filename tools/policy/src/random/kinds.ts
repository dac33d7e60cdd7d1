import { isBlock, textsIn, valuesAt } from '@cartwright/infra/stack-json'
import { add, type Draft, type Found, inContainers, resourcesOf, set } from '../test/drafts.ts'
import {
  anyOf,
  attributesIn,
  eachStatement,
  type Kind,
  type Place,
  setting,
  statementsIn,
  takeAway,
  without,
} from './mutation.ts'

const INGRESS = 'aws_vpc_security_group_ingress_rule'
const EGRESS = 'aws_vpc_security_group_egress_rule'
const SERVICE = 'aws_ecs_service'
const TASK = 'aws_ecs_task_definition'
const BUILD = 'aws_codebuild_project'
const ALARM = 'aws_cloudwatch_metric_alarm'
const ACCESS = 'aws_s3_bucket_public_access_block'

/** What careless and hostile changes do. */
export const KINDS: readonly Kind[] = [
  {
    id: 'encryption taken away',
    places: anyOf(
      without(
        'apply_server_side_encryption_by_default',
        'encryption_configuration',
        'encryption_key',
        'kms_key_arn',
        'kms_key_id',
        'kms_key_identifier',
        'kms_master_key_id',
        'server_side_encryption',
      ),
      off(
        'at_rest_encryption_enabled',
        'cloud_watch_encryption_enabled',
        'sqs_managed_sse_enabled',
        'transit_encryption_enabled',
      ),
      only('aws_s3_bucket_server_side_encryption_configuration', deleted),
      setting(BUILD, { 'artifacts.encryption_disabled': true }),
    ),
  },
  {
    id: 'TLS weakened',
    places: anyOf(
      only('aws_lb_listener', ({ block }) =>
        block['protocol'] === 'HTTPS'
          ? [
              ...changes('a policy of 2016', { ssl_policy: 'ELBSecurityPolicy-2016-08' }),
              ...changes('TLS 1.0', { ssl_policy: 'ELBSecurityPolicy-TLS13-1-0-2021-06' }),
              ...changes('no policy', { ssl_policy: undefined }),
              ...changes('HTTP', { protocol: 'HTTP', ssl_policy: undefined, certificate_arn: undefined }),
            ]
          : [
              ...changes('an answer instead of a redirect', {
                default_action: [{ type: 'fixed-response', fixed_response: { content_type: 'text/plain' } }],
              }),
              ...changes('a redirect to HTTP', { 'default_action.redirect.protocol': 'HTTP' }),
            ],
      ),
      setting('aws_elasticache_replication_group', { transit_encryption_mode: 'preferred' }),
      setting('aws_acm_certificate', { validation_method: 'EMAIL' }, { key_algorithm: 'RSA_1024' }),
      eachStatement(
        'allowed instead of denied',
        ({ Effect }) => Effect === 'Deny',
        (one) => set(one, 'Effect', 'Allow'),
      ),
    ),
  },
  {
    id: 'group rule widened',
    places: (found) =>
      found.type === INGRESS || found.type === EGRESS
        ? [
            ...changes('from anywhere', { cidr_ipv4: '0.0.0.0/0', referenced_security_group_id: undefined }),
            ...changes('from anywhere of IPv6', {
              cidr_ipv4: undefined,
              cidr_ipv6: '::/0',
              referenced_security_group_id: undefined,
            }),
            ...changes('from half of the world', {
              cidr_ipv4: '0.0.0.0/1',
              referenced_security_group_id: undefined,
            }),
            ...changes('every port', { from_port: 0, to_port: 65_535 }),
            ...changes('every protocol', { ip_protocol: '-1', from_port: undefined, to_port: undefined }),
            ...changes('UDP', { ip_protocol: 'udp' }),
          ]
        : [],
  },
  {
    id: 'way in added',
    places: (found) =>
      found.type === 'aws_security_group'
        ? ['0.0.0.0/0', '::/0', '203.0.113.0/24', '10.0.0.0/8'].flatMap((from) =>
            [22, 3389, 6379, 8080].map((port) => ({
              what: `${port} from ${from}`,
              change: ({ type, id }: Found, json: Draft) =>
                add(json, INGRESS, {
                  security_group_id: `\${${type}.${id}.id}`,
                  description: 'For now',
                  [from.includes(':') ? 'cidr_ipv6' : 'cidr_ipv4']: from,
                  ip_protocol: 'tcp',
                  from_port: port,
                  to_port: port,
                }),
            })),
          )
        : [],
  },
  {
    id: 'logs dropped',
    places: anyOf(
      only('aws_cloudwatch_log_group', without('retention_in_days'), deleted),
      only('aws_wafv2_web_acl_logging_configuration', deleted),
      without('access_logs', 'logs_config', 'log_delivery_configuration'),
      setting('aws_lb', { 'access_logs.enabled': false }),
      setting(BUILD, { 'logs_config.cloudwatch_logs.status': 'DISABLED' }),
      setting('aws_ecs_cluster', { 'setting.value': 'disabled' }),
      setting('aws_ecs_cluster', { setting: undefined }),
      inTask('logConfiguration', undefined),
      inTask('logConfiguration.options.awslogs-group', '/cartwright/other'),
      inTask('logConfiguration.options.mode', undefined),
      inTask('logConfiguration.logDriver', 'none'),
    ),
  },
  {
    id: 'flow logs dropped',
    places: anyOf(
      only('aws_flow_log', deleted),
      setting('aws_flow_log', { traffic_type: 'ACCEPT' }, { log_destination: undefined }),
    ),
  },
  {
    id: 'role swapped',
    places: swapped('aws_iam_role', [
      'execution_role_arn',
      'iam_role_arn',
      'role',
      'role_arn',
      'service_role',
      'task_role_arn',
    ]),
  },
  {
    id: 'reference swapped',
    places: anyOf(
      ...[
        'aws_security_group',
        'aws_cloudwatch_log_group',
        'aws_sqs_queue',
        'aws_route_table',
        'aws_cloudwatch_event_rule',
        'aws_lb_listener',
        'aws_codebuild_project',
      ].map((type) => swapped(type)),
    ),
  },
  {
    id: 'bucket opened',
    places: anyOf(
      off('block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'),
      only(ACCESS, deleted),
      only('aws_s3_bucket_ownership_controls', deleted),
      setting('aws_s3_bucket_ownership_controls', { 'rule.object_ownership': 'ObjectWriter' }),
      setting('aws_s3_bucket', { acl: 'public-read' }),
      only('aws_s3_bucket_policy', ({ block }) =>
        ['*', { AWS: '*' }, { AWS: 'arn:aws:iam::210987654321:root' }].map((Principal) => ({
          what: `a statement that lets ${JSON.stringify(Principal)} read`,
          change: (copy) => {
            const document = JSON.parse(String(block['policy']))
            document.Statement.push({
              Sid: 'Read',
              Effect: 'Allow',
              Principal,
              Action: 's3:GetObject',
              Resource: `${String(block['bucket']).replace('.id}', '.arn}')}/*`,
            })
            copy.block['policy'] = JSON.stringify(document)
          },
        })),
      ),
    ),
  },
  {
    id: 'dead letters dropped',
    places: anyOf(
      without('dead_letter_config', 'redrive_policy'),
      only('aws_sqs_queue', deleted),
      only('aws_sqs_queue_policy', deleted),
    ),
  },
  {
    id: 'wildcard in a statement',
    places: anyOf(
      eachStatement(
        'every action of the service',
        (one, found) => isAllow(one) && !allows(one, /\*$/) && found.type !== 'aws_iam_role',
        (one) => set(one, 'Action', [`${actionsOf(one)[0]?.split(':')[0]}:*`]),
      ),
      eachStatement('every action', isAllowOfPolicy, (one) => set(one, 'Action', '*')),
      eachStatement(
        'actions by their beginning',
        (one, found) => isAllowOfPolicy(one, found) && !allows(one, /\*$/),
        (one) =>
          set(
            one,
            'Action',
            actionsOf(one).map((action) => action.replace(/:([A-Z][a-z]+).*/, ':$1*')),
          ),
      ),
      eachStatement(
        'every resource',
        (one) => isAllow(one) && !['*'].includes(String(one['Resource'])) && one['Resource'] !== undefined,
        (one) => set(one, 'Resource', '*'),
      ),
      eachStatement(
        'everybody',
        (one) => isAllow(one) && one['Principal'] !== undefined && one['Principal'] !== '*',
        (one) => set(one, 'Principal', '*'),
      ),
      eachStatement(
        'every account',
        (one) => isAllow(one) && one['Principal'] !== undefined && one['Principal'] !== '*',
        (one) => set(one, 'Principal', { AWS: '*' }),
      ),
      eachStatement(
        'another account',
        (one) => isAllow(one) && one['Principal'] !== undefined,
        (one) => set(one, 'Principal', { AWS: 'arn:aws:iam::210987654321:root' }),
      ),
    ),
  },
  {
    id: 'right added',
    places: (found) =>
      found.type === 'aws_iam_role_policy'
        ? [
            ['iam:PassRole', '*'],
            ['iam:CreateAccessKey', 'arn:aws:iam::123456789012:user/ops'],
            ['sts:AssumeRole', 'arn:aws:iam::210987654321:role/other'],
            ['kms:Decrypt', '*'],
            ['secretsmanager:GetSecretValue', '*'],
            ['s3:GetObject', '*'],
            ['dynamodb:Scan', 'arn:aws:dynamodb:eu-west-1:123456789012:table/*'],
          ].map(([Action, Resource]) => ({
            what: `${Action} on ${Resource}`,
            change: ({ block }) => {
              const document = JSON.parse(String(block['policy']))
              document.Statement.push({ Sid: 'More', Effect: 'Allow', Action, Resource })
              block['policy'] = JSON.stringify(document)
            },
          }))
        : [],
  },
  {
    id: 'condition dropped',
    places: anyOf(
      eachStatement(
        'no condition',
        (one) => one['Condition'] !== undefined,
        (one) => set(one, 'Condition', undefined),
      ),
      (found) =>
        statementsIn(found).flatMap(({ Sid, Condition }) =>
          Object.keys(isBlock(Condition) ? Condition : {}).flatMap((operator, _, all) =>
            all.length < 2
              ? []
              : eachStatement(
                  `no ${operator}`,
                  (one) => one['Sid'] === Sid,
                  (one) => set(one, `Condition.${operator}`, undefined),
                )(found, {}),
          ),
        ),
    ),
  },
  {
    id: 'statement dropped',
    places: eachStatement(
      'gone',
      () => true,
      (one, all) => all.splice(all.indexOf(one), 1),
    ),
  },
  {
    id: 'resource deleted',
    places: deleted,
  },
  {
    id: 'protection off',
    places: anyOf(
      off(
        'deletion_protection_enabled',
        'enable_deletion_protection',
        'enable_key_rotation',
        'auto_minor_version_upgrade',
        'automatic_failover_enabled',
        'multi_az_enabled',
      ),
      without('prevent_destroy', 'final_snapshot_identifier', 'snapshot_retention_limit'),
      without('point_in_time_recovery', 'create_before_destroy'),
      setting('aws_s3_bucket', { force_destroy: true }),
      setting('aws_ecr_repository', { force_delete: true }),
      setting('aws_kms_key', { is_enabled: false }, { deletion_window_in_days: 1 }),
      setting('aws_secretsmanager_secret', { recovery_window_in_days: 0 }),
      setting('aws_s3_bucket_versioning', { 'versioning_configuration.status': 'Suspended' }),
      setting('aws_lb', { drop_invalid_header_fields: false }, { desync_mitigation_mode: 'monitor' }),
    ),
  },
  {
    id: 'secret in plain text',
    places: anyOf(
      ...['DB_PASSWORD', 'API_KEY', 'SESSION_SECRET', 'GITHUB_TOKEN'].map((name) =>
        anyOf(inTask('environment.0', { name, value: 'correct-horse' }), (found) =>
          found.type === BUILD
            ? changes(`${name} in plain text`, {
                'environment.environment_variable.0': { name, value: 'correct-horse' },
              })
            : [],
        ),
      ),
      inTask('environment.0', { name: 'PAYMENTS', value: 'https://shop:correct-horse@example.com' }),
      setting('aws_secretsmanager_secret_version', { secret_string: 'correct-horse' }),
      setting('aws_ssm_parameter', { value: 'correct-horse', insecure_value: undefined }),
      setting('aws_sns_topic', { display_name: 'AKIAIOSFODNN7EXAMPLE' }),
      setting('aws_elasticache_replication_group', { 'lifecycle.ignore_changes': [] }),
      setting('aws_elasticache_replication_group', { auth_token: undefined }),
    ),
  },
  {
    id: 'image not fixed',
    places: anyOf(
      setting(
        'aws_ecr_repository',
        { image_tag_mutability: 'MUTABLE' },
        { image_tag_mutability: undefined },
        { 'image_scanning_configuration.scan_on_push': false },
        { image_scanning_configuration: undefined },
      ),
      only('aws_ecr_lifecycle_policy', deleted),
      inTask('image', 'public.ecr.aws/example/api:latest'),
      inTask('image', 'public.ecr.aws/example/api'),
    ),
  },
  {
    id: 'container unconfined',
    places: anyOf(
      inTask('privileged', true),
      inTask('user', 'root'),
      inTask('user', '0'),
      inTask('user', undefined),
      inTask('readonlyRootFilesystem', false),
      inTask('linuxParameters.capabilities', { add: ['SYS_PTRACE'], drop: [] }),
      inTask('linuxParameters', undefined),
      inTask('healthCheck', undefined),
      setting(TASK, { pid_mode: 'host' }, { ipc_mode: 'host' }, { network_mode: 'host' }),
      setting(BUILD, { 'environment.privileged_mode': true }),
      setting(SERVICE, { enable_execute_command: true }),
    ),
  },
  {
    id: 'wait dropped',
    places: ({ block }) => {
      const waits = valuesAt(block, 'depends_on').map(String)
      return [
        ...waits.map((one) => ({
          what: `not after ${one.replace(/_[0-9A-F]{8}$/, '')}`,
          change: ({ block: copy }: Found) => {
            copy['depends_on'] = waits.filter((other) => other !== one)
          },
        })),
        ...(waits.length > 1 ? changes('after nothing', { depends_on: undefined }) : []),
      ]
    },
  },
  {
    id: 'name beyond a limit',
    places: ({ type, block }) =>
      NAMES.filter((at) => typeof block[at] === 'string' && !String(block[at]).includes('${'))
        .filter(() => !OWN_NAMES.includes(type))
        .flatMap((at) => changes(`${at} too long`, { [at]: `${String(block[at])}${'-more'.repeat(220)}` })),
  },
  {
    id: 'alarm silenced',
    places: anyOf(
      only(ALARM, without('alarm_actions', 'alarm_description', 'treat_missing_data'), deleted),
      only('aws_cloudwatch_composite_alarm', without('alarm_actions'), deleted),
      only('aws_sns_topic_subscription', deleted),
      only('aws_sns_topic_policy', deleted),
      setting(ALARM, { actions_enabled: false }),
      setting('aws_cloudwatch_composite_alarm', { actions_enabled: false }),
      only(ALARM, ({ block }) => [
        ...attributesIn(block, ['dimensions']).flatMap((at) =>
          Object.keys((valuesAt(block, at.replaceAll(/\.\d+/g, ''))[0] ?? {}) as object).flatMap((name) =>
            changes(`dimension ${name} misspelt`, { [`${at}.${name}`]: 'cartwrigt' }),
          ),
        ),
        ...(typeof block['threshold'] === 'number'
          ? changes('a threshold that is never reached', { threshold: 1_000_000_000 })
          : []),
      ]),
      setting('aws_budgets_budget', { notification: [] }),
    ),
  },
  {
    id: 'redaction removed',
    places: ({ type, block }) =>
      type === 'aws_wafv2_web_acl_logging_configuration'
        ? [
            ...valuesAt(block, 'redacted_fields').flatMap((field, _, all) =>
              changes(`${String(valuesAt(field, 'single_header.name')[0])} shown`, {
                redacted_fields: all.filter((other) => other !== field),
              }),
            ),
            ...changes('everything shown', { redacted_fields: undefined }),
          ]
        : [],
  },
  {
    id: 'firewall opened',
    places: anyOf(
      only('aws_wafv2_web_acl_association', deleted),
      only('aws_wafv2_web_acl', ({ block }) =>
        valuesAt(block, 'rule').flatMap((rule, _, all) => [
          ...changes(`rule ${String(valuesAt(rule, 'name')[0])} gone`, {
            rule: all.filter((other) => other !== rule),
          }),
          ...changes(`rule ${String(valuesAt(rule, 'name')[0])} only counts`, {
            rule: all.map((other) => (other === rule ? counting(rule as Draft) : other)),
          }),
        ]),
      ),
      off('cloudwatch_metrics_enabled'),
      only('aws_wafv2_web_acl', ({ block }) =>
        attributesIn(block, ['sampled_requests_enabled']).flatMap((at) =>
          changes(`${at} is true`, { [at]: true }),
        ),
      ),
    ),
  },
  {
    id: 'reached from outside',
    places: anyOf(
      setting(SERVICE, { 'network_configuration.assign_public_ip': true }),
      setting('aws_subnet', { map_public_ip_on_launch: true }),
      setting('aws_default_security_group', {
        ingress: [{ from_port: 0, to_port: 0, protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }],
      }),
      ({ type, block }, json) =>
        type === SERVICE || type === 'aws_elasticache_subnet_group'
          ? resourcesOf(json)
              .filter((other) => other.type === 'aws_subnet' && other.id.includes('public'))
              .flatMap((subnet) => {
                const at = type === SERVICE ? 'network_configuration.subnets' : 'subnet_ids'
                const [, ...rest] = valuesAt(block, at)
                return changes('in a public subnet', { [at]: [`\${aws_subnet.${subnet.id}.id}`, ...rest] })
              })
          : [],
      ({ type, block }, json) =>
        type === 'aws_route' && block['nat_gateway_id'] !== undefined
          ? resourcesOf(json)
              .filter((other) => other.type === 'aws_internet_gateway')
              .flatMap(({ id }) =>
                changes('a route to the internet gateway', {
                  nat_gateway_id: undefined,
                  gateway_id: `\${aws_internet_gateway.${id}.id}`,
                }),
              )
          : [],
      only('aws_vpc_endpoint', ({ block }) =>
        block['vpc_endpoint_type'] === 'Interface'
          ? changes('no names of its own', { private_dns_enabled: false })
          : changes('no policy', { policy: undefined }),
      ),
    ),
  },
  {
    id: 'rollback disabled',
    places: anyOf(
      setting(
        SERVICE,
        { 'deployment_circuit_breaker.enable': false },
        { 'deployment_circuit_breaker.rollback': false },
        { deployment_circuit_breaker: undefined },
        { wait_for_steady_state: false },
        { 'lifecycle.postcondition': undefined },
        { deployment_minimum_healthy_percent: 0 },
      ),
      only(SERVICE, without('alarms')),
      only(SERVICE, off('enable', 'rollback')),
      only('aws_codepipeline', without('on_failure')),
    ),
  },
  {
    id: 'wrong port or path',
    places: anyOf(
      setting(SERVICE, { 'load_balancer.container_port': 80 }, { 'load_balancer.container_name': 'web' }),
      setting(
        'aws_lb_target_group',
        { port: 80 },
        { 'health_check.path': undefined },
        { 'health_check.port': '9999' },
      ),
      setting('aws_lb_target_group', { target_type: 'instance' }, { health_check: { enabled: false } }),
      inTask('portMappings', []),
      (found) =>
        found.type === INGRESS || found.type === EGRESS
          ? changes('port 9', { from_port: 9, to_port: 9 })
          : [],
    ),
  },
  {
    id: 'kept for less time',
    places: anyOf(
      only('aws_cloudwatch_log_group', ({ block }) =>
        changes('one day', { retention_in_days: block['retention_in_days'] === 1 ? 2 : 1 }),
      ),
      setting('aws_sqs_queue', { message_retention_seconds: 60 }, { message_retention_seconds: undefined }),
      setting('aws_sqs_queue', { visibility_timeout_seconds: 0 }),
      only('aws_s3_bucket_lifecycle_configuration', deleted),
      setting('aws_s3_bucket_lifecycle_configuration', { rule: [] }),
      setting('aws_dynamodb_table', { 'ttl.enabled': false }, { ttl: undefined }),
      setting('aws_cloudwatch_event_archive', { retention_days: 1 }),
      setting('aws_elasticache_parameter_group', { parameter: [] }, { 'parameter.value': 'allkeys-lru' }),
    ),
  },
]

const NAMES = [
  'alarm_name',
  'bucket',
  'dashboard_name',
  'family',
  'name',
  'policy_name',
  'replication_group_id',
]

/** Types whose name is another's, or whatever DNS says. */
const OWN_NAMES: readonly string[] = ['aws_route53_record']

/** Attributes set, as one place. */
function changes(what: string, attributes: Draft): readonly Place[] {
  return [
    {
      what,
      change: ({ block }) => {
        for (const [at, value] of Object.entries(attributes)) set(block, at, value)
      },
    },
  ]
}

/** Ways for one type alone. */
function only(type: string, ...ways: readonly Kind['places'][]): Kind['places'] {
  return (found, json) => (found.type === type ? anyOf(...ways)(found, json) : [])
}

/** Switches turned off where they are on. */
function off(...names: readonly string[]): Kind['places'] {
  return ({ block }) =>
    attributesIn(block, names).flatMap((at) => {
      const value = at.split('.').reduce<unknown>((inner, name) => (inner as Draft)[name], block)
      return value === true || value === 'true' ? changes(`${at} is off`, { [at]: false }) : []
    })
}

function deleted({ type }: Found): readonly Place[] {
  return [{ what: `${type} and what is its`, change: (found, json) => takeAway(json, found) }]
}

/** Something of each container of a task. */
function inTask(at: string, value: unknown): Kind['places'] {
  return ({ type, block }) =>
    type !== TASK
      ? []
      : (JSON.parse(String(block['container_definitions'])) as Draft[]).map(({ name }, index) => ({
          what: `${String(name)}: ${at} ${value === undefined ? 'taken away' : `is ${JSON.stringify(value)}`}`,
          change: (copy) => inContainers(copy, (containers) => set(containers[index] ?? {}, at, value)),
        }))
}

/** References to resources of a type, each replaced by each of the others. */
function swapped(type: string, attributes?: readonly string[]): Kind['places'] {
  return ({ block }, json) =>
    Object.entries(block)
      .filter(([at]) => at !== '//' && at !== 'depends_on' && at !== 'tags')
      .filter(([at]) => attributes?.includes(at) ?? at !== 'policy')
      .flatMap(([at, value]) => {
        const names = textsIn(value).flatMap((text) =>
          [...text.matchAll(new RegExp(`\\b${type}\\.([\\w-]+)`, 'g'))].map(([, id = '']) => id),
        )
        return [...new Set(names)].flatMap((name) =>
          resourcesOf(json)
            .filter((other) => other.type === type && other.id !== name)
            .map(({ id }) => ({
              what: `${at}: ${id.replace(/_[0-9A-F]{8}$/, '')} for ${name.replace(/_[0-9A-F]{8}$/, '')}`,
              change: ({ block: copy }: Found) => {
                const from = `${type}.${name}.`
                copy[at] = JSON.parse(JSON.stringify(value).replaceAll(from, `${type}.${id}.`))
              },
            })),
        )
      })
}

function counting(rule: Draft): Draft {
  return rule['override_action'] === undefined
    ? { ...rule, action: { count: {} } }
    : { ...rule, override_action: { count: {} } }
}

function isAllow({ Effect }: Draft): boolean {
  return Effect === 'Allow'
}

function isAllowOfPolicy(statement: Draft, { type }: Found): boolean {
  return isAllow(statement) && type !== 'aws_iam_role'
}

function actionsOf({ Action }: Draft): readonly string[] {
  return [Action].flat().map(String)
}

function allows(statement: Draft, pattern: RegExp): boolean {
  return actionsOf(statement).some((action) => pattern.test(action))
}
