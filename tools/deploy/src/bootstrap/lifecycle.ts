import type { LifecycleRule } from '@aws-sdk/client-s3'
import type { SynthesisedStack } from '../stacks.ts'

/** What the stack's bucket is to forget, and when, as S3 takes it; undefined where the stack does not say. */
export function lifecycleRules({ resources }: SynthesisedStack): LifecycleRule[] | undefined {
  const declared = resources.find(({ type }) => type === 'aws_s3_bucket_lifecycle_configuration')
  // Terraform's names are S3's, in another case; S3 tells of a rule that it does not understand.
  return declared && (asS3(declared.block['rule']) as LifecycleRule[])
}

function asS3(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asS3)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name === 'id' ? 'ID' : name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      // A block that can stand there once is a list of one.
      asS3(Array.isArray(inner) ? inner[0] : inner),
    ]),
  )
}
