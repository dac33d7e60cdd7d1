import type { ECR } from '@aws-sdk/client-ecr'
import type { Credentials, Image, Images } from '../ecs/index.ts'
import { type ImageFolder, MANIFEST_TYPE, type StoredImage } from './image-folder.ts'

/** Registry, repository, and tag or digest (ECR user guide, "Pulling an image"). */
const REFERENCE =
  /^(\d{12})\.dkr\.ecr\.[\w-]+\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([\w.-]+)|@(sha256:[0-9a-f]{64}))$/

export interface RegistryOptions {
  readonly images: ImageFolder
  /** ECR as whoever rehearses. */
  readonly ecr: ECR
  /** ECR as somebody else. */
  readonly ecrAs: (credentials: Credentials) => ECR
}

/** ECR: who may, and which digest a tag stands for, is the emulator's word; what an image holds lies in the folder. */
export class Registry implements Images {
  readonly #options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** As `docker push` ends: the manifest, under a tag. */
  async push(repositoryName: string, imageTag: string, { digest, manifest }: StoredImage): Promise<void> {
    await this.#options.ecr
      .putImage({
        repositoryName,
        imageTag,
        imageManifest: manifest,
        imageManifestMediaType: MANIFEST_TYPE,
        imageDigest: digest,
      })
      .catch((error: Error) => {
        // The same one is there by that tag.
        if (error.name !== 'ImageAlreadyExistsException') throw error
      })
  }

  /** As Fargate pulls it: with the execution role. */
  async resolve(reference: string, as: Credentials | undefined): Promise<Image | undefined> {
    const [, registryId, repositoryName, imageTag, imageDigest] = REFERENCE.exec(reference) ?? []
    if (registryId === undefined || repositoryName === undefined) return undefined
    if (as === undefined) throw new Error(`${reference} is in a private registry; wanted: an execution role`)
    const { images: folder, ecrAs } = this.#options
    const ecr = ecrAs(as)
    await ecr.getAuthorizationToken({})
    const { images = [] } = await ecr.batchGetImage({
      registryId,
      repositoryName,
      imageIds: [imageTag === undefined ? { imageDigest } : { imageTag }],
      acceptedMediaTypes: [MANIFEST_TYPE],
    })
    const digest = images[0]?.imageId?.imageDigest
    return digest === undefined ? undefined : folder.find(digest)
  }
}
