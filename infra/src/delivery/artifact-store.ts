import type { Environment, Names } from '@cartwright/environments'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import { PrivateBucket } from '../base/private-bucket.ts'
import type { Role } from '../base/role.ts'

export interface ArtifactStoreProps extends Pick<Environment, 'deletionProtection'> {
  readonly names: Pick<Names, 'base'>
  readonly place: Place
  readonly key: Key
}

/** As long as AWS keeps the history of a pipeline: a release whose artifacts have gone cannot be rolled back to. */
const EXPIRE_DAYS = 365

/**
 * The bucket through which the pipeline's actions hand over what they made, and where the build keeps its cache.
 *
 * Cost: $0.023 a month for each GB; a run leaves a few KB, the cache has 0.3 GB.
 */
export class ArtifactStore extends Construct {
  readonly bucketName: string
  readonly key: Key
  /** Where the build keeps what the next one needs again. */
  readonly cacheLocation: string
  readonly #arn: string

  constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id)
    const { names, place, key, deletionProtection } = props
    const bucket = new PrivateBucket(this, 'bucket', {
      // Shorter than the name of the access log's bucket, whose length is checked.
      name: `${names.base}-build-${place.account}-${place.region}`,
      key,
      expireDays: EXPIRE_DAYS,
      emptyOnDestroy: !deletionProtection,
    })
    this.key = key
    this.bucketName = bucket.name
    this.cacheLocation = `${bucket.name}/cache`
    this.#arn = bucket.arn
  }

  /** Lets a role take what actions before it made. */
  grantRead(role: Role): void {
    this.#grant(role, 'ReadArtifacts', ['s3:GetObject', 's3:GetObjectVersion'])
    this.#grantKnow(role)
  }

  /** Lets a role also hand something over. */
  grantReadWrite(role: Role): void {
    this.#grant(role, 'ReadArtifacts', ['s3:GetObject', 's3:GetObjectVersion'])
    this.#grant(role, 'WriteArtifacts', ['s3:PutObject'])
    this.#grantKnow(role)
  }

  /** Lets a role also say whose an object is, which the source of a connection does with what it fetched. */
  grantPublish(role: Role): void {
    this.#grant(role, 'OwnArtifacts', ['s3:PutObjectAcl'])
  }

  #grant(role: Role, sid: string, actions: readonly string[]): void {
    role.allow({ sid, actions, resources: [`${this.#arn}/*`] })
  }

  /** Both services look at the bucket itself, to see whose it is, and use the key through it. */
  #grantKnow(role: Role): void {
    role.allow({
      sid: 'KnowArtifacts',
      actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
      resources: [this.#arn],
    })
    this.key.grantUse(role, 'UseArtifactKey', 's3')
  }
}
