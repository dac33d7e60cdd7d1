import type { Permission } from '@cartwright/local-aws'
import type { Clients } from '../src/clients/index.ts'

/** What roles may do and this play does not: each for a reason. */
export const NOT_PLAYED: Readonly<Record<string, string>> = {
  'codeconnections:UseConnection': 'the code host is not asked here',
  'codestar-connections:UseConnection': 'the same, by the name that it had',
  // CodePipeline user guide, "Configure server-side encryption for artifacts": these five, which the emulator does not ask for.
  'kms:Decrypt': 'artifacts under a key of our own',
  'kms:DescribeKey': 'the same',
  'kms:Encrypt': 'the same',
  'kms:GenerateDataKey': 'the same',
  'kms:GenerateDataKeyWithoutPlaintext': 'the same',
  'kms:ReEncryptFrom': 'the same',
  'kms:ReEncryptTo': 'the same',
  's3:GetBucketAcl': 'AWS looks whose the bucket is',
  's3:GetBucketLocation': 'the same',
  's3:GetBucketVersioning': 'the same',
  's3:GetObjectVersion': 'AWS names the version that it reads',
  's3:PutObjectAcl': "the source's output belongs to the bucket's owner",
}

export interface DeliveryRole {
  readonly name: string
  readonly arn: string
  readonly allowed: ReadonlySet<string>
}

/** The roles that a pipeline and what belongs to it work with. */
export async function deliveryRoles({ iam }: Clients): Promise<readonly DeliveryRole[]> {
  const { Roles = [] } = await iam.listRoles({})
  const own = Roles.filter(({ AssumeRolePolicyDocument = '' }) =>
    /"(codepipeline|codebuild|events)\.amazonaws\.com"/.test(decodeURIComponent(AssumeRolePolicyDocument)),
  )
  return await Promise.all(
    own.map(async ({ RoleName = '', Arn = '' }) => {
      const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName })
      const documents = await Promise.all(
        PolicyNames.map(async (PolicyName) => {
          const { PolicyDocument = '{}' } = await iam.getRolePolicy({ RoleName, PolicyName })
          // A policy's own form.
          return JSON.parse(decodeURIComponent(PolicyDocument)) as {
            Statement: { Effect: string; Action: string | string[] }[]
          }
        }),
      )
      const statements = documents.flatMap(({ Statement }) => Statement)
      const allowed = statements.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? [Action].flat() : []))
      return { name: RoleName, arn: Arn, allowed: new Set(allowed) }
    }),
  )
}

/** What a role may do and did not, as permissions tell it. */
export function unused(
  { arn, allowed }: DeliveryRole,
  permissions: readonly Permission[],
): readonly string[] {
  const used = new Set(permissions.filter(({ principal }) => principal === arn).map(({ action }) => action))
  return [...allowed].filter((action) => !used.has(action))
}
