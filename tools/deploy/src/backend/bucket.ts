import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  type LifecycleRule,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { DeployProblem } from '../problem.ts'

export interface StateBucketProps {
  readonly name: string
  readonly account: string
  readonly region: string
}

/** The bucket of the states. Every call says whose it has to be: names of buckets are taken by whoever comes first. */
export class StateBucket {
  readonly name: string
  readonly #region: string
  readonly #s3: S3Client
  readonly #it: { readonly Bucket: string; readonly ExpectedBucketOwner: string }

  constructor({ name, account, region }: StateBucketProps) {
    this.name = name
    this.#region = region
    this.#it = { Bucket: name, ExpectedBucketOwner: account }
    // An emulator has no name for each bucket.
    const isEmulated = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'].some((variable) => process.env[variable])
    this.#s3 = new S3Client({ region, forcePathStyle: isEmulated })
  }

  /** @throws {DeployProblem} where it is another account's */
  async exists(): Promise<boolean> {
    try {
      await this.#s3.send(new HeadBucketCommand(this.#it))
      return true
    } catch (error) {
      const status = statusOf(error)
      if (status === 404) return false
      if (status === 403) {
        throw new DeployProblem(
          `the bucket ${this.name} is another account's, or the credentials may not see it; wanted: rights on it`,
        )
      }
      throw error
    }
  }

  /** Makes it, private and versioned; what is there stays. The stack takes it over, and does the rest. */
  async make(): Promise<void> {
    try {
      await this.#s3.send(
        new CreateBucketCommand({
          Bucket: this.name,
          ObjectOwnership: 'BucketOwnerEnforced',
          // The one region that is not to be named.
          ...(this.#region === 'us-east-1'
            ? {}
            : // The type lists regions; a newer one is as good.
              { CreateBucketConfiguration: { LocationConstraint: this.#region as 'eu-west-1' } }),
        }),
      )
    } catch (error) {
      const name = error instanceof S3ServiceException ? error.name : ''
      if (name === 'OperationAborted') {
        throw new DeployProblem(
          `AWS is still deleting a bucket ${this.name}; wanted: the same command again in a few minutes`,
        )
      }
      if (name === 'BucketAlreadyExists') {
        throw new DeployProblem(`the bucket ${this.name} is another account's; wanted: another project name`)
      }
      // Another run was faster, or this one was repeated by the SDK.
      if (name !== 'BucketAlreadyOwnedByYou') throw error
    }
    await this.protect()
  }

  /** @returns whether something was missing: a run that was interrupted between its calls leaves that */
  async protect(): Promise<boolean> {
    const { Status } = await this.#s3.send(new GetBucketVersioningCommand(this.#it))
    if (Status === 'Enabled') return false
    await this.#s3.send(
      new PutPublicAccessBlockCommand({
        ...this.#it,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    )
    // Comes last, as it is what tells that all was done.
    await this.#s3.send(
      new PutBucketVersioningCommand({ ...this.#it, VersioningConfiguration: { Status: 'Enabled' } }),
    )
    return true
  }

  /** Whether anything in it ever ends. */
  async hasLifecycle(): Promise<boolean> {
    try {
      await this.#s3.send(new GetBucketLifecycleConfigurationCommand(this.#it))
      return true
    } catch (error) {
      if (statusOf(error) === 404) return false
      throw error
    }
  }

  /** Lets things end by these rules, in place of all that there are. */
  async expire(rules: LifecycleRule[]): Promise<void> {
    await this.#s3.send(
      new PutBucketLifecycleConfigurationCommand({ ...this.#it, LifecycleConfiguration: { Rules: rules } }),
    )
  }

  async keys(): Promise<readonly string[]> {
    const keys: string[] = []
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, this.#it)) {
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []))
    }
    return keys
  }

  /** @returns undefined where there is no such object */
  async read(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ ...this.#it, Key: key }))
      return await Body?.transformToString()
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  }

  async write(key: string, text: string): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ ...this.#it, Key: key, Body: text }))
  }

  async remove(key: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ ...this.#it, Key: key }))
  }

  /** Deletes it with every version of everything. */
  async destroy(): Promise<void> {
    for (;;) {
      // Always the first thousand: those before them are gone.
      const { Versions = [], DeleteMarkers = [] } = await this.#s3.send(
        new ListObjectVersionsCommand(this.#it),
      )
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
      if (Objects.length === 0) break
      const { Errors = [] } = await this.#s3.send(
        new DeleteObjectsCommand({ ...this.#it, Delete: { Objects, Quiet: true } }),
      )
      const [first] = Errors
      if (first !== undefined)
        throw new Error(`${first.Key} cannot be deleted: ${first.Code} ${first.Message}`)
    }
    await this.#s3.send(new DeleteBucketCommand(this.#it))
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
}
