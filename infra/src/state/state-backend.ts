import { stateBucketName } from '@cartwright/environments'
import { DynamodbTable } from '#aws/dynamodb-table'
import { Construct } from '#terraform'
import type { Place } from '../base/place.ts'
import { PrivateBucket } from '../base/private-bucket.ts'

export interface StateBackendProps {
  readonly project: string
  readonly place: Place
  /** The name of the table in which Terraform locks states. @default there is none: the lock file is enough */
  readonly lockTableName?: string
}

/** Days for which a state that another has replaced can be brought back; lock files' versions go with them. */
const VERSION_DAYS = 90

/**
 * Where Terraform keeps the states of all environments of this account and region. The bucket comes before the first
 * state, this stack's own among them, so it is made by one API call and taken over here; a bucket that holds states is
 * never deleted by Terraform.
 *
 * Cost: cents.
 */
export class StateBackend extends Construct {
  readonly bucketName: string

  constructor(scope: Construct, id: string, { project, place, lockTableName }: StateBackendProps) {
    super(scope, id)
    const name = stateBucketName(project, place.account, place.region)
    const states = new PrivateBucket(this, 'states', { name, versionDays: VERSION_DAYS })
    states.bucket.importFrom(name)
    this.bucketName = states.name
    if (lockTableName !== undefined) this.#makeLockTable(lockTableName)
  }

  /** Its key is the one that Terraform asks for. */
  #makeLockTable(name: string): void {
    new DynamodbTable(this, 'locks', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'LockID',
      attribute: [{ name: 'LockID', type: 'S' }],
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
    })
  }
}
