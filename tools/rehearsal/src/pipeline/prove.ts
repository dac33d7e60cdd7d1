import type { Project } from '@aws-sdk/client-codebuild'
import type { ECR } from '@aws-sdk/client-ecr'
import { findImage, type Layout, pushImage } from '@cartwright/image'
import { type Commit, treeOf } from './checkout.ts'

/** What a project that takes images over is told of where they come from (infra/src/delivery/promotion.ts). */
export function provenIn(project: Project): string | undefined {
  return project.environment?.environmentVariables?.find(({ name }) => name === 'PROVEN_REPOSITORY')?.value
}

export interface ProveOptions {
  readonly ecr: ECR
  readonly repositoryName: string
  readonly sources: Commit
  /** Makes the commit's image. */
  readonly build: () => Promise<Layout>
}

/**
 * Only one environment is rehearsed: in the registry of the one before it, which is made, a commit's image is put as one that has
 * been in use there.
 *
 * @returns its digest; nothing where it is there
 */
export async function prove({
  ecr,
  repositoryName,
  sources,
  build,
}: ProveOptions): Promise<string | undefined> {
  const { commit } = sources
  const mark = `in-use-${await treeOf(sources)}-${commit}`
  await ecr.createRepository({ repositoryName, imageTagMutability: 'IMMUTABLE' }).catch((error: Error) => {
    if (error.name !== 'RepositoryAlreadyExistsException') throw error
  })
  if ((await findImage({ ecr, repositoryName }, { imageTag: mark })) !== undefined) return undefined
  const layout = await build()
  await pushImage({ ecr, layout, repositoryName, tag: commit })
  return await pushImage({ ecr, layout, repositoryName, tag: mark })
}
