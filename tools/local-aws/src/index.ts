/** The AWS emulator with its gaps closed, for tests and rehearsals: see docs/reference/local-aws.md. */
export { cacheFolder, stateFolder } from './cache-folder.ts'
export { PATHS } from './emulator.ts'
export { shellLines, terraformEnvironment } from './environment.ts'
export { findTerraform } from './find/terraform.ts'
export { LocalAwsProblem } from './problem.ts'
export {
  type AccessKey,
  type Denial,
  type LocalAws,
  type LocalAwsOptions,
  type Owned,
  type Permission,
  type ScanFindings,
  startLocalAws,
} from './start.ts'
