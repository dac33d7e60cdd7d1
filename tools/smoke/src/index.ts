/** Tries a running API from outside, as its clients do: see docs/guides/smoke-testing.md. */
export type { CheckResult, Trouble } from './check.ts'
export type { AwsCredentials, QueueOptions } from './queue/queue.ts'
export { summaryOf, told } from './report.ts'
export { type SmokeOptions, type SmokeReport, smoke } from './smoke.ts'
export { BadReach, type Reach, reachOf, reachVariables } from './target/reach.ts'
export type { Place } from './target/target.ts'
