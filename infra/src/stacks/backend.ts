import { type Environment, lockTableName, stateBucketName, stateKeyOf } from '@cartwright/environments'
import { S3Backend, type S3BackendConfig, type TerraformStack } from '#terraform'

export interface BackendProps extends Pick<Environment, 'project' | 'region'> {
  /**
   * @default the app's: see `STATE_ACCOUNT`. Where that is unknown too, the bucket is named when Terraform is initialised
   * (`-backend-config=bucket=…`)
   */
  readonly accountId?: string | undefined
  /** Whether the state is locked in the table as well. */
  readonly stateLockTable: boolean
}

/** The context that tells in which account the states are whose environments name none. */
export const STATE_ACCOUNT = 'stateAccount'

/**
 * Keeps the stack's state in the account's and region's bucket. Without the account the backend says everything but the
 * bucket, so that a fresh clone synthesises the same for everybody.
 */
export function keepState(
  stack: TerraformStack,
  { project, region, accountId, stateLockTable }: BackendProps,
): void {
  const account = accountId ?? stack.node.tryGetContext(STATE_ACCOUNT)
  const config = {
    ...(account === undefined ? {} : { bucket: stateBucketName(project, account, region) }),
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    key: stateKeyOf(stack.node.id),
    region,
    encrypt: true,
    useLockfile: true,
    ...(stateLockTable ? { dynamodbTable: lockTableName(project) } : {}),
  }
  // CDKTF's type wants a bucket, and does not know `useLockfile`, which Terraform 1.10 brought.
  new S3Backend(stack, config as unknown as S3BackendConfig)
}
