/** What puts an image in the place of another one, as the commands and the rehearsal do it. */
export { Images } from './images/images.ts'
export { imageIn, repositoryOf, tagOf } from './images/reference.ts'
export { ReleaseRecord, type ReleaseRecordOptions } from './release-record.ts'
export { registerRevision } from './rollout/revisions.ts'
export { type RollOutOptions, RolloutFailed, rollOut } from './rollout/roll-out.ts'
export type { ServicePlace } from './rollout/service.ts'
