/** The AWS emulator with its gaps closed, for tests and rehearsals: see docs/reference/local-aws.md. */
export { cacheFolder } from './cache-folder.ts'
export { shellLines, terraformEnvironment } from './environment.ts'
export { findTerraform } from './find/terraform.ts'
export { LocalAwsProblem } from './problem.ts'
export {
  type AccessKey,
  type Denial,
  type LocalAws,
  type LocalAwsOptions,
  type Owned,
  startLocalAws,
} from './start.ts'
