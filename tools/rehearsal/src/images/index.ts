/** The images of a rehearsal: built here, pushed to the emulator's ECR, run from a folder. */
export { buildApi, buildBroken } from './build.ts'
export { type ImageConfig, ImageFolder, type StoredImage } from './image-folder.ts'
export { Registry } from './registry.ts'
