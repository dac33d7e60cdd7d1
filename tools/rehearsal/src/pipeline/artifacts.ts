import { randomBytes } from 'node:crypto'
import type { S3 } from '@aws-sdk/client-s3'
import { strFromU8, unzipSync, zipSync } from 'fflate'
import { RehearsalProblem } from '../problem.ts'

/** What is in the artifact of a source that is to be cloned: it says which commit. */
export const CLONE_FILE = 'codestar.json'

/** Files by their paths. */
export type Files = Readonly<Record<string, Uint8Array>>

/** Where an artifact lies. */
export interface Location {
  readonly bucket: string
  readonly key: string
}

export interface ArtifactStoreOptions {
  readonly bucket: string
  /** The pipeline's name. */
  readonly pipeline: string
  /** What they are encrypted with. @default the bucket's */
  readonly keyArn?: string | undefined
}

/** What actions hand to each other: each one a zip in the pipeline's bucket (CodePipeline user guide, "Artifacts"). */
export class ArtifactStore {
  readonly #options: ArtifactStoreOptions

  constructor(options: ArtifactStoreOptions) {
    this.#options = options
  }

  /** @param s3 as the role of whoever made it */
  async put(s3: S3, artifact: string, files: Files): Promise<Location> {
    const { bucket, pipeline, keyArn } = this.#options
    // AWS takes 20 characters of each name.
    const name = randomBytes(4).toString('hex').slice(0, 7)
    const key = `${pipeline.slice(0, 20)}/${artifact.slice(0, 10)}/${name}`
    await s3.putObject({
      Bucket: bucket,
      Key: key,
      Body: zipSync(files),
      ...(keyArn === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: keyArn }),
    })
    return { bucket, key }
  }

  /** @param s3 as the role of whoever takes it */
  async get(s3: S3, { bucket, key }: Location): Promise<Files> {
    const { Body } = await s3.getObject({ Bucket: bucket, Key: key })
    if (Body === undefined) throw new Error(`s3://${bucket}/${key} is empty`)
    return unzipSync(await Body.transformToByteArray())
  }
}

/** @throws {RehearsalProblem} where it is not among them */
export function textIn(files: Files, name: string): string {
  const file = files[name]
  if (file !== undefined) return strFromU8(file)
  throw new RehearsalProblem(
    `the artifact has no ${name}, but ${Object.keys(files).join(', ') || 'nothing'}; wanted: ${name}`,
  )
}
