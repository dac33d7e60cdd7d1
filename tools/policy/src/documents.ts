import { isBlock, type Resource, valuesAt } from '@cartwright/infra/stack-json'

/** A statement of an IAM policy, its single values as lists (IAM JSON policy elements reference). */
export interface Statement {
  readonly sid: string
  readonly effect: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Whom it speaks of: `Service:logs.eu-west-1.amazonaws.com`, `AWS:*`, or `*`; none in a role's own policy. */
  readonly principals: readonly string[]
  /** Lists of what is not meant, which say everything else: `NotAction`, `NotResource`, `NotPrincipal`. */
  readonly negations: readonly string[]
  readonly conditions: readonly Condition[]
}

export interface Condition {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

/** The attributes in which policies stand, by type. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  aws_cloudwatch_event_bus_policy: 'policy',
  aws_cloudwatch_log_resource_policy: 'policy_document',
  aws_ecr_repository_policy: 'policy',
  aws_iam_policy: 'policy',
  aws_iam_role: 'assume_role_policy',
  aws_iam_role_policy: 'policy',
  aws_kms_key: 'policy',
  aws_s3_bucket: 'policy',
  aws_s3_bucket_policy: 'policy',
  aws_secretsmanager_secret: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_sns_topic: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_sqs_queue: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_vpc_endpoint: 'policy',
}

/** Policies of identities, which say what whoever has them may do. */
export const OF_IDENTITIES = ['aws_iam_role_policy', 'aws_iam_policy'] as const

/** Policies of resources, which say who may do something with them. */
export const OF_RESOURCES = Object.keys(DOCUMENTS).filter(
  (type) => !['aws_iam_role_policy', 'aws_iam_policy', 'aws_iam_role'].includes(type),
)

/** What a resource's policy says; nothing where it has none, or one that is not readable before Terraform runs. */
export function statementsOf({ type, block }: Resource): readonly Statement[] {
  const attribute = DOCUMENTS[type]
  return attribute === undefined ? [] : valuesAt(block, attribute).flatMap(statementsIn)
}

function statementsIn(policy: unknown): readonly Statement[] {
  if (typeof policy !== 'string') return []
  try {
    const { Statement: statements = [] } = JSON.parse(policy)
    return listOf(statements).filter(isBlock).map(statement)
  } catch {
    return []
  }
}

function statement(block: Readonly<Record<string, unknown>>): Statement {
  return {
    sid: String(block['Sid'] ?? ''),
    effect: String(block['Effect'] ?? ''),
    actions: listOf(block['Action']).map(String),
    resources: listOf(block['Resource']).map(String),
    principals: principalsIn(block['Principal']),
    negations: ['NotAction', 'NotResource', 'NotPrincipal'].filter((name) => block[name] !== undefined),
    conditions: conditionsIn(block['Condition']),
  }
}

function principalsIn(principal: unknown): readonly string[] {
  if (!isBlock(principal)) return listOf(principal).map(String)
  return Object.entries(principal).flatMap(([kind, who]) =>
    listOf(who).map((one) => `${kind}:${String(one)}`),
  )
}

function conditionsIn(conditions: unknown): readonly Condition[] {
  if (!isBlock(conditions)) return []
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    isBlock(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values).map(String) }))
      : [],
  )
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
