import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { allow, OF_IDENTITIES, type Statement, statementsOf } from '../documents.ts'
import type { Breach, Rule } from '../rule.ts'
import { containersIn } from './logs.ts'

/** What a task does with what its variables name. */
const USES: Readonly<Record<string, readonly string[]>> = {
  aws_dynamodb_table: [
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:BatchWriteItem',
  ],
  aws_secretsmanager_secret: ['secretsmanager:GetSecretValue'],
  aws_cloudwatch_event_bus: ['events:PutEvents'],
}

/** Where the key of something stands that is opened by whoever uses it, and not by its service. */
const KEYS: Readonly<Record<string, string>> = {
  aws_dynamodb_table: 'server_side_encryption.kms_key_arn',
  aws_secretsmanager_secret: 'kms_key_id',
}

/** What a command of a build needs, where its name does not say so. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'ecr:GetLoginPassword': ['ecr:GetAuthorizationToken'],
  'ecs:Wait': ['ecs:DescribeServices'],
}

/** What pushing an image needs (ECR: repository policies, required permissions). */
const PUSHING = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
]

/** Rules of rights that are there: without them something fails that has been deployed, often unheard. */
export const RIGHTS: readonly Rule[] = [
  {
    id: 'task-may-use-what-it-is-given',
    wants: 'the role of a task may use what the variables of its containers name, and its key',
    severity: 'critical',
    types: ['aws_ecs_task_definition'],
    judge: ({ block }, stack) => {
      const roles = rolesAt(block, 'task_role_arn', stack)
      return stack
        .referredBy(containersIn(block).flatMap((one) => valuesAt(one, 'environment.value')))
        .flatMap((used) => [
          ...lacking(roles, USES[used.type] ?? [], used, stack),
          ...stack
            .referredBy(valuesAt(used.block, KEYS[used.type] ?? 'no key'))
            .flatMap((key) => lackingKey(roles, key, used, stack)),
        ])
    },
  },
  {
    id: 'task-image-may-be-pulled',
    wants: 'the role that starts a task may fetch its image',
    severity: 'critical',
    types: ['aws_ecs_task_definition'],
    judge: ({ block }, stack) => {
      const roles = rolesAt(block, 'execution_role_arn', stack)
      return stack
        .referredBy(containersIn(block).flatMap((one) => valuesAt(one, 'image')))
        .filter(({ type }) => type === 'aws_ecr_repository')
        .flatMap((images) => [
          ...lacking(roles, ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], images, stack),
          ...lacking(roles, ['ecr:GetAuthorizationToken'], undefined, stack),
        ])
    },
  },
  {
    id: 'task-may-send-its-traces',
    wants:
      'the role of a task that has a collector of traces may send them: it would say so in its log alone',
    severity: 'medium',
    types: ['aws_ecs_task_definition'],
    judge: ({ block }, stack) =>
      containersIn(block).some((one) =>
        valuesAt(one, 'image').some((image) => /otel-collector|xray-daemon/.test(String(image))),
      )
        ? lacking(
            rolesAt(block, 'task_role_arn', stack),
            ['xray:PutTraceSegments', 'xray:GetSamplingRules'],
            undefined,
            stack,
          )
        : [],
  },
  {
    id: 'shells-may-be-opened',
    wants: 'where shells of tasks are on, their role may open the channel, and find the log of what is typed',
    severity: 'medium',
    types: ['aws_ecs_service'],
    judge: ({ block }, stack) =>
      valuesAt(block, 'enable_execute_command').includes(true)
        ? lacking(
            stack
              .referredBy(valuesAt(block, 'task_definition'))
              .flatMap((task) => rolesAt(task.block, 'task_role_arn', stack)),
            [...SHELLS, 'logs:DescribeLogGroups'],
            undefined,
            stack,
          )
        : [],
  },
  {
    id: 'flows-find-their-log',
    wants:
      'the role of flow logs may look for its log, which it does first (VPC: publish to CloudWatch Logs)',
    severity: 'medium',
    types: ['aws_flow_log'],
    judge: ({ block }, stack) =>
      valuesAt(block, 'log_destination_type').includes('s3')
        ? []
        : lacking(
            rolesAt(block, 'iam_role_arn', stack),
            ['logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
            undefined,
            stack,
          ),
  },
  {
    id: 'shells-log-may-be-written',
    wants: 'the role of tasks may write what is typed in shells to their log, with its key',
    severity: 'high',
    types: ['aws_ecs_cluster'],
    judge: ({ block }, stack) => {
      const at = 'configuration.execute_command_configuration'
      if (!valuesAt(block, `${at}.logging`).includes('OVERRIDE')) return []
      const roles = stack
        .all('aws_ecs_task_definition')
        .flatMap((task) => rolesAt(task.block, 'task_role_arn', stack))
      const logs = stack.referredBy(valuesAt(block, `${at}.log_configuration.cloud_watch_log_group_name`))
      return [
        ...(logs.length > 0
          ? []
          : [{ at: `${at}.log_configuration`, seen: 'nothing', wanted: 'a log group' }]),
        ...logs.flatMap((log) => lacking(roles, ['logs:CreateLogStream', 'logs:PutLogEvents'], log, stack)),
        ...stack.referredBy(valuesAt(block, `${at}.kms_key_id`)).flatMap((key) =>
          roles.some((role) =>
            allow(
              statementsFor(role, stack).filter(({ conditions }) => conditions.length === 0),
              'kms:Decrypt',
              key,
              stack,
            ),
          )
            ? []
            : [{ at: `${at}.kms_key_id`, seen: 'no right to it', wanted: 'kms:Decrypt for the task' }],
        ),
      ]
    },
  },
  {
    id: 'pipeline-may-do-its-actions',
    wants: "a pipeline's role may read its source, keep its artifacts and deploy",
    severity: 'high',
    types: ['aws_codepipeline'],
    judge: ({ block }, stack) => {
      const roles = rolesAt(block, 'role_arn', stack)
      const providers = valuesAt(block, 'stage.action.provider')
      const connections = stack.referredBy(valuesAt(block, 'stage.action.configuration.ConnectionArn'))
      return [
        ...stack
          .referredBy(valuesAt(block, 'artifact_store.location'))
          .flatMap((bucket) =>
            lacking(
              roles,
              ['s3:GetObject', 's3:PutObject', 's3:PutObjectAcl', 's3:GetBucketVersioning'],
              bucket,
              stack,
            ),
          ),
        ...stack
          .referredBy(valuesAt(block, 'artifact_store.encryption_key.id'))
          .flatMap((key) => lackingKey(roles, key, key, stack)),
        ...connections.flatMap((connection) => lacking(roles, CONNECTING, connection, stack)),
        ...(providers.includes('ECS')
          ? [
              ...lacking(roles, ['ecs:RegisterTaskDefinition', 'ecs:TagResource'], undefined, stack),
              ...lacking(roles, ['ecs:UpdateService', 'ecs:DescribeServices'], undefined, stack),
              ...taskRoles(stack).flatMap((role) => lacking(roles, ['iam:PassRole'], role, stack)),
            ]
          : []),
      ]
    },
  },
  {
    id: 'build-may-do-what-it-runs',
    wants: 'the role of a build may do what the commands of its buildspec do',
    severity: 'high',
    types: ['aws_codebuild_project'],
    judge: ({ block }, stack) => {
      const roles = rolesAt(block, 'service_role', stack)
      const text = valuesAt(block, 'source.buildspec').join('\n')
      const isScaled = stack.all('aws_appautoscaling_target').length > 0
      return [...new Set([...actionsIn(text), ...(/\bdocker push\b/.test(text) ? PUSHING : [])])]
        .filter((action) => isScaled || !action.startsWith('application-autoscaling:'))
        .flatMap((action) => lacking(roles, [action], undefined, stack))
    },
  },
  {
    id: 'build-may-use-its-artifacts',
    wants:
      'the role of a build in a pipeline may fetch what the pipeline hands it, and hand on what it makes',
    severity: 'high',
    types: ['aws_codebuild_project'],
    judge: (project, stack) =>
      stack.all('aws_codepipeline').flatMap((pipeline) =>
        valuesAt(pipeline.block, 'stage.action')
          .filter((action) =>
            stack.referredBy(valuesAt(action, 'configuration.ProjectName')).includes(project),
          )
          .flatMap((action) => {
            const roles = rolesAt(project.block, 'service_role', stack)
            const makes = valuesAt(action, 'output_artifacts').length > 0
            const clones =
              valuesAt(action, 'input_artifacts').includes('source') &&
              valuesAt(pipeline.block, 'stage.action.configuration.OutputArtifactFormat').includes(
                'CODEBUILD_CLONE_REF',
              )
            return [
              ...stack
                .referredBy(valuesAt(pipeline.block, 'artifact_store.location'))
                .flatMap((bucket) =>
                  lacking(
                    roles,
                    ['s3:GetObject', 's3:GetBucketLocation', ...(makes ? ['s3:PutObject'] : [])],
                    bucket,
                    stack,
                  ),
                ),
              ...stack
                .referredBy(valuesAt(pipeline.block, 'artifact_store.encryption_key.id'))
                .flatMap((key) => lackingKey(roles, key, key, stack)),
              ...(clones
                ? stack
                    .referredBy(valuesAt(pipeline.block, 'stage.action.configuration.ConnectionArn'))
                    .flatMap((connection) => lacking(roles, CONNECTING, connection, stack))
                : []),
            ]
          }),
      ),
  },
  {
    id: 'target-may-start-its-build',
    wants: 'a target that is a build has a role that may start that build',
    severity: 'high',
    types: ['aws_cloudwatch_event_target'],
    judge: ({ block }, stack) =>
      stack
        .referredBy(valuesAt(block, 'arn'))
        .filter(({ type }) => type === 'aws_codebuild_project')
        .filter((project) => {
          const [name] = valuesAt(project.block, 'name')
          return !rolesAt(block, 'role_arn', stack).some((role) => {
            const statements = statementsFor(role, stack)
            return (
              allow(statements, 'codebuild:StartBuild', project, stack) ||
              allow(
                statements.filter(({ resources }) =>
                  resources.some((resource) => resource.endsWith(`:project/${String(name)}`)),
                ),
                'codebuild:StartBuild',
                undefined,
                stack,
              )
            )
          })
        })
        .map((project) => ({
          at: 'role_arn',
          seen: `may not start ${project.path}`,
          wanted: 'codebuild:StartBuild',
        })),
  },
  {
    id: 'identity-uses-keys-through-a-service',
    wants: 'a role that encrypts with a key does it through a service: the key is that of everything here',
    severity: 'medium',
    types: OF_IDENTITIES,
    judge: (policy) =>
      statementsOf(policy)
        .filter(
          ({ effect, actions, conditions }) =>
            effect === 'Allow' &&
            actions.some((action) => /^kms:(Encrypt|GenerateDataKey|ReEncrypt)/.test(action)) &&
            !conditions.some(({ key }) => key === 'kms:ViaService'),
        )
        .map(({ sid }) => ({ at: `policy ${sid}`, seen: 'any use', wanted: 'kms:ViaService' })),
  },
  {
    id: 'identity-tags-what-it-makes',
    wants: 'whoever may tag revisions may do so while making them: tags of others may be what rights hang on',
    severity: 'low',
    types: OF_IDENTITIES,
    judge: (policy) =>
      statementsOf(policy)
        .filter(
          ({ effect, actions, conditions }) =>
            effect === 'Allow' &&
            actions.includes('ecs:TagResource') &&
            !conditions.some(({ key }) => key === 'ecs:CreateAction'),
        )
        .map(({ sid }) => ({ at: `policy ${sid}`, seen: 'any time', wanted: 'ecs:CreateAction' })),
  },
  {
    id: 'key-services-only-use-it',
    wants: 'whoever is not the account itself, such as an AWS service, may use a key, not look after it',
    severity: 'high',
    types: ['aws_kms_key'],
    judge: (key) =>
      statementsOf(key)
        .filter(({ effect, principals }) => effect === 'Allow' && !principals.some(isAccount))
        .flatMap(({ sid, actions }) => {
          const more = actions.filter(
            (action) =>
              !/^kms:(Decrypt|Encrypt|DescribeKey|CreateGrant|GenerateDataKey\w*\*?|ReEncrypt(From|To|\*))$/.test(
                action,
              ),
          )
          return more.length === 0
            ? []
            : [{ at: `policy ${sid}`, seen: more.join(', '), wanted: 'kms:Decrypt, kms:GenerateDataKey …' }]
        }),
  },
  {
    id: 'key-stays-the-accounts',
    wants: 'the account may look after a key: without, nobody ever can again',
    severity: 'critical',
    types: ['aws_kms_key'],
    judge: (key) =>
      statementsOf(key).some(
        ({ effect, principals, actions, conditions }) =>
          effect === 'Allow' &&
          principals.some(isAccount) &&
          actions.some((action) => action === 'kms:*' || action === '*') &&
          conditions.length === 0,
      )
        ? []
        : [{ at: 'policy', seen: 'no such statement', wanted: 'kms:* for the account' }],
  },
]

/** What the agent of ECS Exec needs (Systems Manager: Session Manager's channels). */
const SHELLS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
  (action) => `ssmmessages:${action}`,
)

/** Both names of one right: AWS is renaming the service. */
const CONNECTING = ['codeconnections:UseConnection', 'codestar-connections:UseConnection']

function rolesAt(block: unknown, at: string, stack: StackJson): readonly Resource[] {
  return stack.referredBy(valuesAt(block, at)).filter(({ type }) => type === 'aws_iam_role')
}

function taskRoles(stack: StackJson): readonly Resource[] {
  return stack
    .all('aws_ecs_task_definition')
    .flatMap(({ block }) =>
      ['execution_role_arn', 'task_role_arn'].flatMap((at) => rolesAt(block, at, stack)),
    )
}

function statementsFor(role: Resource, stack: StackJson): readonly Statement[] {
  return stack.referring(role, 'aws_iam_role_policy', 'role').flatMap(statementsOf)
}

/** The actions that no role allows. */
function lacking(
  roles: readonly Resource[],
  actions: readonly string[],
  on: Resource | undefined,
  stack: StackJson,
): readonly Breach[] {
  const statements = roles.flatMap((role) => statementsFor(role, stack))
  const missing = actions.filter((action) => !allow(statements, action, on, stack))
  return missing.length === 0
    ? []
    : [
        {
          at: 'role',
          seen: `${roles.map(({ path }) => path).join(', ') || 'nothing'} may not${on === undefined ? '' : ` with ${on.path}`}`,
          wanted: missing.join(', '),
        },
      ]
}

/** A key that no role may open through the service of what it encrypts. */
function lackingKey(
  roles: readonly Resource[],
  key: Resource,
  of: Resource,
  stack: StackJson,
): readonly Breach[] {
  const service =
    { aws_dynamodb_table: 'dynamodb', aws_secretsmanager_secret: 'secretsmanager' }[of.type] ?? 's3'
  const statements = roles
    .flatMap((role) => statementsFor(role, stack))
    .filter(({ conditions }) =>
      conditions.every(
        (condition) =>
          condition.key !== 'kms:ViaService' ||
          condition.values.some((value) => value.startsWith(`${service}.`)),
      ),
    )
  const may =
    allow(statements, 'kms:Decrypt', key, stack) &&
    // DynamoDB makes data keys for whoever writes; a secret is only read.
    (service === 'secretsmanager' || allow(statements, 'kms:GenerateDataKey', key, stack))
  return may
    ? []
    : [{ at: 'role', seen: `no key of ${of.path}`, wanted: `kms:Decrypt through ${service}, ${key.path}` }]
}

/**
 * What the AWS commands of a buildspec do: `aws ecr describe-images` is `ecr:DescribeImages`. A function of the shell may stand
 * before the command: `own() { … aws ecr "$operation" … }` and `own put-image`.
 */
function actionsIn(buildspec: string): readonly string[] {
  const functions = [...buildspec.matchAll(/^\s*(\w+)\(\) \{$[^}]*?\baws ([a-z-]+) "\$operation"/gm)].map(
    ([, name = '', service = '']) => ({ name, service }),
  )
  const called = functions.flatMap(({ name, service }) =>
    [...buildspec.matchAll(new RegExp(`\\b${name} ([a-z]+(?:-[a-z]+)+)\\b`, 'g'))].map(
      ([, command = '']) => ({
        service,
        command,
      }),
    ),
  )
  const plain = [...buildspec.matchAll(/\baws ([a-z-]+) ([a-z][a-z-]+)\b/g)].map(
    ([, service = '', command = '']) => ({ service, command }),
  )
  return [...plain, ...called].flatMap(({ service, command }) => {
    const name = command
      .split('-')
      .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
      .join('')
    const action = `${service}:${name}`
    return COMMANDS[action] ?? [action]
  })
}

/** Whether a principal is the account that is deployed to: another one's root looks after nothing here. */
function isAccount(principal: string): boolean {
  return /^AWS:(arn:.*:)?\$\{data\.aws_caller_identity\.[^}]*\}(:root)?$/.test(principal)
}
