import { type Revision, releaseOf } from '../rollout/revisions.ts'

/** What is said to be in use, and what runs. */
export interface Now {
  /** Its tag; undefined before the first release. */
  readonly inUse: string | undefined
  readonly runs: Revision
}

/**
 * The tag of the release before: of the newest revision that is older than all of the one in use, and was in use itself. Where
 * something else runs than what is in use, a release was killed in its middle, and the one in use is the one before.
 *
 * @param revisions the newest first
 * @param proven tags of images that were in use
 */
export function releaseBefore(
  revisions: readonly Revision[],
  { inUse, runs }: Now,
  proven: ReadonlySet<string>,
): string | undefined {
  if (inUse === undefined) return undefined
  if (releaseOf(runs) !== inUse) return inUse
  const tags = revisions.map(releaseOf)
  return tags.slice(tags.lastIndexOf(inUse) + 1).find((tag) => tag !== inUse && proven.has(tag))
}

/**
 * What a rollback leaves behind: the revisions that came after the one that it goes back to, which otherwise would be the release
 * before.
 *
 * @param revisions as they were before it, the newest first
 */
export function abandonedBy(revisions: readonly Revision[], tag: string, { runs }: Now): readonly Revision[] {
  const back = revisions.findIndex((one) => releaseOf(one) === tag)
  if (back !== -1) return revisions.slice(0, back)
  // Its own were taken out of use already.
  return revisions.filter((one) => releaseOf(one) === releaseOf(runs))
}
