/** The images of a rehearsal: built here, pushed to the emulator's ECR, pulled from there and run from a folder. */
export { buildApi, buildBroken } from './build.ts'
export { Registry } from './registry.ts'
