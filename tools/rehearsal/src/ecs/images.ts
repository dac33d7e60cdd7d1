import type { Credentials } from './aws.ts'

/** What a container of an image runs. */
export interface Image {
  readonly entryPoint: readonly string[]
  readonly command: readonly string[]
  /** The image's `ENV`. */
  readonly environment: Readonly<Record<string, string>>
  /** Where it works: `WORKDIR`. */
  readonly folder: string
  /** What can be run in it, by name, and where that is on this machine. A shell, too, only where it is named: `sh`. */
  readonly programs: Readonly<Record<string, string>>
}

/** Finds what stands for an image here. */
export interface Images {
  /**
   * @param reference `repository:tag` or `repository@sha256:…`; nothing where there is none
   * @param as the execution role, which pulls it; nobody where the task has none
   */
  resolve(reference: string, as: Credentials | undefined): Promise<Image | undefined> | Image | undefined
}
