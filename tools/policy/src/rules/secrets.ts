import { isBlock, type Resource, type StackJson, textsIn, valuesAt } from '@cartwright/infra/stack-json'
import type { Breach, Rule } from '../rule.ts'
import { attribute, oneOf, refersTo, shown, where } from '../wants.ts'
import { containersIn } from './logs.ts'

/** What looks like a credential, whatever it is called. */
const CREDENTIALS: readonly (readonly [string, RegExp])[] = [
  ['an AWS access key', /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a GitHub token', /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})\b/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['credentials in a URL', /:\/\/[^\s/:@${}]+:[^\s/@${}]{3,}@/],
]

/** What a variable is called that holds a secret, not where one is. */
const SECRET_NAME =
  /(SECRET|TOKEN|PASSWORD|PASSPHRASE|CREDENTIALS?|API_?KEY|ACCESS_?KEY(_ID)?|PRIVATE_?KEY|AUTH_DATA)(_VALUE)?$/i

/** Rules that keep secrets out of state, plan, task definition, build project and outputs. */
export const SECRETS: readonly Rule[] = [
  {
    id: 'no-credentials-in-plain-text',
    wants: 'nothing that looks like a credential stands in the configuration of any resource',
    severity: 'critical',
    types: ['*'],
    judge: ({ block }) =>
      textsIn(block).flatMap((text) =>
        CREDENTIALS.filter(([, pattern]) => pattern.test(text)).map(([what]) => ({
          at: 'anywhere',
          seen: what,
          wanted: 'none',
        })),
      ),
  },
  {
    id: 'provider-without-credentials',
    wants: 'the provider is given no keys: whoever deploys brings their own',
    severity: 'critical',
    types: ['*'],
    // Of a stack, not of a resource: said once.
    judge: (resource, stack) =>
      resource === stack.resources[0]
        ? ['access_key', 'secret_key', 'token'].flatMap((at) =>
            valuesAt(stack.json, `provider.aws.${at}`).map(() => ({
              at: `provider ${at}`,
              seen: 'a value',
              wanted: 'nothing',
            })),
          )
        : [],
  },
  {
    id: 'container-variables-hold-no-secret',
    wants: 'a variable of a container or build never holds a secret: it says where one is',
    severity: 'critical',
    types: ['aws_ecs_task_definition', 'aws_codebuild_project'],
    judge: (resource) =>
      variablesOf(resource)
        .filter(({ name, value }) => SECRET_NAME.test(name) && value !== '' && !isArn(value))
        .map(({ name }) => ({ at: `environment ${name}`, seen: 'a value', wanted: 'an ARN, or secrets' })),
  },
  {
    id: 'state-holds-no-live-secret',
    wants: "a secret's value is written once and never read back: it does not stand in Terraform's state",
    severity: 'critical',
    types: ['aws_secretsmanager_secret_version', 'aws_ssm_parameter'],
    judge: ({ type, block }) =>
      type === 'aws_ssm_parameter'
        ? valuesAt(block, 'value').map(() => ({
            at: 'value',
            seen: 'a value in the state',
            wanted: 'value_wo, or insecure_value for what is no secret',
          }))
        : [
            ...['secret_string', 'secret_binary'].flatMap((at) =>
              valuesAt(block, at).map(() => ({
                at,
                seen: 'a value in the state',
                wanted: 'secret_string_wo',
              })),
            ),
            // Not written, but read from where it is.
            ...valuesAt(block, 'secret_string_wo')
              .filter((value) => /\bdata\.\w+\./.test(String(value)))
              .map((value) => ({ at: 'secret_string_wo', seen: shown(value), wanted: 'an ephemeral value' })),
          ],
  },
  {
    id: 'state-reads-no-secret',
    wants: 'no secret is read, or made, where Terraform keeps it: its state has what data sources found',
    severity: 'critical',
    types: ['*'],
    judge: (resource, stack) => [
      ...(MAKERS.includes(resource.type)
        ? [{ at: resource.type, seen: 'a value in the state', wanted: 'an ephemeral one' }]
        : []),
      // Of a stack, not of a resource: said once.
      ...(resource === stack.resources[0] ? readBreaches(stack) : []),
    ],
  },
  {
    id: 'output-holds-no-secret',
    wants: 'an output says where a secret is, never what it is: whoever may read the state reads it',
    severity: 'critical',
    types: ['*'],
    // Of a stack, not of a resource: said once.
    judge: (resource, stack) => (resource === stack.resources[0] ? outputBreaches(stack) : []),
  },
  {
    id: 'token-in-state-is-not-live',
    wants: 'the token that the state shows is one that the rotation has replaced: nobody plans it again',
    severity: 'critical',
    types: ['aws_elasticache_replication_group'],
    judge: ({ block }) => {
      const tokens = valuesAt(block, 'auth_token')
      if (tokens.length === 0) return []
      const ignored = valuesAt(block, 'lifecycle.ignore_changes')
      return [
        ...(ignored.includes('auth_token') || ignored.includes('all')
          ? []
          : [{ at: 'lifecycle.ignore_changes', seen: shown(ignored), wanted: 'auth_token' }]),
        ...tokens
          .filter((token) => !/^\$\{data\.aws_secretsmanager_random_password\.[^}]*\}$/.test(String(token)))
          .map(() => ({ at: 'auth_token', seen: 'another one', wanted: 'one that is made to be replaced' })),
      ]
    },
  },
  {
    id: 'parameter-encrypted',
    wants: 'a parameter is encrypted',
    severity: 'low',
    types: ['aws_ssm_parameter'],
    judge: attribute('type', oneOf('SecureString')),
  },
  {
    id: 'parameter-encrypted-with-own-key',
    wants: 'an encrypted parameter is encrypted with a key of this stack',
    severity: 'medium',
    types: ['aws_ssm_parameter'],
    judge: where(
      ({ block }) => valuesAt(block, 'type').includes('SecureString'),
      attribute('key_id', refersTo('aws_kms_key')),
    ),
  },
  {
    id: 'parameter-is-no-secret',
    wants: 'what is secret is in Secrets Manager: a parameter in plain text is none',
    severity: 'medium',
    types: ['aws_ssm_parameter'],
    judge: ({ block }) =>
      SECRET_NAME.test(String(valuesAt(block, 'name')[0]))
        ? [{ at: 'name', seen: shown(valuesAt(block, 'name')[0]), wanted: 'a secret of Secrets Manager' }]
        : [],
  },
]

/** Attributes that are secret, as expressions ask for them. */
const SECRET_VALUES = [
  /\.(random_password|secret_string|secret_binary|auth_token|private_key\w*|password)\b(?!\.)/,
  /\baws_ssm_parameter\.[\w-]+\.value\b/,
]

/** What outputs tell that nobody may see. `sensitive` keeps it from the screen, not from the state. */
function outputBreaches({ json }: StackJson): readonly Breach[] {
  const outputs = isBlock(json['output']) ? json['output'] : {}
  return Object.entries(outputs).flatMap(([name, output]) =>
    valuesAt(output, 'value')
      .filter((value) =>
        textsIn(value).some((text) =>
          [...SECRET_VALUES, ...CREDENTIALS.map(([, one]) => one)].some((one) => one.test(text)),
        ),
      )
      .map(() => ({ at: `output ${name}`, seen: 'a secret', wanted: 'where it is' })),
  )
}

/** Data sources that read what is secret: Terraform keeps in its state what they found. */
const READERS: readonly string[] = [
  'aws_ecr_authorization_token',
  'aws_kms_secrets',
  'aws_secretsmanager_secret_version',
  'aws_ssm_parameter',
  'aws_ssm_parameters_by_path',
]

/** Resources that make a secret, which the state keeps. */
const MAKERS: readonly string[] = ['aws_iam_access_key', 'random_password', 'tls_private_key']

/** The data sources of a stack that leave a secret in its state. */
function readBreaches({ json }: StackJson): readonly Breach[] {
  return READERS.flatMap((type) => {
    const [named] = valuesAt(json, `data.${type}`)
    return Object.entries(isBlock(named) ? named : {})
      .filter(([, block]) => !isPublic(block))
      .map(([id]) => ({ at: `data ${type}.${id}`, seen: 'a value in the state', wanted: 'an ephemeral one' }))
  })
}

/** Parameters that AWS publishes, and those that are not decrypted. */
function isPublic(block: unknown): boolean {
  return (
    valuesAt(block, 'with_decryption').includes(false) ||
    [...valuesAt(block, 'name'), ...valuesAt(block, 'path')].some((name) =>
      String(name).startsWith('/aws/service/'),
    )
  )
}

interface Variable {
  readonly name: string
  readonly value: string
}

function variablesOf({ type, block }: Resource): readonly Variable[] {
  const found =
    type === 'aws_ecs_task_definition'
      ? containersIn(block).flatMap((container) => valuesAt(container, 'environment'))
      : valuesAt(block, 'environment.environment_variable').filter(
          (one) =>
            !valuesAt(one, 'type').some((kind) => kind === 'SECRETS_MANAGER' || kind === 'PARAMETER_STORE'),
        )
  return found.map((one) => ({
    name: String(valuesAt(one, 'name')[0]),
    value: String(valuesAt(one, 'value')[0] ?? ''),
  }))
}

/** Whether a value says where a secret is. */
function isArn(value: string): boolean {
  return value.startsWith('arn:') || /^\$\{aws_[a-z_]+\.[\w-]+\.(arn|name)\}$/.test(value)
}
