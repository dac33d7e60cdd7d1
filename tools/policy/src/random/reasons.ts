import type { Mutation } from './mutation.ts'

/** What a mutation has to be for a reason to hold: all that is named, each by a pattern. */
type Meant = Partial<Readonly<Record<'kind' | 'stack' | 'type' | 'path' | 'what', RegExp>>>

interface Reason {
  readonly why: string
  readonly of: readonly Meant[]
}

/** Why a change that no rule finds is none for a check of the configuration to find. */
const REASONS: readonly Reason[] = [
  {
    why: 'the default is the same',
    of: [
      { stack: /^(dev|staging)$/, what: /^(point_in_time_recovery|snapshot_retention_limit) taken away/ },
      { stack: /^dev$/, what: /^access_logs\.enabled is false/ },
      { path: /^state\/locks$/, what: /^ttl\.enabled is false/ },
    ],
  },
  {
    why: 'it is stricter than before',
    of: [
      { path: /^load-balancer\/group\//, what: /^from half of the world/ },
      { path: /^load-balancer\/http$/, what: /^aws_lb_listener and what is its/ },
    ],
  },
  {
    why: 'it says the same in other words',
    of: [
      { type: /^aws_kms_key$/, what: /^Account: every action$/ },
      { path: /dynamodb-gateway/, what: /^OwnTables: every action$/ },
      // A queue's policy speaks of that queue, and a topic's of that topic.
      { type: /^aws_(sqs_queue|sns_topic)_policy$/, what: /: every resource$/ },
      // AWS's bucket of layers lets nobody do more than read.
      { path: /s3-gateway/, what: /^ImageLayers: (every action|actions by their beginning)/ },
    ],
  },
  {
    why: 'what is left lets through the same: HTTPS to everywhere is open to tasks',
    of: [{ path: /^network\/endpoints\/out-tasks$/ }],
  },
  {
    why: 'what is left binds as well: aws:SourceAccount, or an ARN of this account',
    of: [{ kind: /^condition dropped$/, what: /: no (ArnLike|StringEquals)$/ }],
  },
  {
    why: 'what is left allows the same: shells of tasks may decrypt with the key by themselves',
    of: [{ path: /^service\/task-role\/policy$/, what: /^UseTokenKey: gone$/ }],
  },
  {
    why: 'the one NAT gateway is where both tables lead',
    of: [
      { stack: /^(dev|staging)$/, type: /^aws_route_table_association$/, what: /application-routes-. for/ },
    ],
  },
  {
    why: 'part of an alarm that calls',
    of: [{ type: /^aws_cloudwatch_metric_alarm$/, what: /^alarm_actions taken away$/ }],
  },
  {
    why: 'a figure or time that somebody chooses: no rule knows the right one',
    of: [
      { what: /^a threshold that is never reached$/ },
      { type: /^aws_cloudwatch_event_archive$/, what: /^retention_days is 1$/ },
    ],
  },
  {
    why: 'Terraform refuses it: what it needs is not there',
    of: [
      // A destination of Redis' logs, the certificate of a validation, the bucket of a pipeline.
      { path: /^cache\/(engine|slow)-log\/group$/ },
      { type: /^aws_acm_certificate$/, what: /and what is its$/ },
      { path: /^delivery\/artifacts\/bucket\/bucket$/, what: /and what is its$/ },
    ],
  },
  {
    why: 'AWS refuses it when it is applied, and says why',
    of: [
      { type: /^aws_codestarconnections_connection$/, what: /and what is its$/ },
      { kind: /^wait dropped$/, path: /^service\/scaling\/requests$/ },
      { kind: /^wait dropped$/, path: /^delivery\/notifications\/rule$/ },
      { kind: /^wait dropped$/, path: /^load-balancer\/balancer$/, what: /access-log/ },
    ],
  },
  {
    why: 'Terraform waits by itself for what is referred to',
    of: [{ kind: /^wait dropped$/, path: /^observability\/alarms\/customers$/ }],
  },
  {
    why: 'it works, only in another order: an alarm waits for figures',
    of: [{ kind: /^wait dropped$/, path: /^observability\/alarms\/redis-/ }],
  },
  {
    why: 'it costs more, and works: the same goes by NAT',
    of: [{ type: /^aws_vpc_endpoint$/, what: /and what is its$/ }],
  },
  {
    why: 'it is only looked at: nothing depends on it',
    of: [{ type: /^aws_cloudwatch_dashboard$/ }, { type: /^aws_kms_alias$/, what: /and what is its$/ }],
  },
  {
    why: 'a whole part goes, as a setting leaves it out as well, and what is left is sound',
    of: [
      { type: /^aws_codepipeline$/, what: /and what is its$/ },
      { type: /^aws_cloudwatch_event_archive$/, what: /and what is its$/ },
      { stack: /^state-backend$/, what: /and what is its$/ },
      // Scaling of tasks, or one of its three figures.
      { path: /^service\/scaling\/(tasks|cpu|memory|requests)$/, what: /and what is its$/ },
    ],
  },
  {
    why: 'AWS documents no limit of it',
    of: [{ type: /^aws_cloudwatch_log_resource_policy$/, what: /^policy_name too long$/ }],
  },
]

/** The reason why a mutation is not found; none where nobody knows one. */
export function reasonOf(mutation: Mutation): string | undefined {
  return REASONS.find(({ of }) => of.some((meant) => isMeant(mutation, meant)))?.why
}

function isMeant(mutation: Mutation, { kind, stack, type, path, what }: Meant): boolean {
  return (
    [
      [kind, mutation.kind],
      [stack, mutation.stack],
      [type, mutation.type],
      [path, mutation.path],
      [what, mutation.what],
    ] as const
  ).every(([pattern, text]) => pattern === undefined || pattern.test(text))
}
