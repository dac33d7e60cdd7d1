import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { RehearsalProblem } from '../problem.ts'

const run = promisify(execFile)

/** A commit of a repository on this machine. */
export interface Commit {
  readonly repository: string
  readonly commit: string
}

/** A clone with its history, as CodeBuild makes one through the connection: nothing that was not committed is in it. */
export async function checkOut({ repository, commit }: Commit, folder: string): Promise<void> {
  await git(repository, 'clone', '--quiet', '--no-checkout', '--shared', repository, folder)
  await git(folder, 'checkout', '--quiet', '--detach', commit)
}

/** @throws {RehearsalProblem} where the repository has no such commit */
export async function findCommit(repository: string, revision: string): Promise<string> {
  const found = await git(repository, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`).catch(
    () => '',
  )
  if (found !== '') return found
  throw new RehearsalProblem(`${repository} has no commit "${revision}"; wanted: a commit, a branch or a tag`)
}

/** The first line of what a commit says. */
export async function subjectOf({ repository, commit }: Commit): Promise<string> {
  return await git(repository, 'log', '-1', '--format=%s', commit)
}

/** The id of what is in it, which another commit may have as well. */
export async function treeOf({ repository, commit }: Commit): Promise<string> {
  return await git(repository, 'rev-parse', `${commit}^{tree}`)
}

/** Whether exactly these sources are there. */
export async function isCheckedOut({ repository, commit }: Commit): Promise<boolean> {
  const head = await git(repository, 'rev-parse', 'HEAD')
  return head === commit && (await git(repository, 'status', '--porcelain')) === ''
}

async function git(folder: string, ...args: string[]): Promise<string> {
  // What the user set for work in another repository leads nowhere else (git hooks set GIT_DIR).
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  return (await run('git', args, { cwd: folder, env })).stdout.trim()
}
