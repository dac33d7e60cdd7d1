import { createReadStream } from 'node:fs'
import {
  ImageAlreadyExistsException,
  ImageTagAlreadyExistsException,
  InvalidLayerPartException,
  LayerAlreadyExistsException,
  LayersNotFoundException,
} from '@aws-sdk/client-ecr'
import { readManifest } from '../oci/manifest.ts'
import { ImageProblem } from '../problem.ts'
import { findImage, nameOf, type Repository, type StoredImage } from './image.ts'

/** In bytes. ECR takes parts of 5 to 20 MiB (API reference: InitiateLayerUpload), and a shorter one at the end. */
const PART = 10 * 1024 * 1024

/** What is being put, and where. */
export interface PutOptions {
  /** The caller's own: ECR takes no other. */
  readonly repository: Omit<Repository, 'registryId'>
  readonly tag: string
  readonly image: StoredImage
  /** Finds what a digest stands for, when it has to be uploaded. */
  readonly fileOf: (digest: string) => Promise<string> | string
  /** Gets what happens, line by line. */
  readonly hear?: (line: string) => void
}

/**
 * Puts an image under a tag: what is there already, of this image or of others, is not uploaded again.
 *
 * @returns its digest
 * @throws {ImageProblem} where the tag is another image's
 */
export async function putImage(options: PutOptions): Promise<string> {
  const { repository, tag, image, hear } = options
  const there = await findImage(repository, { imageTag: tag })
  if (there !== undefined && there.digest !== image.digest) throw isTaken(options, there.digest)
  if (there === undefined) {
    await uploadMissing(options)
    try {
      await tagIt(options)
    } catch (error) {
      // ECR lets go of what no image names any more: it may have gone since we asked for it.
      if (!(error instanceof LayersNotFoundException)) throw error
      await uploadMissing(options)
      await tagIt(options)
    }
  }
  hear?.(`${nameOf(repository, { imageTag: tag })} is ${image.digest}`)
  return image.digest
}

async function tagIt(options: PutOptions): Promise<void> {
  const { repository, tag, image } = options
  try {
    await repository.ecr.putImage({
      repositoryName: repository.repositoryName,
      imageTag: tag,
      imageManifest: image.manifest,
      imageManifestMediaType: image.mediaType,
      imageDigest: image.digest,
    })
  } catch (error) {
    // Somebody was faster, with the same; or it was us, and the answer was lost.
    if (error instanceof ImageAlreadyExistsException) return
    if (error instanceof ImageTagAlreadyExistsException) throw isTaken(options, 'another image')
    throw error
  }
}

function isTaken({ repository, tag, image }: PutOptions, by: string): ImageProblem {
  return new ImageProblem(
    `${nameOf(repository, { imageTag: tag })} is ${by} already; wanted: ${image.digest}, or a tag that is free`,
  )
}

async function uploadMissing(options: PutOptions): Promise<void> {
  const { repository, image, fileOf, hear } = options
  const { ecr, repositoryName } = repository
  const { config, layers } = readManifest(image.manifest, image.digest)
  const sizes = new Map([config, ...layers].map(({ digest, size }) => [digest, size]))
  const answer = await ecr.batchCheckLayerAvailability({ repositoryName, layerDigests: [...sizes.keys()] })
  for (const { layerDigest = '', layerAvailability } of answer.layers ?? []) {
    if (layerAvailability === 'AVAILABLE') sizes.delete(layerDigest)
  }
  for (const [digest, size] of sizes) {
    hear?.(`${digest}: ${(size / 1e6).toFixed(1)} MB`)
    await upload(repository, digest, await fileOf(digest))
  }
}

/** Parts come one after the other; what was begun and not completed, ECR forgets. */
async function upload(
  { ecr, repositoryName }: PutOptions['repository'],
  digest: string,
  file: string,
): Promise<void> {
  const { uploadId } = await ecr.initiateLayerUpload({ repositoryName })
  let first = 0
  for await (const part of createReadStream(file, { highWaterMark: PART }) as AsyncIterable<Buffer>) {
    const last = first + part.length - 1
    try {
      await ecr.uploadLayerPart({
        repositoryName,
        uploadId,
        partFirstByte: first,
        partLastByte: last,
        layerPartBlob: part,
      })
    } catch (error) {
      // It had arrived, its answer was lost, and the SDK has sent it again.
      if (!(error instanceof InvalidLayerPartException) || error.lastValidByteReceived !== last) throw error
    }
    first = last + 1
  }
  try {
    await ecr.completeLayerUpload({ repositoryName, uploadId, layerDigests: [digest] })
  } catch (error) {
    // Somebody was faster, or it was us.
    if (!(error instanceof LayerAlreadyExistsException)) throw error
  }
}
