import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { DOCUMENTS } from '../documents.ts'
import type { Breach, Rule } from '../rule.ts'
import { shown } from '../wants.ts'

/** The longest names that AWS takes, and what they are made of, by type. The API reference of each service says so. */
const NAMES: Readonly<
  Record<string, { readonly at: string; readonly longest: number; readonly form?: RegExp }>
> = {
  aws_appautoscaling_policy: { at: 'name', longest: 256 },
  aws_budgets_budget: { at: 'name', longest: 100, form: /^[^:\\]+$/ },
  aws_cloudwatch_composite_alarm: { at: 'alarm_name', longest: 255 },
  aws_cloudwatch_dashboard: { at: 'dashboard_name', longest: 255, form: /^[\w-]+$/ },
  aws_cloudwatch_event_archive: { at: 'name', longest: 48, form: /^[\w.-]+$/ },
  aws_cloudwatch_event_bus: { at: 'name', longest: 256, form: /^[/.\w-]+$/ },
  aws_cloudwatch_event_rule: { at: 'name', longest: 64, form: /^[.\w-]+$/ },
  aws_cloudwatch_log_group: { at: 'name', longest: 512, form: /^[.\w/#-]+$/ },
  aws_cloudwatch_metric_alarm: { at: 'alarm_name', longest: 255 },
  aws_codebuild_project: { at: 'name', longest: 150, form: /^[A-Za-z0-9][\w-]+$/ },
  aws_codepipeline: { at: 'name', longest: 100, form: /^[\w.@-]+$/ },
  aws_codestarconnections_connection: { at: 'name', longest: 32 },
  aws_codestarnotifications_notification_rule: { at: 'name', longest: 64, form: /^[\w -]+$/ },
  aws_dynamodb_table: { at: 'name', longest: 255, form: /^[\w.-]{3,}$/ },
  aws_ecr_repository: { at: 'name', longest: 256, form: /^[a-z0-9][a-z0-9._/-]+$/ },
  aws_ecs_cluster: { at: 'name', longest: 255, form: /^[\w-]+$/ },
  aws_ecs_service: { at: 'name', longest: 255, form: /^[\w-]+$/ },
  aws_ecs_task_definition: { at: 'family', longest: 255, form: /^[\w-]+$/ },
  aws_elasticache_parameter_group: { at: 'name', longest: 255, form: /^[a-z][a-z0-9-]*$/ },
  aws_elasticache_replication_group: {
    at: 'replication_group_id',
    longest: 40,
    form: /^[a-z](?!.*--)[a-z0-9-]*[a-z0-9]$/,
  },
  aws_elasticache_subnet_group: { at: 'name', longest: 255, form: /^[a-z0-9-]+$/ },
  aws_iam_role: { at: 'name', longest: 64, form: /^[\w+=,.@-]+$/ },
  aws_iam_role_policy: { at: 'name', longest: 128, form: /^[\w+=,.@-]+$/ },
  aws_kms_alias: { at: 'name', longest: 256, form: /^alias\/(?!aws\/)[\w/-]+$/ },
  aws_lb: { at: 'name', longest: 32, form: /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/ },
  aws_lb_target_group: { at: 'name', longest: 32, form: /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/ },
  aws_s3_bucket: { at: 'bucket', longest: 63, form: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
  // AWS adds a hyphen and six characters, Terraform 26 to a prefix.
  aws_secretsmanager_secret: { at: 'name_prefix', longest: 512 - 26, form: /^[\w/+=.@-]+$/ },
  aws_security_group: { at: 'name', longest: 255, form: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/ },
  aws_sns_topic: { at: 'name', longest: 256, form: /^[\w-]+$/ },
  aws_sqs_queue: { at: 'name', longest: 80, form: /^[\w-]+$/ },
  aws_ssm_parameter: { at: 'name', longest: 1011, form: /^[\w./-]+$/ },
  aws_wafv2_web_acl: { at: 'name', longest: 128, form: /^[\w-]+$/ },
}

/** Characters that a policy may have, by type: IAM counts no white space. */
const POLICIES: Readonly<Record<string, number>> = {
  aws_cloudwatch_log_resource_policy: 5120,
  aws_ecr_repository_policy: 10_240,
  aws_iam_role: 2048,
  aws_kms_key: 32_768,
  aws_s3_bucket_policy: 20_480,
  aws_sns_topic_policy: 30_720,
  // As an attribute of the queue.
  aws_sqs_queue_policy: 8192,
  aws_vpc_endpoint: 20_480,
}

/** All inline policies of a role together. */
const OF_A_ROLE = 10_240

/** What of a quota may be used: the rest is for whoever adds something. */
const SHARE = 0.8

/** What a reference becomes at the longest: ARNs of roles and queues in regions and accounts with long names. */
const REFERENCE =
  'arn:aws-us-gov:elasticloadbalancing:ap-southeast-4:123456789012:xxxxxxxxxxxx/cartwright-production-cart-api-xxxxxx'

/** How many of a type may stand beside each other: all of a stack, or those that share what an attribute refers to. */
const COUNTS: readonly {
  readonly type: string
  readonly per?: string
  /** What they share is not what `per` refers to, but what that refers to. */
  readonly of?: string
  readonly most: number
  readonly source: string
}[] = [
  {
    type: 'aws_vpc_security_group_ingress_rule',
    per: 'security_group_id',
    most: 60,
    source: 'VPC: rules of a security group',
  },
  {
    type: 'aws_vpc_security_group_egress_rule',
    per: 'security_group_id',
    most: 60,
    source: 'VPC: rules of a security group',
  },
  { type: 'aws_route', per: 'route_table_id', most: 50, source: 'VPC: routes of a table' },
  { type: 'aws_subnet', per: 'vpc_id', most: 200, source: 'VPC: subnets' },
  { type: 'aws_vpc_endpoint', per: 'vpc_id', most: 50, source: 'VPC: interface endpoints' },
  { type: 'aws_eip', most: 5, source: 'EC2: addresses of a region' },
  { type: 'aws_nat_gateway', per: 'subnet_id', most: 5, source: 'VPC: NAT gateways of a zone' },
  {
    type: 'aws_lb_listener_rule',
    per: 'listener_arn',
    of: 'load_balancer_arn',
    most: 100,
    source: 'ELB: rules of a load balancer',
  },
  { type: 'aws_lb_listener', per: 'load_balancer_arn', most: 50, source: 'ELB: listeners' },
  { type: 'aws_cloudwatch_metric_alarm', most: 5000, source: 'CloudWatch: alarms of a region' },
  { type: 'aws_cloudwatch_event_target', per: 'rule', most: 5, source: 'EventBridge: targets of a rule' },
  {
    type: 'aws_cloudwatch_event_rule',
    per: 'event_bus_name',
    most: 100,
    source: 'EventBridge: rules of a bus, new accounts',
  },
  {
    type: 'aws_cloudwatch_log_resource_policy',
    most: 10,
    source: 'CloudWatch Logs: resource policies of a region',
  },
  {
    type: 'aws_appautoscaling_policy',
    per: 'resource_id',
    most: 50,
    source: 'Auto Scaling: policies of a target',
  },
  { type: 'aws_s3_bucket', most: 100, source: 'S3: buckets of an older account' },
  { type: 'aws_codebuild_project', most: 5000, source: 'CodeBuild: projects' },
]

/** Rules of AWS's limits: what is over them is refused, often only after half an hour. */
export const LIMITS: readonly Rule[] = [
  {
    id: 'name-taken-by-aws',
    wants: 'a name is as long as AWS takes it, and made of what it takes',
    severity: 'critical',
    types: Object.keys(NAMES),
    judge: ({ type, block }) => {
      const rule = NAMES[type]
      if (rule === undefined) return []
      return valuesAt(block, rule.at).flatMap((value) =>
        nameBreaches(String(value), rule.at, rule.longest, rule.form),
      )
    },
  },
  {
    id: 'policy-within-its-size',
    wants: `a policy uses at most ${SHARE * 100} % of the characters that AWS takes, however long ARNs become`,
    severity: 'high',
    types: Object.keys(POLICIES),
    judge: ({ type, block }) =>
      valuesAt(block, DOCUMENTS[type] ?? 'policy').flatMap((policy) =>
        sizeBreaches(sizeOf(policy), POLICIES[type] ?? 0),
      ),
  },
  {
    id: 'role-policies-within-their-size',
    wants: `the policies of a role use at most ${SHARE * 100} % of the ${OF_A_ROLE} characters that IAM takes together`,
    severity: 'high',
    types: ['aws_iam_role'],
    judge: (role, stack) => {
      const policies = stack
        .referring(role, 'aws_iam_role_policy', 'role')
        .flatMap(({ block }) => valuesAt(block, 'policy'))
      return sizeBreaches(
        policies.reduce<number>((sum, policy) => sum + sizeOf(policy), 0),
        OF_A_ROLE,
      )
    },
  },
  {
    id: 'quota-kept-with-room',
    wants: `nothing of one stack uses more than ${SHARE * 100} % of what an account may have of it`,
    severity: 'high',
    types: COUNTS.map(({ type }) => type),
    judge: (resource, stack) =>
      COUNTS.filter(({ type }) => type === resource.type).flatMap(({ type, per, of, most, source }) => {
        const shared = ({ block }: Resource) => {
          const values = per === undefined ? [] : valuesAt(block, per)
          return JSON.stringify(
            of === undefined ? values : stack.referredBy(values).map((one) => valuesAt(one.block, of)),
          )
        }
        const own = shared(resource)
        const beside = stack.all(type).filter((one) => shared(one) === own)
        // Said once for all of them.
        if (beside[0] !== resource || beside.length <= most * SHARE) return []
        return [
          {
            at: per ?? type,
            seen: `${beside.length}`,
            wanted: `at most ${most * SHARE} of ${most} (${source})`,
          },
        ]
      }),
  },
  {
    id: 'tags-within-their-number',
    wants: 'a resource has at most 40 of the 50 tags that AWS takes, with those of the provider',
    severity: 'medium',
    types: ['*'],
    judge: ({ block }, stack) => {
      const own = valuesAt(block, 'tags').flatMap((tags) => Object.keys(tags as object))
      const common = providerTags(stack)
      const all = new Set([...own, ...common])
      return all.size > 50 * SHARE
        ? [{ at: 'tags', seen: `${all.size}`, wanted: `at most ${50 * SHARE}` }]
        : []
    },
  },
  {
    id: 'widgets-within-their-number',
    wants: `a dashboard has at most ${500 * SHARE} of 500 widgets, and a widget at most 500 figures`,
    severity: 'medium',
    types: ['aws_cloudwatch_dashboard'],
    judge: ({ block }) =>
      valuesAt(block, 'dashboard_body').flatMap((body) => {
        const widgets = widgetsIn(String(body))
        const crowded = widgets.filter((widget) => valuesAt(widget, 'properties.metrics').length > 500)
        return widgets.length > 500 * SHARE || crowded.length > 0
          ? [
              {
                at: 'dashboard_body',
                seen: `${widgets.length} widgets, ${crowded.length} crowded`,
                wanted: `${500 * SHARE}, 0`,
              },
            ]
          : []
      }),
  },
  {
    id: 'deadlines-fit',
    wants: 'a message is hidden for longer than a poll takes, or it is seen again at once',
    severity: 'medium',
    types: ['aws_sqs_queue'],
    judge: ({ block }) => {
      const [hidden = 30] = valuesAt(block, 'visibility_timeout_seconds')
      const [wait = 0] = valuesAt(block, 'receive_wait_time_seconds')
      return Number(hidden) > Number(wait) && Number(wait) <= 20 && Number(hidden) <= 43_200
        ? []
        : [
            {
              at: 'visibility_timeout_seconds',
              seen: shown(hidden),
              wanted: `more than the ${String(wait)} s of a poll`,
            },
          ]
    },
  },
]

/** The widgets of a dashboard; none where what it says is not readable before Terraform runs. */
function widgetsIn(body: string): readonly unknown[] {
  try {
    return valuesAt(JSON.parse(body), 'widgets')
  } catch {
    return []
  }
}

/** What is known of a name before AWS is asked: its references count as what they become. */
function nameBreaches(value: string, at: string, longest: number, form?: RegExp): readonly Breach[] {
  const name = value.replaceAll(/\$\{data\.aws_caller_identity[^}]*\}/g, '123456789012')
  // A name that refers to something is judged where it is made.
  if (name.includes('${')) return []
  if (name.length > longest)
    return [{ at, seen: `${name} (${name.length} characters)`, wanted: `at most ${longest}` }]
  return form === undefined || form.test(name)
    ? []
    : [{ at, seen: name, wanted: `a name that AWS takes (${form.source})` }]
}

function sizeOf(policy: unknown): number {
  return String(policy)
    .replaceAll(/\$\{data\.[^}]*account_id\}/g, '123456789012')
    .replaceAll(/\$\{data\.[^}]*partition\}/g, 'aws-us-gov')
    .replaceAll(/\$\{[^}]*\}/g, REFERENCE)
    .replaceAll(/\s/g, '').length
}

function sizeBreaches(size: number, most: number): readonly Breach[] {
  return size > most * SHARE
    ? [{ at: 'policy', seen: `${size} characters`, wanted: `at most ${most * SHARE} of ${most}` }]
    : []
}

function providerTags(stack: StackJson): readonly string[] {
  return valuesAt(stack.json, 'provider.aws.default_tags.tags').flatMap((tags) => Object.keys(tags as object))
}
