import { type Block, isBlock, type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'

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
  aws_iam_group_policy: 'policy',
  aws_iam_policy: 'policy',
  aws_iam_role: 'assume_role_policy',
  aws_iam_role_policy: 'policy',
  aws_iam_user_policy: 'policy',
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
export const OF_IDENTITIES: readonly string[] = [
  'aws_iam_role_policy',
  'aws_iam_policy',
  'aws_iam_user_policy',
  'aws_iam_group_policy',
]

/** Policies of resources, which say who may do something with them. */
export const OF_RESOURCES = Object.keys(DOCUMENTS).filter(
  (type) => !OF_IDENTITIES.includes(type) && type !== 'aws_iam_role',
)

/** What a resource's policy says; nothing where it has none, or one that is not readable before Terraform runs. */
export function statementsOf({ type, block }: Resource): readonly Statement[] {
  const attribute = DOCUMENTS[type]
  return attribute === undefined ? [] : valuesAt(block, attribute).flatMap(statementsIn)
}

/** Whether a policy can be read before Terraform runs: JSON that has statements, and nothing else in their place. */
export function isReadable(policy: unknown): boolean {
  const statements = documentIn(policy)?.['Statement']
  return statements !== undefined && listOf(statements).every(isBlock)
}

/** Whether a pattern of a policy means a text: `kms:*`, `s3:Get*`. As IAM with actions, it takes `a` for `A`. */
export function means(pattern: string, text: string): boolean {
  // Most have no wildcard, and there are many.
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === text.toLowerCase()
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`, 'i').test(text)
}

/** Whether a statement speaks of an action. */
export function speaksOf({ actions }: Statement, action: string): boolean {
  return actions.some((one) => means(one, action))
}

/**
 * Whether statements together allow an action: one does, and none denies it without a condition.
 *
 * @param on what it is done to. @default anything
 */
export function allow(
  statements: readonly Statement[],
  action: string,
  on: Resource | undefined,
  stack: StackJson,
): boolean {
  const about = statements.filter(
    (one) =>
      speaksOf(one, action) &&
      (on === undefined || one.resources.some((resource) => isOn(resource, action, on, stack))),
  )
  return (
    about.some(({ effect }) => effect === 'Allow') &&
    !about.some(({ effect, conditions }) => effect === 'Deny' && conditions.length === 0)
  )
}

/** What has to stand behind an ARN, by action: a right to a log is one to its streams, one to objects none to their bucket. */
const BEHIND: readonly (readonly [RegExp, RegExp])[] = [
  [/^logs:(?!(Tag|Untag|ListTagsFor)Resource$)/, /^:.*\*$/],
  [/^s3:(?!\w+Bucket)\w*Object/, /^\*$|^\/./],
]

/** Whether a resource of a statement is what AWS asks for: a resource by reference, in the form of the action. */
function isOn(resource: string, action: string, on: Resource, stack: StackJson): boolean {
  if (resource === '*') return true
  if (!stack.referredBy(resource).includes(on)) return false
  const behind = resource.slice(resource.lastIndexOf('}') + 1)
  const form = BEHIND.find(([actions]) => actions.test(action))?.[1] ?? /^\*?$/
  return form.test(behind)
}

/** Conditions that leave this account, or one thing: of whoever asks, not of what is asked for, which is always ours. */
export function binds({ operator, key, values }: Condition): boolean {
  return (
    /^aws:(Source(Account|Arn|OrgID)|Principal(Account|OrgID))$/i.test(key) &&
    /^(String|Arn)(Equals|Like)(IgnoreCase)?$/.test(operator) &&
    values.length > 0 &&
    // Neither any ARN nor one of any account.
    !values.some((value) => /^(\*|arn:\*|arn(:[^:]*){3}:\*.*)$/.test(value))
  )
}

function statementsIn(policy: unknown): readonly Statement[] {
  return listOf(documentIn(policy)?.['Statement']).filter(isBlock).map(statement)
}

function documentIn(policy: unknown): Block | undefined {
  if (typeof policy !== 'string') return
  try {
    const document: unknown = JSON.parse(policy)
    return isBlock(document) ? document : undefined
  } catch {
    return
  }
}

function statement(block: Block): Statement {
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
