import { type Revision, releaseOf } from '../rollout/revisions.ts'

/** What is said to be in use, and what runs. */
export interface Now {
  /** Its tag; undefined before the first release. */
  readonly inUse: string | undefined
  readonly runs: Revision
}

/**
 * Whether a rollback, or another release of what was in use before, was killed in its middle: it runs, another one is said to be in
 * use, and nobody can tell which of them is to be left.
 *
 * @param proven tags of images that were in use
 */
export function isInDoubt({ inUse, runs }: Now, proven: ReadonlySet<string>): boolean {
  const tag = releaseOf(runs)
  return inUse !== undefined && tag !== inUse && proven.has(tag)
}

/**
 * The tag of the release before: of the newest revision that is older than all of the one in use, and was in use itself. Where
 * something runs that never was in use, a release was killed in its middle, and the one in use is the one before.
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
 * What a rollback leaves behind: the revisions that came after the oldest of the one that it goes back to, which otherwise would be
 * taken for the release before, or for what another rollback has left.
 *
 * @param revisions as they were before it, the newest first
 */
export function abandonedBy(revisions: readonly Revision[], tag: string, { runs }: Now): readonly Revision[] {
  const oldest = revisions.findLastIndex((one) => releaseOf(one) === tag)
  if (oldest !== -1) return revisions.slice(0, oldest).filter((one) => releaseOf(one) !== tag)
  // Its own were taken out of use already.
  return revisions.filter((one) => releaseOf(one) === releaseOf(runs))
}

/**
 * What a rollback would have taken out of use, had it not been killed when it had succeeded: between what runs and the oldest of the
 * same image, the revisions of others that were in use.
 *
 * @param revisions the newest first
 * @param proven tags of images that were in use
 */
export function leftBy(
  revisions: readonly Revision[],
  { inUse, runs }: Now,
  proven: ReadonlySet<string>,
): readonly Revision[] {
  const own = revisions.findIndex(({ arn }) => arn === runs.arn)
  if (own === -1 || releaseOf(runs) !== inUse) return []
  const oldest = revisions.findLastIndex((one) => releaseOf(one) === inUse)
  return revisions.slice(own, oldest).filter((one) => releaseOf(one) !== inUse && proven.has(releaseOf(one)))
}
