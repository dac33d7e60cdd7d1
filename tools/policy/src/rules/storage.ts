import { type Resource, textsIn, valuesAt } from '@cartwright/infra/stack-json'
import { statementsOf } from '../documents.ts'
import type { Rule } from '../rule.ts'
import {
  all,
  anything,
  atLeast,
  attribute,
  companion,
  not,
  oneOf,
  refersTo,
  shown,
  someOf,
  where,
} from '../wants.ts'

const BUCKET = 'aws_s3_bucket'
const ACCESS = 'aws_s3_bucket_public_access_block'
const REDIS = 'aws_elasticache_replication_group'
const TABLE = 'aws_dynamodb_table'

/** Rules of what keeps something: buckets, the table, Redis, images, secrets. */
export const STORAGE: readonly Rule[] = [
  publicAccess(
    'bucket-refuses-public-acls',
    'block_public_acls',
    'a bucket takes no access list that opens it',
  ),
  publicAccess(
    'bucket-refuses-public-policies',
    'block_public_policy',
    'a bucket takes no policy that opens it',
  ),
  publicAccess('bucket-ignores-public-acls', 'ignore_public_acls', 'what an access list opens stays closed'),
  publicAccess(
    'bucket-restricts-public-policies',
    'restrict_public_buckets',
    'what a policy opens stays closed',
  ),
  {
    id: 'bucket-policy-closed',
    wants: 'no statement of a bucket lets everybody in',
    severity: 'critical',
    types: [BUCKET, 'aws_s3_bucket_policy'],
    judge: (resource) =>
      statementsOf(resource)
        .filter(
          ({ effect, principals }) => effect === 'Allow' && principals.some((one) => /^(AWS:)?\*$/.test(one)),
        )
        .map(({ sid }) => ({ at: `policy ${sid}`, seen: 'everybody', wanted: 'a service or an account' })),
  },
  {
    id: 'bucket-policy-locks-nobody-out',
    wants:
      'no statement of a bucket keeps everybody from changing its policy, which only the root user could undo',
    severity: 'high',
    types: [BUCKET, 'aws_s3_bucket_policy'],
    judge: (resource) =>
      statementsOf(resource)
        .filter(
          ({ effect, principals, actions, conditions }) =>
            effect === 'Deny' &&
            conditions.length === 0 &&
            principals.some((one) => /^(AWS:)?\*$/.test(one)) &&
            actions.some((one) =>
              /^(\*|s3:(\*|Put\*|PutBucket\*|\*BucketPolicy|PutBucketPolicy))$/.test(one),
            ),
        )
        .map(({ sid }) => ({
          at: `policy ${sid}`,
          seen: 's3:PutBucketPolicy denied to everybody',
          wanted: 'a condition',
        })),
  },
  {
    id: 'bucket-without-access-lists',
    wants: 'a bucket has no access lists: its owner owns every object',
    severity: 'medium',
    types: [BUCKET],
    judge: all(
      companion('aws_s3_bucket_ownership_controls', 'bucket', {
        judge: attribute('rule.object_ownership', oneOf('BucketOwnerEnforced')),
      }),
      ({ block }) =>
        valuesAt(block, 'acl').map((acl) => ({ at: 'acl', seen: shown(acl), wanted: 'nothing' })),
    ),
  },
  {
    id: 'bucket-encrypted',
    wants: 'a bucket says how it is encrypted',
    severity: 'high',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_server_side_encryption_configuration', 'bucket', {
      judge: attribute(
        'rule.apply_server_side_encryption_by_default.sse_algorithm',
        oneOf('aws:kms', 'aws:kms:dsse', 'AES256'),
      ),
    }),
  },
  {
    id: 'bucket-encrypted-with-own-key',
    wants: 'a bucket is encrypted with a key of this stack',
    severity: 'medium',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_server_side_encryption_configuration', 'bucket', {
      judge: all(
        attribute(
          'rule.apply_server_side_encryption_by_default.sse_algorithm',
          oneOf('aws:kms', 'aws:kms:dsse'),
        ),
        attribute('rule.apply_server_side_encryption_by_default.kms_master_key_id', refersTo('aws_kms_key')),
      ),
    }),
  },
  {
    id: 'bucket-by-tls-only',
    wants: 'a bucket refuses whoever comes without TLS',
    severity: 'medium',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_policy', 'bucket', {
      judge: (resource) => deniesPlainText(resource, 's3:*', ['/*']),
      wanted: 'a policy that denies aws:SecureTransport false',
    }),
  },
  {
    id: 'bucket-versioned',
    wants: 'a bucket keeps what was overwritten or deleted',
    severity: 'low',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_versioning', 'bucket', {
      judge: attribute('versioning_configuration.status', oneOf('Enabled')),
    }),
  },
  {
    id: 'bucket-objects-locked',
    wants: 'what is written into a bucket cannot be changed or deleted for a time',
    severity: 'low',
    types: [BUCKET],
    judge: all(
      attribute('object_lock_enabled', oneOf(true), false),
      companion('aws_s3_bucket_object_lock_configuration', 'bucket'),
    ),
  },
  {
    id: 'bucket-deletes-by-mfa',
    wants: 'versions of a bucket are deleted only by whoever has a second factor',
    severity: 'low',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_versioning', 'bucket', {
      judge: attribute('versioning_configuration.mfa_delete', oneOf('Enabled')),
    }),
  },
  {
    id: 'bucket-cleans-up',
    wants: 'what is in a bucket goes one day, and so do uploads that were never finished',
    severity: 'low',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_lifecycle_configuration', 'bucket', {
      judge: all(someOf('rule.status', oneOf('Enabled')), abortsEverywhere, ({ block }) =>
        [
          ...valuesAt(block, 'rule.expiration.days'),
          ...valuesAt(block, 'rule.noncurrent_version_expiration.noncurrent_days'),
        ].length > 0
          ? []
          : [{ at: 'rule.expiration', seen: 'nothing', wanted: 'days' }],
      ),
    }),
  },
  {
    id: 'bucket-access-logged',
    wants: 'who read what in a bucket is logged',
    severity: 'low',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_logging', 'bucket'),
  },
  {
    id: 'bucket-replicated',
    wants: 'a bucket is copied to another region',
    severity: 'low',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_replication_configuration', 'bucket'),
  },
  {
    id: 'bucket-tells-its-events',
    wants: 'somebody is told of what happens in a bucket',
    severity: 'low',
    types: [BUCKET],
    judge: companion('aws_s3_bucket_notification', 'bucket'),
  },
  {
    id: 'bucket-protected-from-destroy',
    wants: 'a bucket with objects is not deleted with them',
    severity: 'high',
    types: [BUCKET],
    judge: attribute('force_destroy', oneOf(false), false),
  },
  {
    id: 'table-encrypted-with-own-key',
    wants: 'a table is encrypted with a key of this stack',
    severity: 'high',
    types: [TABLE],
    judge: all(
      attribute('server_side_encryption.enabled', oneOf(true), false),
      attribute('server_side_encryption.kms_key_arn', refersTo('aws_kms_key')),
    ),
  },
  {
    id: 'table-restorable-to-a-moment',
    wants: 'a table can be restored to any second of the last days',
    severity: 'medium',
    types: [TABLE],
    judge: attribute('point_in_time_recovery.enabled', oneOf(true), false),
  },
  {
    id: 'table-deletion-protected',
    wants: 'a table is not deleted by a slip',
    severity: 'medium',
    types: [TABLE],
    judge: attribute('deletion_protection_enabled', oneOf(true), false),
  },
  {
    id: 'table-capacity-follows',
    wants: "a table's capacity follows its load: on demand, or scaled in both directions",
    severity: 'medium',
    types: [TABLE],
    judge: (table, stack) => {
      if (valuesAt(table.block, 'billing_mode').includes('PAY_PER_REQUEST')) return []
      const scaled = stack
        .referring(table, 'aws_appautoscaling_target', 'resource_id')
        .filter((target) => stack.referring(target, 'aws_appautoscaling_policy', 'resource_id').length > 0)
        .flatMap(({ block }) => valuesAt(block, 'scalable_dimension').map(String))
      return ['Read', 'Write']
        .filter((kind) => !scaled.includes(`dynamodb:table:${kind}CapacityUnits`))
        .map((kind) => ({
          at: 'aws_appautoscaling_target',
          seen: 'nothing',
          wanted: `${kind.toLowerCase()} units scaled`,
        }))
    },
  },
  {
    id: 'table-rows-expire',
    wants: 'rows that are of no use any more go by themselves',
    severity: 'low',
    types: [TABLE],
    judge: where(
      isOfCarts,
      all(attribute('ttl.enabled', oneOf(true), false), attribute('ttl.attribute_name', anything)),
    ),
  },
  {
    id: 'redis-encrypted-at-rest',
    wants: "Redis' disks are encrypted",
    severity: 'high',
    types: [REDIS],
    judge: attribute('at_rest_encryption_enabled', oneOf(true, 'true'), false),
  },
  {
    id: 'redis-encrypted-with-own-key',
    wants: "Redis' disks are encrypted with a key of this stack",
    severity: 'medium',
    types: [REDIS],
    judge: attribute('kms_key_id', refersTo('aws_kms_key')),
  },
  {
    id: 'redis-by-tls-only',
    wants: 'Redis takes nobody without TLS',
    severity: 'high',
    types: [REDIS],
    judge: all(
      attribute('transit_encryption_enabled', oneOf(true), false),
      attribute('transit_encryption_mode', oneOf('required'), 'required'),
    ),
  },
  {
    id: 'redis-asks-for-a-token',
    wants: 'Redis lets nobody in who cannot say a token',
    severity: 'high',
    types: [REDIS],
    judge: ({ block }) =>
      [...valuesAt(block, 'auth_token'), ...valuesAt(block, 'user_group_ids')].length > 0
        ? []
        : [{ at: 'auth_token', seen: 'nothing', wanted: 'a token, or user groups' }],
  },
  {
    id: 'redis-survives-a-node',
    wants: 'another node of Redis takes over where one fails, in another zone',
    severity: 'medium',
    types: [REDIS],
    judge: all(
      attribute('automatic_failover_enabled', oneOf(true), false),
      attribute('multi_az_enabled', oneOf(true), false),
      attribute('num_cache_clusters', atLeast(2), 1),
    ),
  },
  {
    id: 'redis-backed-up',
    wants: 'Redis keeps copies of some days',
    severity: 'low',
    types: [REDIS],
    judge: attribute('snapshot_retention_limit', atLeast(1), 0),
  },
  {
    id: 'redis-patched',
    wants: 'Redis takes minor versions by itself',
    severity: 'medium',
    types: [REDIS],
    judge: attribute('auto_minor_version_upgrade', oneOf(true, 'true'), true),
  },
  {
    id: 'redis-in-own-subnets',
    wants: 'Redis is in subnets of its own, not in those of the default network',
    severity: 'high',
    types: [REDIS],
    judge: attribute('subnet_group_name', refersTo('aws_elasticache_subnet_group')),
  },
  {
    id: 'redis-never-evicts',
    wants:
      'Redis refuses a write before it forgets a fence: maxmemory-policy is noeviction (cache-protocol.md)',
    severity: 'high',
    types: [REDIS],
    judge: ({ block }, stack) => {
      const policies = stack
        .referredBy(valuesAt(block, 'parameter_group_name'))
        .flatMap((group) => valuesAt(group.block, 'parameter'))
        .filter((parameter) => valuesAt(parameter, 'name').includes('maxmemory-policy'))
        .flatMap((parameter) => valuesAt(parameter, 'value'))
      return policies.length === 1 && policies[0] === 'noeviction'
        ? []
        : [{ at: 'parameter_group_name', seen: shown(policies), wanted: 'maxmemory-policy noeviction' }]
    },
  },
  {
    id: 'redis-parameters-replaceable',
    wants:
      'another family of parameters is another group, made before the old one goes: nobody can delete one in use',
    severity: 'medium',
    types: ['aws_elasticache_parameter_group'],
    judge: all(attribute('lifecycle.create_before_destroy', oneOf(true), false), ({ block }) => {
      const [name, family] = ['name', 'family'].map((at) => String(valuesAt(block, at)[0]))
      return name?.includes(family ?? '') === true
        ? []
        : [{ at: 'name', seen: shown(name), wanted: `a name with ${family}` }]
    }),
  },
  {
    id: 'images-scanned',
    wants: 'an image is scanned when it is pushed',
    severity: 'high',
    types: ['aws_ecr_repository'],
    judge: attribute('image_scanning_configuration.scan_on_push', oneOf(true), false),
  },
  {
    id: 'image-tags-immutable',
    wants: 'a tag means one image for good',
    severity: 'medium',
    types: ['aws_ecr_repository'],
    judge: attribute('image_tag_mutability', oneOf('IMMUTABLE'), 'MUTABLE'),
  },
  {
    id: 'images-expire',
    wants: 'images that nobody will run again go',
    severity: 'medium',
    types: ['aws_ecr_repository'],
    judge: companion('aws_ecr_lifecycle_policy', 'repository'),
  },
  {
    id: 'images-encrypted-with-own-key',
    wants: 'images are encrypted with a key of this stack',
    severity: 'low',
    types: ['aws_ecr_repository'],
    judge: all(
      attribute('encryption_configuration.encryption_type', oneOf('KMS'), 'AES256'),
      attribute('encryption_configuration.kms_key', refersTo('aws_kms_key')),
    ),
  },
  {
    id: 'secret-encrypted-with-own-key',
    wants: 'a secret is encrypted with a key of this stack',
    severity: 'medium',
    types: ['aws_secretsmanager_secret'],
    judge: attribute('kms_key_id', refersTo('aws_kms_key')),
  },
  {
    id: 'secret-rotates',
    wants: 'a secret is changed from time to time by itself',
    severity: 'medium',
    types: ['aws_secretsmanager_secret'],
    judge: companion('aws_secretsmanager_secret_rotation', 'secret_id'),
  },
  {
    id: 'key-rotates',
    wants: 'the material of a key is changed every year',
    severity: 'medium',
    types: ['aws_kms_key'],
    judge: where(
      ({ block }) => !valuesAt(block, 'key_usage').some((usage) => usage !== 'ENCRYPT_DECRYPT'),
      attribute('enable_key_rotation', oneOf(true), false),
    ),
  },
  {
    id: 'key-has-a-policy',
    wants: 'a key says who may use it',
    severity: 'medium',
    types: ['aws_kms_key'],
    judge: attribute('policy', anything),
  },
  {
    id: 'key-stays-usable',
    wants: 'a key is enabled, and is not deleted at once when it goes',
    severity: 'high',
    types: ['aws_kms_key'],
    judge: all(
      attribute('is_enabled', not(oneOf(false)), true),
      attribute('deletion_window_in_days', atLeast(7), 30),
    ),
  },
  {
    id: 'carts-backed-up-by-plan',
    wants: 'the table is in a backup plan',
    severity: 'low',
    types: [TABLE],
    judge: companion('aws_backup_selection', 'resources'),
  },
]

function publicAccess(id: string, at: string, wants: string): Rule {
  return {
    id,
    wants,
    severity: 'critical',
    types: [BUCKET],
    judge: companion(ACCESS, 'bucket', { judge: attribute(at, oneOf(true), false) }),
  }
}

/** A rule that is on, and that no prefix, size or tag narrows, ends uploads that were never finished. */
function abortsEverywhere({ block }: Resource): ReturnType<Rule['judge']> {
  const aborts = valuesAt(block, 'rule').some(
    (rule) =>
      valuesAt(rule, 'status').includes('Enabled') &&
      valuesAt(rule, 'abort_incomplete_multipart_upload.days_after_initiation').length > 0 &&
      [...valuesAt(rule, 'filter'), ...valuesAt(rule, 'prefix')].every((filter) =>
        textsIn(filter).every((text) => text === ''),
      ) &&
      ['and', 'tag', 'object_size_greater_than', 'object_size_less_than'].every(
        (at) => valuesAt(rule, `filter.${at}`).length === 0,
      ),
  )
  return aborts
    ? []
    : [{ at: 'rule.abort_incomplete_multipart_upload', seen: 'nothing', wanted: 'days, for every object' }]
}

/** The table of carts, not one that only locks a state. */
function isOfCarts({ block }: Resource): boolean {
  return !valuesAt(block, 'hash_key').includes('LockID')
}

/**
 * Nothing where a statement denies everybody everything without TLS.
 *
 * @param parts what is in it is named besides, by what stands behind its ARN. @default it has no parts
 */
export function deniesPlainText(
  resource: Resource,
  actions: string,
  parts: readonly string[] = [],
): ReturnType<Rule['judge']> {
  const denies = statementsOf(resource).some(
    (statement) =>
      (statement.resources.includes('*') ||
        (statement.resources.some((one) => !one.replaceAll(/\$\{[^}]*\}/g, '').includes('/')) &&
          parts.every((part) => statement.resources.some((one) => one.endsWith(part))))) &&
      statement.effect === 'Deny' &&
      statement.principals.some((one) => one === '*' || one === 'AWS:*') &&
      statement.actions.includes(actions) &&
      statement.conditions.some(
        ({ key, values }) => key === 'aws:SecureTransport' && values.includes('false'),
      ),
  )
  const on = ['', ...parts].map((part) => `${actions} on it${part}`)
  return denies
    ? []
    : [
        {
          at: 'policy',
          seen: 'no such statement',
          wanted: `${on.join(', ')} denied where aws:SecureTransport is false`,
        },
      ]
}
