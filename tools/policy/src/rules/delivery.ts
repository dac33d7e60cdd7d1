import { valuesAt } from '@cartwright/infra/stack-json'
import { statementsOf } from '../documents.ts'
import type { Rule } from '../rule.ts'
import { attribute, between, ifGiven, matching, not, oneOf, refersTo, shown } from '../wants.ts'
import { unawaited } from './waits.ts'

const PROJECT = 'aws_codebuild_project'
const PIPELINE = 'aws_codepipeline'

/** What Security Hub wants tagged, of what the stacks hold, and what costs most. */
const TAGGED = [
  'aws_acm_certificate',
  'aws_cloudwatch_event_bus',
  'aws_default_security_group',
  'aws_dynamodb_table',
  'aws_ecs_cluster',
  'aws_ecs_service',
  'aws_ecs_task_definition',
  'aws_eip',
  'aws_elasticache_replication_group',
  'aws_flow_log',
  'aws_iam_role',
  'aws_internet_gateway',
  'aws_lb',
  'aws_nat_gateway',
  'aws_route_table',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'aws_security_group',
  'aws_sns_topic',
  'aws_sqs_queue',
  'aws_subnet',
  'aws_vpc',
]

/** Rules of builds and pipelines, and of what everything has. */
export const DELIVERY: readonly Rule[] = [
  {
    id: 'build-source-without-credentials',
    wants: 'where a build gets its source has no credentials in its URL',
    severity: 'critical',
    types: [PROJECT],
    judge: ifGiven('source.location', not(matching(/:\/\/[^/]*:[^/]*@/, 'a URL with credentials'))),
  },
  {
    id: 'build-not-privileged',
    wants: 'a build has no power over its host, unless it makes images with Docker',
    severity: 'high',
    types: [PROJECT],
    judge: attribute('environment.privileged_mode', oneOf(false), false),
  },
  {
    id: 'build-encrypted-with-own-key',
    wants: 'what a build makes is encrypted with a key of this stack',
    severity: 'medium',
    types: [PROJECT],
    judge: attribute('encryption_key', refersTo('aws_kms_key')),
  },
  {
    id: 'build-artifacts-encrypted',
    wants: 'encryption of what a build makes is not switched off',
    severity: 'high',
    types: [PROJECT],
    judge: ifGiven('artifacts.encryption_disabled', oneOf(false)),
  },
  {
    id: 'build-logged',
    wants: 'a build writes to a log, which is not switched off',
    severity: 'medium',
    types: [PROJECT],
    judge: attribute('logs_config.cloudwatch_logs.status', oneOf('ENABLED')),
  },
  {
    id: 'build-logs-encrypted',
    wants: 'a log of builds in a bucket is encrypted',
    severity: 'medium',
    types: [PROJECT],
    judge: ifGiven('logs_config.s3_logs.encryption_disabled', oneOf(false)),
  },
  {
    id: 'build-ends',
    wants: 'a build that hangs is ended within two hours, not within the 36 that CodeBuild gives it',
    severity: 'low',
    types: [PROJECT],
    judge: attribute('build_timeout', between(5, 120), 60),
  },
  {
    id: 'pipeline-artifacts-encrypted-with-own-key',
    wants: "a pipeline's artifacts are encrypted with a key of this stack",
    severity: 'medium',
    types: [PIPELINE],
    judge: attribute('artifact_store.encryption_key.id', refersTo('aws_kms_key')),
  },
  {
    id: 'pipeline-waits-for-its-rights',
    wants: 'a pipeline, which runs as soon as it is there, is made after the rights of its role',
    severity: 'medium',
    types: [PIPELINE],
    judge: ({ block }, stack) => unawaited(block, ['role_arn'], block, stack),
  },
  {
    id: 'connection-used-without-a-name',
    wants: 'a pipeline may use its connection also when AWS asks without naming the repository',
    severity: 'critical',
    types: [PIPELINE],
    judge: ({ block }, stack) =>
      stack
        .referredBy(valuesAt(block, 'role_arn'))
        .flatMap((role) => stack.referring(role, 'aws_iam_role_policy', 'role'))
        .flatMap(statementsOf)
        .filter(({ actions }) => actions.some((action) => action.endsWith(':UseConnection')))
        .flatMap(({ sid, conditions }) =>
          conditions
            .filter(
              ({ operator, key }) =>
                key.endsWith(':FullRepositoryId') && !/IfExists$|^ForAllValues:/.test(operator),
            )
            .map(({ operator }) => ({
              at: `role_arn ${sid}`,
              seen: operator,
              wanted: `${operator}IfExists`,
            })),
        ),
  },
  {
    id: 'connection-of-one-repository',
    wants: 'a connection is used for the repository that is delivered, and for no other',
    severity: 'medium',
    types: ['aws_iam_role_policy'],
    judge: (policy) =>
      statementsOf(policy)
        .filter(({ actions }) => actions.some((action) => action.endsWith(':UseConnection')))
        .filter(({ conditions }) => !conditions.some(({ key }) => key.endsWith(':FullRepositoryId')))
        .map(({ sid }) => ({ at: `policy ${sid}`, seen: 'any repository', wanted: 'FullRepositoryId' })),
  },
  {
    id: 'build-may-exchange-revisions',
    wants: 'a build that puts another task definition into place may pass its roles: ECS asks for that',
    severity: 'critical',
    types: [PROJECT],
    judge: ({ block }, stack) => {
      const text = valuesAt(block, 'source.buildspec').join('\n')
      if (!/update-service[^\n]*--task-definition/.test(text)) return []
      const may = stack
        .referredBy(valuesAt(block, 'service_role'))
        .flatMap((role) => stack.referring(role, 'aws_iam_role_policy', 'role'))
        .flatMap(statementsOf)
        .some(({ effect, actions }) => effect === 'Allow' && actions.includes('iam:PassRole'))
      return may
        ? []
        : [{ at: 'service_role', seen: 'no iam:PassRole', wanted: "iam:PassRole of the task's roles" }]
    },
  },
  {
    id: 'pipeline-undoes-itself',
    wants: 'a stage that deploys goes back where it fails',
    severity: 'high',
    types: [PIPELINE],
    judge: ({ block }) =>
      valuesAt(block, 'stage')
        .filter((stage) => valuesAt(stage, 'action.category').includes('Deploy'))
        .filter((stage) => !valuesAt(stage, 'on_failure.result').includes('ROLLBACK'))
        .map((stage) => ({
          at: `stage ${String(valuesAt(stage, 'name')[0])} on_failure`,
          seen: 'nothing',
          wanted: 'ROLLBACK',
        })),
  },
  {
    id: 'pipeline-role-runs-its-projects',
    wants: "a pipeline's role may start the projects that its actions name",
    severity: 'high',
    types: [PIPELINE],
    judge: ({ block }, stack) => {
      const policies = stack
        .referredBy(valuesAt(block, 'role_arn'))
        .flatMap((role) => stack.referring(role, 'aws_iam_role_policy', 'role'))
        .flatMap((policy) => valuesAt(policy.block, 'policy').map(String))
      return stack
        .referredBy(valuesAt(block, 'stage.action.configuration.ProjectName'))
        .filter((project) => {
          const [name] = valuesAt(project.block, 'name')
          return !policies.some(
            (policy) =>
              policy.includes('codebuild:StartBuild') &&
              (policy.includes(`project/${String(name)}"`) || stack.referredBy(policy).includes(project)),
          )
        })
        .map((project) => ({
          at: 'role_arn',
          seen: `may not start ${project.path}`,
          wanted: 'codebuild:StartBuild',
        }))
    },
  },
  {
    id: 'everything-tagged',
    wants: 'everything that can be tagged says its project and environment',
    severity: 'low',
    types: TAGGED,
    judge: ({ block }, stack) => {
      const tags = [
        ...valuesAt(stack.json, 'provider.aws.default_tags.tags'),
        ...valuesAt(block, 'tags'),
      ].flatMap((one) => Object.keys(one as object))
      return ['Project', 'Environment', 'ManagedBy']
        .filter((tag) => !tags.includes(tag))
        .map((tag) => ({ at: 'tags', seen: shown(tags), wanted: tag }))
    },
  },
  {
    id: 'service-tags-its-tasks',
    wants: 'tasks have the tags of their service, or their costs belong to nobody',
    severity: 'low',
    types: ['aws_ecs_service'],
    judge: attribute('propagate_tags', oneOf('SERVICE', 'TASK_DEFINITION')),
  },
]
