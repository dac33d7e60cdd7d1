import type { Environment } from '@cartwright/environments'
import { AwsProvider } from '#aws/provider'
import type { TerraformStack } from '#terraform'

export interface ProviderProps extends Pick<Environment, 'project' | 'region'> {
  /** What the tag `Environment` says. */
  readonly environment: string
  readonly accountId?: string | undefined
}

/** The AWS provider: every resource gets the tags, and where the account is given, no other one is touched. */
export function useAws(
  stack: TerraformStack,
  { project, region, environment, accountId }: ProviderProps,
): void {
  const tags = { Project: project, Environment: environment, Service: 'cart-api', ManagedBy: 'cdktf' }
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    defaultTags: [{ tags }],
  })
  // Ephemeral resources and write-only arguments came with Terraform 1.11, the lock file with 1.10.
  stack.addOverride('terraform.required_version', '>= 1.11.0')
}
