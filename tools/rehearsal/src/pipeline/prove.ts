import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Project } from '@aws-sdk/client-codebuild'
import type { ECR } from '@aws-sdk/client-ecr'
import { pushImage } from '@cartwright/image'
import { buildApi } from '../images/index.ts'
import { RehearsalProblem } from '../problem.ts'
import { type Commit, isCheckedOut, treeOf } from './checkout.ts'

/** What a project that takes images over is told of where they come from (infra/src/delivery/promotion.ts). */
export function provenIn(project: Project): string | undefined {
  return project.environment?.environmentVariables?.find(({ name }) => name === 'PROVEN_REPOSITORY')?.value
}

export interface ProveOptions {
  readonly ecr: ECR
  readonly repositoryName: string
  readonly sources: Commit
  /** An existing one. */
  readonly folder: string
}

/**
 * Only one environment is rehearsed: the registry of the one before it is made, with the image of a commit that has been in use
 * there.
 *
 * @returns nothing where there is such a registry
 * @throws {RehearsalProblem} where the commit's image cannot be made, as other sources are checked out
 */
export async function prove({
  ecr,
  repositoryName,
  sources,
  folder,
}: ProveOptions): Promise<string | undefined> {
  const isThere = await ecr.describeRepositories({ repositoryNames: [repositoryName] }).then(
    () => true,
    () => false,
  )
  if (isThere) return undefined
  const { commit } = sources
  if (!(await isCheckedOut(sources)))
    throw new RehearsalProblem(
      `${repositoryName} is to have proven commit ${commit}, and other sources are checked out; wanted: that commit, and nothing changed since`,
    )
  await ecr.createRepository({ repositoryName, imageTagMutability: 'IMMUTABLE' })
  const own = mkdtempSync(path.join(folder, 'proven-'))
  try {
    const layout = await buildApi(commit, own)
    await pushImage({ ecr, layout, repositoryName, tag: commit })
    return await pushImage({ ecr, layout, repositoryName, tag: `in-use-${await treeOf(sources)}-${commit}` })
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}
