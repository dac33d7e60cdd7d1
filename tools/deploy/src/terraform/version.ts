import { spawnSync } from 'node:child_process'
import { findTerraform, LocalAwsProblem } from '@cartwright/local-aws'
import { DeployProblem } from '../problem.ts'

/**
 * The binary to run.
 *
 * @param oldest the oldest version that will do, as `1.11.0`
 * @throws {DeployProblem} where there is none, or only an older one
 */
export function checkedTerraform(oldest: string): string {
  const binary = find()
  const { stdout } = spawnSync(binary, ['version', '-json'], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  })
  const [, version] = /"terraform_version": *"([^"]+)"/.exec(stdout ?? '') ?? []
  if (version === undefined) {
    throw new DeployProblem(`${binary} does not tell its version; wanted: Terraform ${oldest} or newer`)
  }
  if (isOlder(version, oldest)) {
    throw new DeployProblem(`${binary} is Terraform ${version}; wanted: ${oldest} or newer`)
  }
  return binary
}

function find(): string {
  try {
    return findTerraform()
  } catch (error) {
    if (error instanceof LocalAwsProblem) throw new DeployProblem(error.message)
    throw error
  }
}

/** Compares the three numbers; what comes before a release (`1.11.0-rc1`) counts as it. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string): readonly number[] => text.split(/[.+-]/).slice(0, 3).map(Number)
  const [one, other] = [numbers(version), numbers(than)]
  const differing = one.findIndex((number, index) => number !== other[index])
  return differing !== -1 && (one[differing] ?? 0) < (other[differing] ?? 0)
}
