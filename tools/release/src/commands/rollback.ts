import { DeployProblem } from '@cartwright/deploy/problem'
import { findRinging } from '@cartwright/deploy/rollback-alarms'
import { type Deployed, findDeployed } from '../environment/deployed.ts'
import { look, type Situation, shownSituation } from '../environment/situation.ts'
import type { Proven } from '../images/images.ts'
import { shownMark } from '../images/marks.ts'
import type { Options } from '../options.ts'
import { familyOf, listRevisions, nameOf, type Revision, releaseOf, retire } from '../rollout/revisions.ts'
import { takeIntoUse } from '../take-into-use.ts'
import { abandonedBy, isInDoubt, leftBy, releaseBefore } from './history.ts'
import { isInUse } from './release.ts'
import { shownSteps } from './steps.ts'
import type { Talk } from './talk.ts'

/** So many are told to choose from. */
const TOLD = 10

/**
 * Releases an image that was in use before. Neither an alarm nor a rollout that is under way keeps anybody from it: they may be
 * the reason.
 */
export async function rollback(
  options: Extract<Options, { command: 'rollback' }>,
  talk: Talk,
): Promise<void> {
  const { tell, agree } = talk
  const deployed = await findDeployed(options.environment, talk.env)
  const { clients, environment, images, names, service, where } = deployed
  const situation = await look(deployed)
  const proven = await images.proven()
  const family = familyOf(situation.runs.arn) || names.taskFamily
  const revisions = await listRevisions(clients.ecs, service, family)
  const tags = new Set(proven.map((one) => one.tag))
  // One that was killed when it had succeeded is ended, and does not go one further back.
  const left = leftBy(revisions, situation, tags)
  if (left.length > 0 && (options.tag ?? situation.inUse) === situation.inUse) {
    tell(`${where}: ${shownSituation(situation)}`)
    tell(`  1. takes out of use what was released before it was put in place again: ${shownReleases(left)}`)
    tell(`  to another one instead: npm run rollback -- ${environment.name} <tag>`)
    await agree(`End the rollback of ${where} to ${situation.inUse}?`)
    await leave(deployed, left, talk)
    tell(`${environment.name}: ${situation.inUse} runs and is in use`)
    return
  }
  const mark = choose(options.tag, revisions, situation, proven)
  if (isInUse(situation, mark.tag)) {
    tell(`${where}: ${mark.tag} runs and is in use; nothing to do`)
    return
  }

  tell(`${where}: ${shownSituation(situation)}`)
  for (const line of shownSteps(deployed, situation, shownMark(mark), [
    `takes the image ${mark.tag}, which was in use before`,
  ]))
    tell(line)
  for (const alarm of await findRinging(environment))
    tell(`${alarm} is in ALARM: ECS does not watch it in this rollout`)
  await agree(`Roll ${where} back to ${mark.tag}?`)

  await talk.undoable(takeIntoUse(deployed, mark, { ...talk, isUrgent: true }))
  // Not before it: until it is said to be in use, what is left may have to run again.
  await leave(deployed, abandonedBy(revisions, mark.tag, situation), talk)
  tell(`${environment.name}: ${mark.tag} runs and is in use`)
}

/** The next rollback is not to come back to them. */
async function leave(
  { clients: { ecs } }: Deployed,
  revisions: readonly Revision[],
  { tell }: Talk,
): Promise<void> {
  await retire(ecs, revisions)
  if (revisions.length > 0) tell(`out of use: ${revisions.map(({ arn }) => nameOf(arn)).join(', ')}`)
}

function shownReleases(revisions: readonly Revision[]): string {
  return revisions.map((one) => `${nameOf(one.arn)} (${releaseOf(one)})`).join(', ')
}

/** @throws {DeployProblem} where there is no such image, with those that there are, or it has to be said which one is meant */
function choose(
  tag: string | undefined,
  revisions: readonly Revision[],
  situation: Situation,
  proven: readonly Proven[],
): Proven {
  const tags = new Set(proven.map((one) => one.tag))
  if (tag === undefined && isInDoubt(situation, tags))
    throw new DeployProblem(
      `${releaseOf(situation.runs)} runs and was in use before, and ${situation.inUse} is said to be in use: a rollback, or another ` +
        `release, has not ended; wanted: a tag, ${releaseOf(situation.runs)} to keep what runs, ${situation.inUse} to go back`,
    )
  const wanted = tag ?? releaseBefore(revisions, situation, tags)
  const found = proven.find((one) => one.tag === wanted)
  if (found !== undefined) return found
  const what =
    tag === undefined
      ? `nothing was released before ${situation.inUse ?? releaseOf(situation.runs)}`
      : `${tag} was never in use here, or is not kept any more`
  const others = proven.filter((one) => one.tag !== situation.inUse)
  if (others.length === 0)
    throw new DeployProblem(`${what}; wanted: an image that was in use, and there is none`)
  const lines = others.slice(0, TOLD).map((one) => `  ${one.tag}, pushed ${one.pushedAt.toISOString()}`)
  throw new DeployProblem([`${what}; wanted: the tag of one of these:`, ...lines].join('\n'))
}
