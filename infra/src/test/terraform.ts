import { spawnSync } from 'node:child_process'
import { findTerraform, terraformEnvironment } from '@cartwright/local-aws'

export interface Run {
  readonly status: number | null
  readonly output: string
}

/**
 * Runs Terraform in a folder, without questions and colours.
 *
 * @throws {LocalAwsProblem} where there is none, naming the ways to get it
 */
export function terraform(folder: string, ...parameters: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(findTerraform(), parameters, {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...terraformEnvironment(process.env, folder),
      TF_INPUT: '0',
      TF_CLI_ARGS: '-no-color',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  return { status, output: stdout + stderr }
}
