import type { ECR } from '@aws-sdk/client-ecr'
import { findImage, type Layout, pullImage, pushImage } from '@cartwright/image'
import type { Credentials, Image, Images } from '../ecs/index.ts'
import { ImageFolder } from './image-folder.ts'
import { runnable } from './runnable.ts'

/** Registry, repository, and tag or digest (ECR user guide, "Pulling an image"). */
const REFERENCE =
  /^(\d{12})\.dkr\.ecr\.[\w-]+\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([\w.-]+)|@(sha256:[0-9a-f]{64}))$/

export interface RegistryOptions {
  /** Where images are kept that were pulled; made where it is missing. */
  readonly folder: string
  /** ECR as whoever rehearses. */
  readonly ecr: ECR
  /** ECR as somebody else. */
  readonly ecrAs: (credentials: Credentials) => ECR
}

/** ECR, as whoever pushes and as tasks that pull. */
export class Registry implements Images {
  readonly #options: RegistryOptions
  readonly #images: ImageFolder

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#images = new ImageFolder(options.folder)
  }

  /** As `docker push`. */
  async push(repositoryName: string, tag: string, layout: Layout): Promise<void> {
    await pushImage({ ecr: this.#options.ecr, layout, repositoryName, tag })
  }

  /** As Fargate pulls it: with the execution role. */
  async resolve(reference: string, as: Credentials | undefined): Promise<Image | undefined> {
    const [, registryId, repositoryName, imageTag, imageDigest] = REFERENCE.exec(reference) ?? []
    if (registryId === undefined || repositoryName === undefined) return undefined
    if (as === undefined) throw new Error(`${reference} is in a private registry; wanted: an execution role`)
    const ecr = this.#options.ecrAs(as)
    await ecr.getAuthorizationToken({})
    const repository = { ecr, registryId, repositoryName }
    const id = imageTag === undefined ? { imageDigest: imageDigest ?? '' } : { imageTag }
    const found = await findImage(repository, id)
    if (found === undefined) return undefined
    const { digest } = found
    const pull = (folder: string) => pullImage({ ...repository, imageId: { imageDigest: digest }, folder })
    return runnable(await this.#images.find(digest, pull))
  }
}
