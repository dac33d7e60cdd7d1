import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { DeployProblem } from '@cartwright/deploy/problem'

const run = promisify(execFile)
const ROOT = path.resolve(import.meta.dirname, '../../..')

/** So many changed files are named. */
const NAMED = 5

/** A commit, which is what an image is called, and the tree of files that it has. */
export interface Sources {
  readonly commit: string
  readonly tree: string
}

/**
 * The commit that is checked out.
 *
 * @param env with what git is run
 * @throws {DeployProblem} where something was changed since: nobody could tell what an image was built from
 */
export async function readSources(env: NodeJS.ProcessEnv, folder = ROOT): Promise<Sources> {
  const git = gitIn(folder, env)
  const commit = await git('rev-parse', 'HEAD')
  const tree = await git('rev-parse', 'HEAD^{tree}')
  if (commit === undefined || tree === undefined)
    throw new DeployProblem(
      `${folder} has no history of git; wanted: a clone, or --tag of an image that is there`,
    )
  const changed = (await git('status', '--porcelain'))?.split('\n').filter((line) => line !== '') ?? []
  if (changed.length === 0) return { commit, tree }
  const more = changed.length - NAMED
  throw new DeployProblem(
    [
      `the sources differ from commit ${commit}; wanted: a commit, or --tag of an image that is there`,
      ...changed.slice(0, NAMED).map((line) => `  ${line}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join('\n'),
  )
}

/** The tree of a commit that is in the history; undefined where it is not. */
export async function treeOf(
  commit: string,
  env: NodeJS.ProcessEnv,
  folder = ROOT,
): Promise<string | undefined> {
  return await gitIn(folder, env)('rev-parse', '--verify', '--quiet', `${commit}^{tree}`)
}

/** @returns runs git, and gives what it says; undefined where it fails */
function gitIn(
  folder: string,
  env: NodeJS.ProcessEnv,
): (...args: readonly string[]) => Promise<string | undefined> {
  return async (...args) => {
    try {
      // The first column of a status may be a space.
      return (await run('git', [...args], { cwd: folder, env })).stdout.trimEnd()
    } catch {
      return undefined
    }
  }
}
