import { type ECR, type ImageDetail, paginateDescribeImages } from '@aws-sdk/client-ecr'
import { DeployProblem } from '@cartwright/deploy/problem'
import { findImage } from '@cartwright/image'
import { type Mark, readMark, shownMark } from './marks.ts'

/** An image of the registry that was released. */
export interface Proven extends Mark {
  readonly digest: string
  readonly pushedAt: Date
}

export interface ImagesOptions {
  readonly ecr: ECR
  readonly repositoryName: string
  /** The account of the registry. @default that of the credentials */
  readonly registryId?: string | undefined
}

/** The images of an environment, in its registry. */
export class Images {
  readonly repositoryName: string
  readonly #ecr: ECR
  readonly #where: { readonly repositoryName: string; readonly registryId?: string }

  constructor({ ecr, repositoryName, registryId }: ImagesOptions) {
    this.repositoryName = repositoryName
    this.#ecr = ecr
    this.#where = { repositoryName, ...(registryId === undefined ? {} : { registryId }) }
  }

  /** Of the image that has this tag; undefined where there is none. */
  async digestOf(imageTag: string): Promise<string | undefined> {
    try {
      const { imageDetails = [] } = await this.#ecr.describeImages({
        ...this.#where,
        imageIds: [{ imageTag }],
      })
      return imageDetails[0]?.imageDigest
    } catch (error) {
      if (isCalled(error, 'ImageNotFoundException')) return undefined
      throw error
    }
  }

  /** Those that were released, the one that was pushed last first. */
  async proven(): Promise<readonly Proven[]> {
    const found: Proven[] = []
    const asked = { ...this.#where, filter: { tagStatus: 'TAGGED' } } as const
    for await (const { imageDetails = [] } of paginateDescribeImages({ client: this.#ecr }, asked))
      found.push(...imageDetails.flatMap(provenIn))
    return found.toSorted((one, other) => other.pushedAt.getTime() - one.pushedAt.getTime())
  }

  /**
   * Marks an image as one that was released, so that it is kept. Marked already, it stays so.
   *
   * @throws {DeployProblem} where it is not there any more
   */
  async mark({ tag, tree }: Mark): Promise<void> {
    const image = await findImage({ ...this.#where, ecr: this.#ecr }, { imageTag: tag })
    if (image === undefined)
      throw new DeployProblem(
        `${this.repositoryName} has no image ${tag} any more; wanted: the one that runs`,
      )
    await this.#ecr
      .putImage({
        ...this.#where,
        imageTag: shownMark({ tag, tree }),
        imageManifest: image.manifest,
        imageManifestMediaType: image.mediaType,
        imageDigest: image.digest,
      })
      .catch((error: unknown) => {
        // An earlier run had come so far.
        if (!isCalled(error, 'ImageAlreadyExistsException')) throw error
      })
  }
}

function provenIn({ imageTags = [], imageDigest, imagePushedAt }: ImageDetail): readonly Proven[] {
  return imageTags.flatMap((name) => {
    const mark = readMark(name)
    if (mark === undefined || imageDigest === undefined || imagePushedAt === undefined) return []
    return [{ ...mark, digest: imageDigest, pushedAt: imagePushedAt }]
  })
}

function isCalled(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
