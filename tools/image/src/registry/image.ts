import type { BatchGetImageCommandInput, ECR } from '@aws-sdk/client-ecr'
import { digestOf } from '../oci/blob.ts'
import { ANSWERED_TYPES, MANIFEST_TYPE } from '../oci/manifest.ts'
import { ImageProblem } from '../problem.ts'

/** A repository, as whoever asks with this client may use it. */
export interface Repository {
  readonly ecr: ECR
  /** The account that has it. @default the caller's */
  readonly registryId?: string | undefined
  readonly repositoryName: string
}

/** An image by one of its tags, or by its digest. */
export type ImageId = { readonly imageTag: string } | { readonly imageDigest: string }

/** An image as a registry has it. */
export interface StoredImage {
  readonly digest: string
  /** Its text, of which not a byte may change. */
  readonly manifest: string
  readonly mediaType: string
}

/**
 * Asks a registry for an image.
 *
 * @returns nothing where it has none
 * @throws {ImageProblem} where it may not be had, or is not what it is called
 */
export async function findImage(repository: Repository, id: ImageId): Promise<StoredImage | undefined> {
  const { ecr, repositoryName } = repository
  const asked: BatchGetImageCommandInput = {
    ...registryOf(repository),
    repositoryName,
    imageIds: [id],
    acceptedMediaTypes: [...ANSWERED_TYPES],
  }
  const { images: [image] = [], failures: [failure] = [] } = await ecr.batchGetImage(asked)
  const manifest = image?.imageManifest
  if (manifest === undefined) {
    if (failure === undefined || failure.failureCode === 'ImageNotFound') return undefined
    throw new ImageProblem(
      `${nameOf(repository, id)} cannot be had: ${failure.failureReason ?? failure.failureCode}`,
    )
  }
  const digest = digestOf(manifest)
  const expected = 'imageDigest' in id ? id.imageDigest : image?.imageId?.imageDigest
  if (digest !== expected)
    throw new ImageProblem(
      `${nameOf(repository, id)} has a manifest of ${digest}; wanted: ${expected ?? 'a digest'}`,
    )
  return { digest, manifest, mediaType: image?.imageManifestMediaType ?? MANIFEST_TYPE }
}

/** `repository:tag` or `repository@sha256:…`, for messages. */
export function nameOf({ repositoryName }: Repository, id: ImageId): string {
  return 'imageTag' in id ? `${repositoryName}:${id.imageTag}` : `${repositoryName}@${id.imageDigest}`
}

/** Whose registry, as a part of what is asked. */
export function registryOf({ registryId }: Repository): { registryId?: string } {
  return registryId === undefined ? {} : { registryId }
}
