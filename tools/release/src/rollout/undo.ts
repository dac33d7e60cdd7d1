import type { Tell } from '@cartwright/deploy/tell'
import type { Deployed } from '../environment/deployed.ts'
import { look } from '../environment/situation.ts'
import { familyOf, listRevisions, nameOf, type Revision, releaseOf, retire } from './revisions.ts'
import { awaitRollout, rollOut } from './roll-out.ts'

export interface UndoOptions {
  /** The image of the release that failed. */
  readonly tag: string
  readonly patience: number
  readonly interval: number | undefined
  readonly tell: Tell
}

/**
 * Takes the revisions of a failed release out of use: those with its image that are newer than the one in use. Where one of them
 * still runs, the newest that has the image in use takes its place; before the first release, nothing runs again.
 *
 * The pipeline (infra/src/delivery/buildspecs/undo.yml) goes by time instead: it takes all that have the image and were registered
 * before its run failed, also those older than the one in use, and leaves those that a later run has registered.
 */
export async function undo(deployed: Deployed, options: UndoOptions): Promise<void> {
  const { tag, patience, interval, tell } = options
  const { clients, names, service } = deployed
  const { ecs } = clients
  const { inUse, runs } = await look(deployed)
  if (inUse === tag) {
    tell(`${tag} is in use, and stays`)
    return
  }
  const revisions = await listRevisions(ecs, service, familyOf(runs.arn) || names.taskFamily)
  // A rollback that failed leaves those of its image that are older than the one in use: what runs again may need them.
  const used = revisions.findIndex((revision) => releaseOf(revision) === inUse)
  const since = used === -1 ? revisions : revisions.slice(0, used)
  const failed = since.filter((revision) => releaseOf(revision) === tag)
  await retire(ecs, failed)
  if (failed.length > 0) tell(`${shownNames(failed)} ${failed.length === 1 ? 'is' : 'are'} out of use`)
  const rollout = {
    service,
    patience,
    interval,
    tell,
    // Nothing is safer to leave it in than what it goes back to.
    signal: new AbortController().signal,
  }
  if (releaseOf(runs) !== tag) {
    // ECS has gone back already, or somebody else has released something.
    if (releaseOf(runs) === inUse) await awaitRollout(ecs, { ...rollout, revision: runs.arn })
    tell(`${releaseOf(runs)} runs (${nameOf(runs.arn)})`)
    return
  }
  const left = revisions.filter((revision) => releaseOf(revision) !== tag)
  const next = left.find((revision) => releaseOf(revision) === inUse) ?? left[0]
  if (next === undefined) {
    tell(`${names.taskFamily} has no revision left to put in the place of ${nameOf(runs.arn)}`)
    return
  }
  await rollOut(ecs, {
    ...rollout,
    revision: next.arn,
    ...(inUse === undefined ? { desiredCount: 0 } : {}),
  })
  tell(
    inUse === undefined ? 'nothing runs, as before' : `${releaseOf(next)} runs again (${nameOf(next.arn)})`,
  )
}

function shownNames(revisions: readonly Revision[]): string {
  return revisions.map(({ arn }) => nameOf(arn)).join(', ')
}
