import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Environment } from '@cartwright/environments'
import {
  type Block,
  DELIVERY,
  environment,
  type Name,
  type Synthesised,
  synthesise,
  synthesiseAll,
  synthesiseAmong,
} from '../test/synthesise.ts'

type Change = Partial<Environment>

const NAMES = ['dev', 'staging', 'prod'] as const
const HOST = 'arn:aws:codeconnections:eu-west-1:123456789012:host/forge-0123abcd'
const EXISTING =
  'arn:aws:codeconnections:eu-west-1:123456789012:connection/00000000-0000-4000-8000-000000000000'
const BUILDSPECS = path.join(import.meta.dirname, 'buildspecs')

const delivered = (name: Name, change: Change = {}): Synthesised =>
  synthesiseAmong(name, DELIVERY, { [name]: change })

interface Action {
  readonly name: string
  readonly provider: string
  readonly configuration: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}
interface Stage {
  readonly name: string
  readonly action: readonly Action[]
  readonly on_failure?: unknown
}

function stages(stack: Synthesised): readonly Stage[] {
  // What CDKTF writes for the pipeline's blocks.
  return stack.one('aws_codepipeline')['stage'] as readonly Stage[]
}

function actionOf(stack: Synthesised, name: string): Action {
  const found = stages(stack)
    .flatMap(({ action }) => action)
    .find((action) => action.name === name)
  if (found === undefined) throw new Error(`there is no action ${name}`)
  return found
}

function rights(stack: Synthesised, at: string): Readonly<Record<string, Block>> {
  return stack.statements(stack.one('aws_iam_role_policy', `delivery/${at}/policy`)['policy'])
}

/** The rights of a role without what each of them is about: sid to actions. */
function actions(stack: Synthesised, at: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(rights(stack, at)).map(([sid, { Action }]) => [sid, Action]))
}

function variables(stack: Synthesised, at: string): Readonly<Record<string, string>> {
  const { environment_variable } = stack.one('aws_codebuild_project', `delivery/${at}/project/project`)[
    'environment'
  ] as { environment_variable: readonly { name: string; value: string }[] }
  return Object.fromEntries(environment_variable.map(({ name, value }) => [name, value]))
}

const ARTIFACTS = {
  ReadArtifacts: ['s3:GetObject', 's3:GetObjectVersion'],
  KnowArtifacts: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
  UseArtifactKey: expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']),
}
const WRITE_ARTIFACTS = { WriteArtifacts: ['s3:PutObject'] }
const USE_CONNECTION = {
  UseConnection: ['codeconnections:UseConnection'],
  UseConnectionByOldName: ['codestar-connections:UseConnection'],
}
const WRITE_LOG = { WriteLog: ['logs:CreateLogStream', 'logs:PutLogEvents'] }
const PUSH = { PushImages: expect.arrayContaining(['ecr:PutImage', 'ecr:UploadLayerPart']) }
const LOGIN = { EnterRegistry: ['ecr:GetAuthorizationToken'] }
const RUN = ['codebuild:BatchGetBuilds', 'codebuild:StartBuild']
const UPDATE_SERVICE = { UpdateService: ['ecs:DescribeServices', 'ecs:UpdateService'] }

describe('without enableCicd', () => {
  test.each(NAMES)('%s has nothing of it', (name) => {
    const { json } = synthesise(name)
    const { resource, data, output } = json as { resource: object; data: object; output: object }
    const ids = [resource, data].flatMap((types) =>
      Object.entries(types).flatMap(([type, blocks]) => Object.keys(blocks).map((id) => `${type}.${id}`)),
    )

    expect(ids.length).toBeGreaterThan(50)
    expect(
      [...ids, ...Object.keys(output)].filter((one) =>
        /code(pipeline|build|star)|delivery|pipeline/.test(one),
      ),
    ).toEqual([])
    expect(resource).not.toHaveProperty('aws_ecr_repository_policy')
  })
})

describe('the connection', () => {
  test.each(['GitHub', 'Bitbucket', 'GitLab'] as const)('to %s is made by its kind', (provider) => {
    const block = delivered('dev', { codestarProviderType: provider }).one(
      'aws_codestarconnections_connection',
    )

    expect(block).toMatchObject({ name: 'cartwright-dev', provider_type: provider })
    expect(block).not.toHaveProperty('host_arn')
  })

  test.each(['GitHubEnterpriseServer', 'GitLabSelfManaged'] as const)(
    'to %s is made by its host alone',
    (provider) => {
      const block = delivered('dev', { codestarProviderType: provider, codestarHostArn: HOST }).one(
        'aws_codestarconnections_connection',
      )

      expect(block).toMatchObject({ host_arn: HOST })
      expect(block).not.toHaveProperty('provider_type')
    },
  )

  test('has the name that it is given', () => {
    expect(
      delivered('dev', { codestarConnectionName: 'forge' }).one('aws_codestarconnections_connection'),
    ).toMatchObject({ name: 'forge' })
  })

  test('may be one that exists: it is looked up, used, and never made', () => {
    const stack = delivered('dev', { createCodestarConnection: false, codestarConnectionArn: EXISTING })

    expect(stack.json.resource).not.toHaveProperty('aws_codestarconnections_connection')
    const { aws_codestarconnections_connection: found } = stack.json['data'] as Record<string, object>
    expect(Object.values(found ?? {})).toEqual([expect.objectContaining({ arn: EXISTING })])
    expect(actionOf(stack, 'Source').configuration['ConnectionArn']).toMatch(
      /^\$\{data\.aws_codestarconnections_connection\.\w+\.arn\}$/,
    )
    expect(stack.json['output']).toMatchObject({
      codestar_connection_status: { value: expect.stringMatching(/^\$\{data\..*\.connection_status\}$/) },
    })
  })
})

describe('the pipeline', () => {
  test.each([
    ['dev', ['Source', 'Build', 'Deploy']],
    ['staging', ['Source', 'Promote', 'Deploy']],
    ['prod', ['Source', 'Promote', 'Approve', 'Deploy']],
  ] as const)('of %s goes through %p', (name, names) => {
    const stack = delivered(name)

    expect(stages(stack).map((stage) => stage.name)).toEqual(names)
    expect(stack.one('aws_codepipeline')).toMatchObject({
      name: `cartwright-${name}`,
      pipeline_type: 'V2',
      execution_mode: 'QUEUED',
      artifact_store: [{ type: 'S3', encryption_key: { type: 'KMS' } }],
    })
  })

  test('approval is a switch', () => {
    expect(stages(delivered('prod', { manualApproval: false })).map(({ name }) => name)).not.toContain(
      'Approve',
    )
  })

  test('a release ends with the smoke test, and its failure rolls back', () => {
    const deploy = stages(delivered('dev')).at(-1)

    expect(deploy).toMatchObject({
      name: 'Deploy',
      on_failure: { result: 'ROLLBACK' },
      action: [
        {
          name: 'Deploy',
          provider: 'ECS',
          run_order: 1,
          input_artifacts: ['image'],
          configuration: { DeploymentTimeout: '15', FileName: 'imagedefinitions.json' },
        },
        { name: 'Smoke', provider: 'CodeBuild', run_order: 2, input_artifacts: ['image'] },
      ],
    })
  })

  test('is started by pushes to its branch alone, and once by each', () => {
    const stack = delivered('dev', { branch: 'main', repositoryId: 'acme/group/shop' })

    expect(stack.one('aws_codepipeline')['trigger']).toEqual([
      {
        provider_type: 'CodeStarSourceConnection',
        git_configuration: {
          source_action_name: actionOf(stack, 'Source').name,
          push: [{ branches: { includes: ['main'] } }],
        },
      },
    ])
    expect(actionOf(stack, 'Source').configuration).toMatchObject({
      FullRepositoryId: 'acme/group/shop',
      BranchName: 'main',
      OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
      DetectChanges: 'false',
    })
  })

  test('does not begin before its projects are there, and its roles have their rights', () => {
    const stack = delivered('dev')
    const before = JSON.stringify(stack.one('aws_codepipeline')['depends_on'])

    for (const role of ['pipeline_role', 'build_project_role', 'smoke_project_role']) {
      expect(before).toContain(`aws_iam_role_policy.delivery_${role}_policy`)
    }
    for (const name of ['Build', 'Smoke']) {
      expect(actionOf(stack, name).configuration['ProjectName']).toMatch(
        new RegExp(`^\\$\\{aws_codebuild_project\\.delivery_${name.toLowerCase()}_.*\\.name\\}$`),
      )
    }
  })

  test('outputs tell the connection and where to look', () => {
    expect(delivered('staging').json['output']).toMatchObject({
      codestar_connection_arn: { value: expect.stringMatching(/\.arn\}$/) },
      codestar_connection_status: { value: expect.stringMatching(/\.connection_status\}$/) },
      pipeline_url: {
        value:
          'https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/cartwright-staging/view?region=eu-west-1',
      },
    })
  })

  test('without a repository the plan says so', () => {
    const stack = synthesiseAmong('dev', { enableCicd: true })

    expect(JSON.stringify(stack.one('terraform_data', 'complete'))).toContain(
      'repositoryId of dev is missing',
    )
  })
})

describe('the projects', () => {
  test.each([
    ['dev', ['build', 'smoke', 'undo']],
    ['staging', ['promote', 'smoke', 'undo']],
    ['prod', ['promote', 'smoke', 'undo']],
  ] as const)('of %s are %p: on ARM, with a log of their own', (name, does) => {
    const projects = [...delivered(name).all('aws_codebuild_project').values()]

    expect(projects.map((project) => project['name']).toSorted()).toEqual(
      does.map((one) => `cartwright-${name}-${one}`),
    )
    for (const project of projects) {
      expect(project).toMatchObject({
        environment: { type: 'ARM_CONTAINER' },
        encryption_key: expect.stringContaining('aws_kms_key'),
        // A reference: the group is there before the project, and goes after it.
        logs_config: {
          cloudwatch_logs: { group_name: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\./) },
        },
      })
    }
  })

  test('only the build has a privileged container, and a cache', () => {
    const all = [...delivered('dev').all('aws_codebuild_project').values()]
    const privileged = all.filter(({ environment: machine }) =>
      JSON.stringify(machine).includes('"privileged_mode":true'),
    )

    expect(privileged.map((project) => project['name'])).toEqual(['cartwright-dev-build'])
    expect(all.filter((project) => 'cache' in project)).toEqual(privileged)
    expect(privileged[0]?.['cache']).toMatchObject({
      type: 'S3',
      location: expect.stringMatching(/\}\/cache$/),
    })
  })

  test.each(NAMES)('no variable of %s is a secret', (name) => {
    for (const project of delivered(name).all('aws_codebuild_project').values()) {
      expect(JSON.stringify(project['environment'])).not.toMatch(/SECRET|PASSWORD|TOKEN|secretsmanager/i)
    }
  })

  test.each(readdirSync(BUILDSPECS))(
    '%s is passed on as it stands, and Terraform takes nothing of it',
    (file) => {
      const texts = NAMES.flatMap((name) => [...delivered(name).all('aws_codebuild_project').values()]).map(
        (project) => String((project['source'] as Block)['buildspec']),
      )
      const expected = readFileSync(path.join(BUILDSPECS, file), 'utf8')

      expect(texts.map((text) => text.replaceAll('$${', '${').replaceAll('%%{', '%{'))).toContain(expected)
      expect(texts.filter((text) => /(^|[^$])\$\{|(^|[^%])%\{/.test(text))).toEqual([])
    },
  )

  test.each([
    ['dev', 'build'],
    ['staging', 'promotion'],
    ['dev', 'smoke'],
    ['dev', 'undo'],
  ] as const)('in %s, %s is told every variable that its buildspec reads', (name, at) => {
    const stack = delivered(name)
    const project = stack.one('aws_codebuild_project', `delivery/${at}/project/project`)
    const text = String((project['source'] as Block)['buildspec'])
    const read = new Set(
      [...text.matchAll(/\$(?:\$\{)?([A-Z][A-Z_]+)/g)].map(([, variable]) => String(variable)),
    )
    const set = [...text.matchAll(/(?:^|[ -])([A-Z][A-Z_]+)=/gm)].map(([, variable]) => String(variable))
    const given = ['SECONDS', ...(at === 'undo' ? ['EXECUTION', 'FAILED_AT'] : [])]

    expect([...read].filter((one) => !set.includes(one) && !given.includes(one)).toSorted()).toEqual(
      Object.keys(variables(stack, at)).toSorted(),
    )
  })
})

describe('rights', () => {
  test('the pipeline reads sources, runs its projects and releases on this service alone', () => {
    const stack = delivered('dev')

    expect(actions(stack, 'pipeline/role')).toEqual({
      ...USE_CONNECTION,
      ...ARTIFACTS,
      ...WRITE_ARTIFACTS,
      // The source of a connection sets it beside what it puts (aws-cdk, issue 13557).
      OwnArtifacts: ['s3:PutObjectAcl'],
      ...UPDATE_SERVICE,
      RunBuild: RUN,
      RunSmoke: RUN,
      RegisterRevisions: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'],
      TagRevisions: ['ecs:TagResource'],
      PassTaskRoles: ['iam:PassRole'],
    })
    expect(rights(stack, 'pipeline/role')).toMatchObject({
      UpdateService: {
        Resource: [expect.stringMatching(/:service\/cartwright-dev\/cartwright-dev-cart-api$/)],
      },
      TagRevisions: { Resource: [expect.stringMatching(/:task-definition\/cartwright-dev-cart-api:\*$/)] },
      PassTaskRoles: {
        Resource: [
          expect.stringMatching(/aws_iam_role\.service_task-role/),
          expect.stringMatching(/aws_iam_role\.service_execution-role/),
        ],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      UseArtifactKey: {
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
      },
    })
  })

  test('the build pushes images and says nothing of releases', () => {
    expect(actions(delivered('dev'), 'build/project/role')).toEqual({
      ...WRITE_LOG,
      ...USE_CONNECTION,
      ...ARTIFACTS,
      ...WRITE_ARTIFACTS,
      ...LOGIN,
      ...PUSH,
      ReadScan: ['ecr:DescribeImageScanFindings'],
    })
  })

  test('the promotion reads the registry of the environment before, and pushes to its own', () => {
    const stack = delivered('prod')

    expect(actions(stack, 'promotion/project/role')).toEqual({
      ...WRITE_LOG,
      ...USE_CONNECTION,
      ...ARTIFACTS,
      ...WRITE_ARTIFACTS,
      ...PUSH,
      FetchProvenImages: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer'],
    })
    expect(rights(stack, 'promotion/project/role')['FetchProvenImages']?.['Resource']).toEqual([
      expect.stringMatching(/:ecr:eu-west-1:\$\{.*\}:repository\/cartwright-staging-cart-api$/),
    ])
  })

  test('only the smoke test writes which release is in use, and marks its image', () => {
    const stack = delivered('dev')

    expect(actions(stack, 'smoke/project/role')).toEqual({
      ...WRITE_LOG,
      ...ARTIFACTS,
      ...UPDATE_SERVICE,
      ReadRelease: ['ssm:GetParameter'],
      WriteRelease: ['ssm:PutParameter'],
      MarkImage: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:PutImage'],
    })
    const writers = [...stack.all('aws_iam_role_policy').entries()].filter(([, { policy }]) =>
      String(policy).includes('ssm:PutParameter'),
    )
    expect(writers.map(([at]) => at)).toEqual(['delivery/smoke/project/role/policy'])
  })

  test('where tasks are scaled, the smoke test also registers the minimum of this service', () => {
    const stack = delivered('staging')

    expect(rights(stack, 'smoke/project/role')['RegisterMinimum']).toEqual({
      Effect: 'Allow',
      Action: ['application-autoscaling:RegisterScalableTarget'],
      Resource: [expect.stringMatching(/^\$\{aws_appautoscaling_target\.service_scaling_tasks_\w+\.arn\}$/)],
    })
    expect(
      ['dev', 'staging'].map((name) => variables(delivered(name as Name), 'smoke')['MIN_TASKS']),
    ).toEqual(['0', '2'])
  })

  test.each([
    ['dev', 'pipeline/role'],
    ['dev', 'build/project/role'],
    ['prod', 'promotion/project/role'],
  ] as const)('in %s, %s reads the repository that is delivered, and no other', (name, at) => {
    const repositoryId = 'acme/group/shop'

    expect(rights(delivered(name, { repositoryId }), at)).toMatchObject({
      UseConnection: {
        Condition: { StringEqualsIfExists: { 'codeconnections:FullRepositoryId': repositoryId } },
      },
      UseConnectionByOldName: {
        Condition: { StringEqualsIfExists: { 'codestar-connections:FullRepositoryId': repositoryId } },
      },
    })
  })

  test('what undoes a release deregisters revisions, and may not register any', () => {
    expect(actions(delivered('dev'), 'undo/project/role')).toEqual({
      ...WRITE_LOG,
      ...UPDATE_SERVICE,
      PassTaskRoles: ['iam:PassRole'],
      ReadActions: ['codepipeline:ListActionExecutions'],
      ReadRelease: ['ssm:GetParameter'],
      DeregisterRevisions: [
        'ecs:DeregisterTaskDefinition',
        'ecs:DescribeTaskDefinition',
        'ecs:ListTaskDefinitions',
      ],
    })
  })

  test.each([
    ['pipeline/role', 'codepipeline', /:codepipeline:.*:cartwright-dev$/],
    ['build/project/role', 'codebuild', /:codebuild:.*:project\/cartwright-dev-build$/],
    ['smoke/project/role', 'codebuild', /:codebuild:.*:project\/cartwright-dev-smoke$/],
    ['undo/events-role', 'events', /:events:.*:rule\/cartwright-dev-undo$/],
  ] as const)('the role %s is taken for its own work alone', (at, service, source) => {
    const stack = delivered('dev')
    const trust = stack.one('aws_iam_role', `delivery/${at}/role`)['assume_role_policy']

    expect(stack.statements(trust)).toMatchObject({
      Take: {
        Principal: { Service: `${service}.amazonaws.com` },
        Condition: { ArnLike: { 'aws:SourceArn': expect.stringMatching(source) } },
      },
    })
  })
})

describe('a failed release', () => {
  test('is undone when the last stage fails or is stopped, by a role that can start this alone', () => {
    const stack = delivered('dev')

    expect(
      JSON.parse(String(stack.one('aws_cloudwatch_event_rule', 'delivery/undo/failed')['event_pattern'])),
    ).toEqual({
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Stage Execution State Change'],
      detail: {
        pipeline: ['cartwright-dev'],
        stage: [stages(stack).at(-1)?.name],
        state: ['FAILED', 'STOPPED'],
      },
    })
    expect(stack.one('aws_cloudwatch_event_target', 'delivery/undo/target')).toMatchObject({
      arn: expect.stringMatching(/^\$\{aws_codebuild_project\.delivery_undo_.*\.arn\}$/),
      role_arn: expect.stringContaining('delivery_undo_events-role'),
    })
    expect(actions(stack, 'undo/events-role')).toEqual({ Start: ['codebuild:StartBuild'] })
  })

  test('that AWS does not let start is tried again for an hour, and then kept', () => {
    expect(delivered('dev').one('aws_cloudwatch_event_target', 'delivery/undo/target')).toMatchObject({
      retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 185 },
      dead_letter_config: { arn: expect.stringMatching(/^\$\{aws_sqs_queue\.events_undelivered_.*\.arn\}$/) },
    })
  })

  test('is told by the run and the time, under the names that the buildspec reads', () => {
    const { input_transformer } = delivered('dev').one(
      'aws_cloudwatch_event_target',
      'delivery/undo/target',
    ) as {
      input_transformer: { input_paths: object; input_template: string }
    }

    expect(input_transformer.input_paths).toEqual({
      execution: '$.detail.execution-id',
      time: '$.time',
    })
    expect(JSON.parse(input_transformer.input_template)).toEqual({
      environmentVariablesOverride: [
        { name: 'EXECUTION', type: 'PLAINTEXT', value: '<execution>' },
        { name: 'FAILED_AT', type: 'PLAINTEXT', value: '<time>' },
      ],
    })
  })
})

describe('notifications', () => {
  test('go to the topic of the alarms, whose key and policy allow it', () => {
    const stack = delivered('prod')

    expect(stack.one('aws_codestarnotifications_notification_rule')).toMatchObject({
      resource: expect.stringContaining('aws_codepipeline'),
      event_type_ids: [
        'codepipeline-pipeline-manual-approval-needed',
        'codepipeline-pipeline-pipeline-execution-failed',
      ],
      target: [{ type: 'SNS', address: expect.stringContaining('aws_sns_topic') }],
      depends_on: [expect.stringContaining('aws_sns_topic_policy')],
    })
    const allowed = { Principal: { Service: 'codestar-notifications.amazonaws.com' } }
    expect(stack.statements(stack.one('aws_sns_topic_policy')['policy'])).toMatchObject({
      Alarms: expect.anything(),
      Notifications: {
        ...allowed,
        Action: ['sns:Publish'],
        Condition: { StringEquals: { 'aws:SourceAccount': expect.anything() } },
      },
    })
    expect(stack.statements(stack.one('aws_kms_key')['policy'])).toMatchObject({
      Notifications: {
        ...allowed,
        Condition: { StringEquals: { 'kms:ViaService': 'sns.eu-west-1.amazonaws.com' } },
      },
    })
  })

  test('there are none where there is no topic', () => {
    expect(delivered('dev').json.resource).not.toHaveProperty('aws_codestarnotifications_notification_rule')
  })
})

describe('the artifacts', () => {
  test.each([
    ['dev', true],
    ['prod', false],
  ] as const)('of %s are encrypted by the key; a destroy takes them along: %p', (name, force) => {
    const stack = delivered(name)

    expect(stack.one('aws_s3_bucket', 'delivery/artifacts/bucket/bucket')['force_destroy']).toBe(force)
    expect(
      stack.one('aws_s3_bucket_server_side_encryption_configuration', 'delivery/artifacts/bucket/encryption'),
    ).toMatchObject({
      rule: [
        {
          apply_server_side_encryption_by_default: {
            sse_algorithm: 'aws:kms',
            kms_master_key_id: expect.stringContaining('aws_kms_key'),
          },
        },
      ],
    })
  })

  test('the longest project leaves the bucket within 63 characters', () => {
    const stack = synthesiseAll(
      [
        environment('dev', {
          ...DELIVERY,
          project: 'a'.repeat(24),
          region: 'ap-southeast-1',
          zones: ['ap-southeast-1a', 'ap-southeast-1b'],
        }),
      ],
      'dev',
    )
    const name = String(stack.one('aws_s3_bucket', 'delivery/artifacts/bucket/bucket')['bucket'])

    expect(name.replaceAll(/\$\{[^}]*\}/g, '123456789012').length).toBeLessThanOrEqual(63)
  })
})

describe('between accounts', () => {
  const accounts = { dev: { accountId: '111111111111' }, staging: { accountId: '222222222222' } } as const
  const role = expect.stringMatching(/:iam::222222222222:role\/cartwright-staging-promote$/)

  test('the registry and the key of the one let the promotion of the other in, and nobody else', () => {
    const stack = synthesiseAmong('dev', DELIVERY, accounts)

    expect(stack.statements(stack.one('aws_ecr_repository_policy')['policy'])).toEqual({
      Reader1: {
        Effect: 'Allow',
        Principal: { AWS: expect.stringMatching(/:iam::222222222222:root$/) },
        Action: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer'],
        Condition: { StringEquals: { 'aws:PrincipalArn': role } },
      },
    })
    expect(stack.statements(stack.one('aws_kms_key')['policy'])['Reader1']).toMatchObject({
      Action: ['kms:Decrypt', 'kms:DescribeKey'],
      Condition: {
        StringEquals: { 'aws:PrincipalArn': role, 'kms:ViaService': 'ecr.eu-west-1.amazonaws.com' },
      },
    })
  })

  test('the promotion may use both, and has the name that they know', () => {
    const stack = synthesiseAmong('staging', DELIVERY, accounts)

    expect(stack.one('aws_iam_role', 'delivery/promotion/project/role/role')['name']).toBe(
      'cartwright-staging-promote',
    )
    expect(rights(stack, 'promotion/project/role')).toMatchObject({
      FetchProvenImages: {
        Resource: [expect.stringMatching(/:ecr:eu-west-1:111111111111:repository\/cartwright-dev-cart-api$/)],
      },
      DecryptProvenImages: {
        Resource: [expect.stringMatching(/:kms:eu-west-1:111111111111:key\/\*$/)],
        Condition: {
          StringEquals: { 'kms:ViaService': 'ecr.eu-west-1.amazonaws.com' },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/cartwright-dev' },
        },
      },
    })
    expect(variables(stack, 'promotion')).toMatchObject({
      PROVEN_REGISTRY: '111111111111',
      PROVEN_REPOSITORY: 'cartwright-dev-cart-api',
    })
  })

  test.each([
    ['one account', { dev: accounts.dev, staging: accounts.dev }],
    [
      'a promotion that is switched off',
      { ...accounts, staging: { ...accounts.staging, enableCicd: false } },
    ],
  ])('%s needs no policy', (_what, changes) => {
    expect(synthesiseAmong('dev', DELIVERY, changes).json.resource).not.toHaveProperty(
      'aws_ecr_repository_policy',
    )
  })
})

test('an environment that is not there promotes nothing', () => {
  expect(() => synthesise('staging', DELIVERY)).toThrow(
    'environments/staging.ts: promotesFrom is "dev"; wanted: an environment of this app',
  )
})
