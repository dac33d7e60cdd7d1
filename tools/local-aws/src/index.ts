/** The AWS emulator with its gaps closed, for tests and rehearsals: see docs/reference/local-aws.md. */
export { terraformEnvironment } from './environment.ts'
export { findTerraform } from './find/terraform.ts'
export { LocalAwsProblem } from './problem.ts'
export { type LocalAws, type LocalAwsOptions, startLocalAws } from './start.ts'
