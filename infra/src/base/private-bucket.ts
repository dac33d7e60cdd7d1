import { S3Bucket } from '#aws/s3-bucket'
import { S3BucketLifecycleConfiguration } from '#aws/s3-bucket-lifecycle-configuration'
import { S3BucketOwnershipControls } from '#aws/s3-bucket-ownership-controls'
import { S3BucketPolicy } from '#aws/s3-bucket-policy'
import { S3BucketPublicAccessBlock } from '#aws/s3-bucket-public-access-block'
import { S3BucketServerSideEncryptionConfigurationA } from '#aws/s3-bucket-server-side-encryption-configuration'
import { S3BucketVersioningA } from '#aws/s3-bucket-versioning'
import { Construct } from '#terraform'
import type { Key } from './key.ts'
import { denyPlainText, policyJson, type Statement } from './policy.ts'

export interface PrivateBucketProps {
  readonly name: string
  /** What encrypts it. @default S3's own key, the only kind that a load balancer writes to */
  readonly key?: Key
  /** Days after which an object is deleted. @default never */
  readonly expireDays?: number
  /** Days for which a version is kept that another has replaced. @default there are no versions */
  readonly versionDays?: number
  /** Whether a destroy deletes what is in it. @default false: a destroy is refused while it holds something */
  readonly emptyOnDestroy?: boolean
  /** Who may do what, beyond the account. @default nobody */
  readonly statements?: (bucketArn: string) => readonly Statement[]
}

/**
 * A bucket that nobody outside sees: no public access, no access lists, no plain text, encrypted.
 *
 * Cost: $0.023 a month for each GB.
 */
export class PrivateBucket extends Construct {
  readonly name: string
  readonly arn: string
  readonly bucket: S3Bucket
  /** What has to be there before somebody writes. */
  readonly policy: S3BucketPolicy

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id)
    this.bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: props.emptyOnDestroy ?? false,
    })
    this.name = this.bucket.id
    this.arn = this.bucket.arn
    this.#encrypt(props.key)
    if (props.versionDays !== undefined) this.#keepVersions()
    this.#expire(props)
    this.policy = this.#close(props.statements?.(this.arn) ?? [])
  }

  #encrypt(key: Key | undefined): void {
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: this.name,
      rule: [
        key === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
          : {
              // One use of the key for many objects.
              bucketKeyEnabled: true,
              applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn },
            },
      ],
    })
  }

  #keepVersions(): void {
    new S3BucketVersioningA(this, 'versioning', {
      bucket: this.name,
      versioningConfiguration: { status: 'Enabled' },
    })
  }

  #expire({ expireDays, versionDays }: PrivateBucketProps): void {
    const all = { status: 'Enabled', filter: [{ prefix: '' }] }
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.name,
      rule: [
        { ...all, id: 'uploads', abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }] },
        ...(expireDays === undefined ? [] : [{ ...all, id: 'expire', expiration: [{ days: expireDays }] }]),
        ...(versionDays === undefined
          ? []
          : [
              {
                ...all,
                id: 'versions',
                noncurrentVersionExpiration: [{ noncurrentDays: versionDays }],
                // What was deleted leaves a marker, which goes when the last version under it has gone.
                expiration: [{ expiredObjectDeleteMarker: true }],
              },
            ]),
      ],
    })
  }

  #close(statements: readonly Statement[]): S3BucketPolicy {
    const access = new S3BucketPublicAccessBlock(this, 'access', {
      bucket: this.name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    })
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: this.name,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    })
    return new S3BucketPolicy(this, 'policy', {
      bucket: this.name,
      policy: policyJson([denyPlainText('s3', [this.arn, `${this.arn}/*`]), ...statements]),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [access],
    })
  }
}
