import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import {
  binds,
  DOCUMENTS,
  isReadable,
  means,
  OF_IDENTITIES,
  OF_RESOURCES,
  type Statement,
  statementsOf,
} from '../documents.ts'
import type { Breach, Rule } from '../rule.ts'
import { shown } from '../wants.ts'

interface User {
  readonly type: string
  readonly at: string
  readonly service: string
}

/** Who takes the role in an attribute, as each service documents it. */
const USERS: readonly User[] = [
  { type: 'aws_ecs_task_definition', at: 'task_role_arn', service: 'ecs-tasks' },
  { type: 'aws_ecs_task_definition', at: 'execution_role_arn', service: 'ecs-tasks' },
  { type: 'aws_flow_log', at: 'iam_role_arn', service: 'vpc-flow-logs' },
  { type: 'aws_codebuild_project', at: 'service_role', service: 'codebuild' },
  { type: 'aws_codepipeline', at: 'role_arn', service: 'codepipeline' },
  { type: 'aws_cloudwatch_event_target', at: 'role_arn', service: 'events' },
]

/** What AWS gives for everything or not at all (Service Authorization Reference), of what a role here may need. */
const WITHOUT_RESOURCE: ReadonlySet<string> = new Set([
  'ecr:GetAuthorizationToken',
  'ecs:DeregisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTaskDefinitions',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'xray:GetSamplingRules',
  'xray:GetSamplingStatisticSummaries',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
])

/** Rights that show what a key hides. */
const DECRYPTING = ['kms:Decrypt', 'kms:ReEncryptFrom']

/** Policies of AWS that make their owner an administrator, or let them become one. */
const BROAD = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|AWSCloudShellFullAccess)\b/

/** A principal of the account that is deployed to. */
const OURS = /\$\{(data\.aws_caller_identity|aws_iam_role)\./

/** Rules of what roles may do, and of who may take them. */
export const IDENTITIES: readonly Rule[] = [
  {
    id: 'policy-readable',
    wants:
      'a policy, or the containers of a task, can be read before Terraform runs: the other rules read them',
    severity: 'high',
    types: [...Object.keys(DOCUMENTS), 'aws_ecs_task_definition'],
    judge: ({ type, block }) => {
      const at = DOCUMENTS[type] ?? 'container_definitions'
      const isSound = type in DOCUMENTS ? isReadable : isList
      return valuesAt(block, at)
        .filter((value) => !isSound(value))
        .map((value) => ({ at, seen: shown(value), wanted: 'JSON, written out' }))
    },
  },
  {
    id: 'role-without-inline-policies',
    wants: 'what a role may do stands in resources of their own, which the other rules read',
    severity: 'medium',
    types: ['aws_iam_role'],
    judge: ({ block }) =>
      valuesAt(block, 'inline_policy').map((policy) => ({
        at: 'inline_policy',
        seen: shown(policy),
        wanted: 'aws_iam_role_policy',
      })),
  },
  {
    id: 'identity-actions-named',
    wants: 'what a role may do is named, action by action',
    severity: 'high',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, actions }) =>
      effect === 'Allow'
        ? breachesOf(
            actions.filter((action) => action.includes('*')),
            'actions without *',
          )
        : [],
    ),
  },
  {
    id: 'identity-resources-named',
    wants: 'what a role may do it to is named: a resource, or what is in one',
    severity: 'high',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, resources }) =>
      effect === 'Allow' ? breachesOf(resources.filter(isOpen), 'resources by name') : [],
    ),
  },
  {
    id: 'policy-without-negations',
    wants:
      'a policy says what it means, not what it does not: NotAction and the like allow whatever AWS adds',
    severity: 'high',
    types: [...OF_IDENTITIES, ...OF_RESOURCES, 'aws_iam_role'],
    judge: statements('policy', ({ effect, negations }) =>
      effect === 'Allow' ? breachesOf(negations, 'Action, Resource, Principal') : [],
    ),
  },
  {
    id: 'identity-not-administrator',
    wants: 'no role may do everything to everything',
    severity: 'critical',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, actions, resources }) =>
      effect === 'Allow' && actions.includes('*') && resources.includes('*')
        ? [{ seen: 'every action on every resource', wanted: 'what it needs' }]
        : [],
    ),
  },
  {
    id: 'identity-passes-roles-to-one-service',
    wants: 'whoever may pass a role may pass it to one service only, and only roles by name',
    severity: 'critical',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, actions, resources, conditions }) => {
      if (effect !== 'Allow' || !actions.some((action) => /^(\*|iam:(\*|Pass\w*\*?))$/.test(action)))
        return []
      const open = breachesOf(resources.filter(isOpen), 'roles by name')
      const to = conditions.find(({ key }) => key === 'iam:PassedToService')
      return to?.values.length === 1
        ? open
        : [...open, { seen: 'iam:PassRole to any service', wanted: 'a condition iam:PassedToService' }]
    }),
  },
  {
    id: 'identity-cannot-raise-itself',
    wants: 'no role may change roles, policies or who may take them',
    severity: 'critical',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, actions }) =>
      effect === 'Allow'
        ? breachesOf(
            actions.filter((action) =>
              /^(iam:(Add|Attach|Create|Put|Set|Update|Delete|Detach)\w*|iam:\*|sts:AssumeRole|sts:\*)$/.test(
                action,
              ),
            ),
            'none of these',
          )
        : [],
    ),
  },
  {
    id: 'identity-cannot-open-keys',
    wants: 'no role may decrypt with every key, through whatever service: a key is named',
    severity: 'high',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, actions, resources }) =>
      effect === 'Allow' && actions.some((action) => DECRYPTING.some((one) => means(action, one)))
        ? breachesOf(
            resources.filter((one) => isOpen(one) || /:(key|alias)\/\*$/.test(one)),
            'a key by name',
          )
        : [],
    ),
  },
  {
    id: 'identity-names-what-can-be-named',
    wants:
      'whatever has resources is allowed for resources by name: only rights without one are given for all',
    severity: 'high',
    types: OF_IDENTITIES,
    judge: statements('policy', ({ effect, actions, resources }) =>
      effect === 'Allow' && resources.includes('*')
        ? breachesOf(
            actions.filter((action) => !WITHOUT_RESOURCE.has(action)),
            'resources by name',
          )
        : [],
    ),
  },
  {
    id: 'role-without-broad-managed-policies',
    wants: "a role has none of AWS's policies for administrators",
    severity: 'critical',
    types: ['aws_iam_role'],
    judge: (role, stack) =>
      [
        ...valuesAt(role.block, 'managed_policy_arns'),
        ...stack
          .referring(role, 'aws_iam_role_policy_attachment', 'role')
          .flatMap(({ block }) => valuesAt(block, 'policy_arn')),
      ]
        .filter((policy) => BROAD.test(String(policy)))
        .map((policy) => ({ at: 'managed_policy_arns', seen: shown(policy), wanted: 'what it needs' })),
  },
  {
    id: 'role-taken-by-one-service',
    wants: 'a role is taken by one AWS service, for this account alone (the confused deputy)',
    severity: 'critical',
    types: ['aws_iam_role'],
    judge: statements('assume_role_policy', ({ effect, principals, conditions }) => {
      if (effect !== 'Allow') return []
      const breaches =
        principals.every((one) => /^Service:[\w.-]+\.amazonaws\.com$/.test(one)) && principals.length === 1
          ? []
          : [{ seen: shown(principals), wanted: 'one AWS service' }]
      const isBound = conditions.some(
        ({ operator, key, values }) =>
          operator.startsWith('StringEquals') && key === 'aws:SourceAccount' && values.length > 0,
      )
      return isBound
        ? breaches
        : [...breaches, { seen: 'taken for any account', wanted: 'aws:SourceAccount' }]
    }),
  },
  {
    id: 'role-fits-its-user',
    wants: 'the service that is given a role may take it',
    severity: 'high',
    types: [...new Set(USERS.map(({ type }) => type))],
    judge: (resource, stack) =>
      USERS.filter(({ type }) => type === resource.type).flatMap((user) => fits(resource, stack, user)),
  },
  {
    id: 'resource-policy-closed',
    wants: 'whoever is let in by a policy of a resource is named, or bound to this account or to a resource',
    severity: 'critical',
    types: OF_RESOURCES.filter((type) => type !== 'aws_vpc_endpoint'),
    judge: statements('policy', ({ effect, principals, conditions }) => {
      if (effect !== 'Allow') return []
      const open = principals.filter((one) => one === '*' || one === 'AWS:*')
      return conditions.some(binds) ? [] : breachesOf(open, 'a principal, or a condition that binds it')
    }),
  },
  {
    id: 'resource-policy-of-this-account',
    wants: 'a policy of a resource lets in no other account, unless a condition binds it',
    severity: 'high',
    types: OF_RESOURCES.filter((type) => type !== 'aws_vpc_endpoint'),
    judge: statements('policy', ({ effect, principals, conditions }) =>
      effect === 'Allow' && conditions.length === 0
        ? breachesOf(
            principals.filter((one) => one.startsWith('AWS:') && one !== 'AWS:*' && !OURS.test(one)),
            'this account, or roles of this stack',
          )
        : [],
    ),
  },
  {
    id: 'resource-policy-actions-named',
    wants: 'a policy of a resource names what others may do',
    severity: 'high',
    types: OF_RESOURCES.filter((type) => type !== 'aws_kms_key' && type !== 'aws_vpc_endpoint'),
    judge: statements('policy', ({ effect, actions }) =>
      effect === 'Allow'
        ? breachesOf(
            actions.filter((action) => /^(\w+:)?\*$/.test(action)),
            'actions by name',
          )
        : [],
    ),
  },
  {
    id: 'resource-policy-services-bound',
    wants: 'a service of AWS is let in for this account or for one thing alone (the confused deputy)',
    severity: 'medium',
    // Of keys says key-services-bound.
    types: OF_RESOURCES.filter((type) => type !== 'aws_kms_key' && type !== 'aws_vpc_endpoint'),
    judge: statements('policy', ({ effect, principals, actions, conditions }) => {
      // EventBridge names no rule when it makes a stream, and load balancers nothing when they write their log.
      const isAnonymous =
        actions.every((action) => action === 'logs:CreateLogStream') ||
        principals.every((one) => one === 'Service:logdelivery.elasticloadbalancing.amazonaws.com')
      return effect === 'Allow' && !isAnonymous && !conditions.some(binds)
        ? breachesOf(
            principals.filter((one) => one.startsWith('Service:')),
            'aws:SourceArn or aws:SourceAccount',
          )
        : []
    }),
  },
]

/** A breach of a statement, which is named by the rule's frame. */
type StatementBreach = Pick<Breach, 'seen' | 'wanted'>

/** Judges a resource's policy statement by statement. */
function statements(at: string, judge: (statement: Statement) => readonly StatementBreach[]): Rule['judge'] {
  return (resource) =>
    statementsOf(resource).flatMap((one) =>
      judge(one).map((breach) => ({ at: `${at} ${one.sid || '(a statement without Sid)'}`, ...breach })),
    )
}

function breachesOf(wrong: readonly string[], wanted: string): readonly StatementBreach[] {
  return wrong.length === 0 ? [] : [{ seen: wrong.join(', '), wanted }]
}

/** Whether a text is a list in JSON. */
function isList(text: unknown): boolean {
  try {
    return Array.isArray(JSON.parse(String(text)))
  } catch {
    return false
  }
}

/** Whether a resource of a statement is not named: `*`, or a kind of resource with `*` for its name. */
function isOpen(resource: string): boolean {
  const star = resource.indexOf('*')
  if (star < 0) return false
  const named = resource.slice(0, star)
  if (/\$\{aws_/.test(named)) return false
  // arn:partition:service:region:account:kind/name
  const rest = named
    .replaceAll(/\$\{[^}]*\}/g, 'x')
    .split(':')
    .slice(5)
    .join(':')
  return !/[/:][\w.-]*\w/.test(rest) && !/^arn:[^:]*:s3:::\w/.test(named.replaceAll(/\$\{[^}]*\}/g, 'x'))
}

function fits({ block }: Resource, stack: StackJson, { at, service }: User): readonly Breach[] {
  return stack
    .referredBy(valuesAt(block, at))
    .filter(({ type }) => type === 'aws_iam_role')
    .flatMap((role) => {
      const takers = statementsOf(role).flatMap(({ principals }) => principals)
      return takers.includes(`Service:${service}.amazonaws.com`)
        ? []
        : [
            {
              at,
              seen: `${role.path}, taken by ${takers.join(', ')}`,
              wanted: `a role for ${service}.amazonaws.com`,
            },
          ]
    })
}
