import type { Environment } from '@cartwright/environments'
import { EcrLifecyclePolicy } from '#aws/ecr-lifecycle-policy'
import { EcrRepository } from '#aws/ecr-repository'
import { SsmParameter } from '#aws/ssm-parameter'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Role } from '../base/role.ts'

export interface RegistryProps extends Pick<Environment, 'keepImages' | 'deletionProtection'> {
  readonly name: string
  /** The name of the parameter that tells which image is in use. */
  readonly releaseName: string
  readonly key: Key
}

/** What the parameter says before the first release. */
export const NO_RELEASE = 'none'

/**
 * The images of the API, and which of them is in use. A tag is a commit and never moves. Images leave by age, the oldest
 * beyond `keepImages` first; an image that is released again gets a tag `in-use-…` beside its commit's, and the six newest
 * of those stay whatever comes after them: the one in use and the five before it.
 *
 * Cost: $0.10 a month for each GB: an image has 0.05.
 */
export class Registry extends Construct {
  readonly url: string
  readonly arn: string
  /** The tag of the image in use: the commit it was built from, or `none`. A release writes it, Terraform never. */
  readonly release: string
  readonly releaseParameterName: string

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id)
    const repository = this.#makeRepository(props)
    this.url = repository.repositoryUrl
    this.arn = repository.arn
    this.#expire(repository, props.keepImages)
    const parameter = new SsmParameter(this, 'release', {
      name: props.releaseName,
      description: 'The tag of the image in use; written when a release has proven itself',
      type: 'String',
      insecureValue: NO_RELEASE,
      lifecycle: { ignoreChanges: ['insecure_value'] },
    })
    this.release = parameter.insecureValue
    this.releaseParameterName = parameter.name
  }

  /** Lets a role fetch images: what the execution role of tasks needs. */
  grantPull(role: Role): void {
    // Belongs to no repository.
    role.allow({ sid: 'EnterRegistry', actions: ['ecr:GetAuthorizationToken'] })
    role.allow({
      sid: 'PullImages',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [this.arn],
    })
  }

  #makeRepository({ name, key, deletionProtection }: RegistryProps): EcrRepository {
    return new EcrRepository(this, 'images', {
      name,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: key.arn }],
      forceDelete: !deletionProtection,
    })
  }

  /**
   * A rule of lower number has the first word: what `in-use-` keeps, the last rule cannot expire, and counts as one of
   * its images.
   */
  #expire(repository: EcrRepository, keepImages: number): void {
    const expire = { type: 'expire' }
    const beyond = (countNumber: number) => ({ countType: 'imageCountMoreThan', countNumber })
    new EcrLifecyclePolicy(this, 'lifecycle', {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: 'The image in use and the five before it stay',
            selection: { tagStatus: 'tagged', tagPatternList: ['in-use-*'], ...beyond(6) },
            action: expire,
          },
          {
            rulePriority: 2,
            description: 'Images without a tag go after a day',
            selection: {
              tagStatus: 'untagged',
              countType: 'sinceImagePushed',
              countUnit: 'days',
              countNumber: 1,
            },
            action: expire,
          },
          {
            rulePriority: 3,
            description: `${keepImages} images stay`,
            selection: { tagStatus: 'tagged', tagPatternList: ['*'], ...beyond(keepImages) },
            action: expire,
          },
        ],
      }),
    })
  }
}
