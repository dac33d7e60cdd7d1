import { DeployProblem } from '@cartwright/deploy/problem'
import { findRinging } from '@cartwright/deploy/rollback-alarms'
import { findDeployed } from '../environment/deployed.ts'
import { look, type Situation, shownSituation } from '../environment/situation.ts'
import type { Proven } from '../images/images.ts'
import { shownMark } from '../images/marks.ts'
import type { Options } from '../options.ts'
import { familyOf, listRevisions, nameOf, type Revision, releaseOf, retire } from '../rollout/revisions.ts'
import { takeIntoUse } from '../take-into-use.ts'
import { abandonedBy, releaseBefore } from './history.ts'
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
  // The next rollback is not to come back to them.
  const abandoned = abandonedBy(revisions, mark.tag, situation)
  await retire(clients.ecs, abandoned)
  if (abandoned.length > 0) tell(`out of use: ${abandoned.map(({ arn }) => nameOf(arn)).join(', ')}`)
  tell(`${environment.name}: ${mark.tag} runs and is in use`)
}

/** @throws {DeployProblem} where there is no such image, with those that there are */
function choose(
  tag: string | undefined,
  revisions: readonly Revision[],
  situation: Situation,
  proven: readonly Proven[],
): Proven {
  const wanted = tag ?? releaseBefore(revisions, situation, new Set(proven.map((one) => one.tag)))
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
