import { DeployProblem } from '@cartwright/deploy/problem'

/** Registry and repository, and then a tag or a digest (ECR user guide, "Pulling an image"). */
const REFERENCE = /^([^/]+\/[^:@]+)(?::([\w.-]+)|@(sha256:[0-9a-f]{64}))$/

/**
 * Where an image comes from: `<registry>/<repository>`.
 *
 * @throws {DeployProblem} where it names no registry
 */
export function repositoryOf(image = ''): string {
  const [, repository] = REFERENCE.exec(image) ?? []
  if (repository !== undefined) return repository
  throw new DeployProblem(
    `image "${image}" names no registry; wanted: one like <registry>/<repository>:<tag>`,
  )
}

/** The tag by which a revision names its image; undefined where it names it by its digest. */
export function tagOf(image = ''): string | undefined {
  return REFERENCE.exec(image)?.[2]
}

/** The image with that tag, of the same repository. */
export function imageIn(image: string | undefined, tag: string): string {
  return `${repositoryOf(image)}:${tag}`
}
