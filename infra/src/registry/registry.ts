import type { Environment } from '@cartwright/environments'
import { EcrLifecyclePolicy } from '#aws/ecr-lifecycle-policy'
import { EcrRepository } from '#aws/ecr-repository'
import { EcrRepositoryPolicy } from '#aws/ecr-repository-policy'
import { SsmParameter } from '#aws/ssm-parameter'
import { Construct, ref } from '#terraform'
import type { ForeignRole, Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import { policyJson } from '../base/policy.ts'
import type { Role } from '../base/role.ts'

export interface RegistryProps extends Pick<Environment, 'keepImages' | 'deletionProtection'> {
  readonly name: string
  /** The name of the parameter that tells which image is in use. */
  readonly releaseName: string
  readonly key: Key
  readonly place: Place
}

/** What the parameter says before the first release. */
export const NO_RELEASE = 'none'

/** What looking for an image and fetching it takes. */
export const FETCH = ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer'] as const

/**
 * The images of the API, and which of them is in use. A tag is a commit and never moves. Images leave by age, the oldest
 * beyond `keepImages` first; an image that has proven itself gets a tag `in-use-<tree>-<commit>` beside its commit's, and
 * the newest `keepImages` of those stay whatever comes after them: the one in use among them. By that tag another
 * environment finds what was proven for the tree of sources that it is to run.
 *
 * Cost: $0.10 a month for each GB: an image has 0.05.
 */
export class Registry extends Construct {
  readonly name: string
  readonly url: string
  readonly arn: string
  /** The tag of the image in use: the commit it was built from, or `none`. A release writes it, Terraform never. */
  readonly release: string
  readonly releaseParameterName: string
  readonly #props: RegistryProps
  readonly #releaseArn: string

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id)
    this.#props = props
    const repository = this.#makeRepository(props)
    this.name = repository.name
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
    // The provider reads a parameter that was taken over (recovering a lost state) into `value`.
    const { fqn } = parameter
    this.release = ref(`coalesce(${fqn}.insecure_value, nonsensitive(${fqn}.value))`).toString()
    this.releaseParameterName = parameter.name
    this.#releaseArn = parameter.arn
  }

  /** Lets a role fetch images: what the execution role of tasks needs. */
  grantPull(role: Role): void {
    this.grantLogin(role)
    role.allow({
      sid: 'PullImages',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [this.arn],
    })
  }

  /** Lets Docker log in as a role, which ECR's own API does not need. */
  grantLogin(role: Role): void {
    // Belongs to no repository.
    role.allow({ sid: 'EnterRegistry', actions: ['ecr:GetAuthorizationToken'] })
  }

  /** Lets a role put images in, layer by layer, and see which are there. */
  grantPush(role: Role): void {
    role.allow({
      sid: 'PushImages',
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: [this.arn],
    })
  }

  /** Lets a role see what the scan of an image found. */
  grantReadScan(role: Role): void {
    role.allow({ sid: 'ReadScan', actions: ['ecr:DescribeImageScanFindings'], resources: [this.arn] })
  }

  /** Lets a role see which image is in use. */
  grantReadRelease(role: Role): void {
    role.allow({ sid: 'ReadRelease', actions: ['ssm:GetParameter'], resources: [this.#releaseArn] })
  }

  /** Lets a role say that an image is in use, and mark it so that it stays. */
  grantRelease(role: Role): void {
    role.allow({ sid: 'WriteRelease', actions: ['ssm:PutParameter'], resources: [this.#releaseArn] })
    role.allow({
      sid: 'MarkImage',
      actions: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:PutImage'],
      resources: [this.arn],
    })
  }

  /**
   * Lets roles of other accounts fetch images, one policy for all of them. A role is named by a condition: a principal has
   * to be there, and the other account may be deployed later.
   */
  allowReaders(readers: readonly ForeignRole[]): void {
    if (readers.length === 0) return
    const { key, place } = this.#props
    new EcrRepositoryPolicy(this, 'readers', {
      repository: this.name,
      policy: policyJson(
        readers.map(({ account, roleName }, index) => ({
          sid: `Reader${index + 1}`,
          actions: FETCH,
          resources: 'unsaid',
          principals: { AWS: `arn:${place.partition}:iam::${account}:root` },
          conditions: {
            StringEquals: { 'aws:PrincipalArn': `arn:${place.partition}:iam::${account}:role/${roleName}` },
          },
        })),
      ),
    })
    for (const [index, reader] of readers.entries())
      key.allowOtherAccount(`Reader${index + 1}`, reader, 'ecr')
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
   * A rule of lower number has the first word: what was released, the first rule keeps or expires, and the last one
   * counts it without being able to expire it. So both count the same: fewer in the first would expire what the last one
   * would keep.
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
            description: `${keepImages} images that were released stay`,
            selection: { tagStatus: 'tagged', tagPatternList: ['in-use-*'], ...beyond(keepImages) },
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
