import { DeployProblem } from '@cartwright/deploy/problem'
import type { Tell } from '@cartwright/deploy/tell'
import { DEPLOYMENT_MINUTES } from '@cartwright/environments'
import type { Deployed } from './environment/deployed.ts'
import { look, refuseUnderWay, type Situation } from './environment/situation.ts'
import type { Mark } from './images/marks.ts'
import { imageIn } from './images/reference.ts'
import { findRegistered, nameOf, registerRevision, releaseOf } from './rollout/revisions.ts'
import { rollOut } from './rollout/roll-out.ts'
import { findStopped } from './rollout/stopped-tasks.ts'
import { undo } from './rollout/undo.ts'
import { tryOut } from './try-out.ts'

/** So many tasks that stop by themselves are no accident: what ECS's circuit breaker takes for a failure as well. */
const HOPELESS = 3

/** The rollout was ended by a signal, and undone. */
export class Interrupted extends DeployProblem {}

export interface TakeIntoUseOptions {
  readonly tell: Tell
  /** Undoes what was begun. */
  readonly signal: AbortSignal
  /** Whether a rollout of something else that is under way gives way to it. @default false */
  readonly isUrgent?: boolean
  /** Between two looks at ECS, in milliseconds. @default 2000 */
  readonly interval?: number | undefined
}

/**
 * Puts an image of the registry in the place of what runs, tries it, and only then says that it is in use:
 *
 *     revision ── rollout ── smoke suite ── mark ── parameter
 *         └──────────┴────────────┴──────────┴── undone, where one of them fails
 *
 * Each step does nothing where an earlier run has done it, so that one that was killed is ended by the same command.
 *
 * @throws {DeployProblem} with why it is not in use
 */
export async function takeIntoUse(
  deployed: Deployed,
  mark: Mark,
  { tell, signal, interval, isUrgent = false }: TakeIntoUseOptions,
): Promise<void> {
  const { tag } = mark
  const patience = DEPLOYMENT_MINUTES * 60_000
  // What was looked at before may have taken a build, or an answer, to come here.
  const before = await look(deployed)
  if (!isUrgent) refuseUnderWay(deployed, before, tag)
  if (signal.aborted) throw new Interrupted('interrupted; nothing was begun')
  let revision: string | undefined
  try {
    revision = await revisionFor(deployed, tag, before, tell)
    await putInPlace(deployed, { revision, before, patience, interval, tell, signal })
    await tryOut(deployed, { tag, tell, signal })
    await checkInPlace(deployed, revision)
    await deployed.record.write(mark)
  } catch (error) {
    const why = await reasonOf(error, deployed, revision, signal)
    if (revision === undefined) throw new DeployProblem(why, { cause: error })
    tell(`undoes the release of ${tag}:`)
    await undo(deployed, { tag, patience, interval, tell: (line) => tell(`  ${line.trimStart()}`) }).catch(
      (failure: unknown) => {
        throw new DeployProblem(
          `${why}\nand it could not be undone: ${String(failure)}; wanted: the same command again, or npm run rollback -- ${deployed.environment.name}`,
          { cause: error },
        )
      },
    )
    throw signal.aborted ? new Interrupted(why) : new DeployProblem(why, { cause: error })
  }
}

/** One that an earlier run has registered, or a new one. */
async function revisionFor(
  { clients: { ecs }, service }: Deployed,
  tag: string,
  { runs }: Situation,
  tell: Tell,
): Promise<string> {
  const image = imageIn(runs.image, tag)
  const registered = await findRegistered(ecs, { service, image })
  if (registered !== undefined) {
    tell(`${nameOf(registered)} has the image already`)
    return registered
  }
  const revision = await registerRevision(ecs, { service, image })
  tell(`registered ${nameOf(revision)}`)
  return revision
}

interface PuttingInPlace {
  readonly revision: string
  readonly before: Situation
  readonly patience: number
  readonly interval: number | undefined
  readonly tell: Tell
  readonly signal: AbortSignal
}

async function putInPlace(
  { clients: { ecs }, service, environment }: Deployed,
  { revision, before, ...rest }: PuttingInPlace,
): Promise<void> {
  await rollOut(ecs, { service, revision, ...rest })
  if (before.inUse !== undefined) return
  // Before the first release no task runs, and ECS has nothing to go back to.
  rest.tell(`starts ${environment.desiredTasks} tasks`)
  const { count: earlier } = await findStopped(ecs, service, revision)
  const findHopeless = async (): Promise<string | undefined> => {
    const { count } = await findStopped(ecs, service, revision)
    return count - earlier < HOPELESS ? undefined : 'its tasks stop by themselves'
  }
  await rollOut(ecs, { service, revision, desiredCount: environment.desiredTasks, ...rest, findHopeless })
}

/** Another release may have come between: what was tried would not be what runs. */
async function checkInPlace(deployed: Deployed, revision: string): Promise<void> {
  const { runs, isUnderWay } = await look(deployed)
  if (runs.arn === revision && !isUnderWay) return
  throw new DeployProblem(
    `${nameOf(runs.arn)} (${releaseOf(runs)}) was put in place meanwhile; wanted: one release at a time`,
  )
}

async function reasonOf(
  error: unknown,
  { clients: { ecs }, service }: Deployed,
  revision: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (signal.aborted) return 'interrupted'
  if (!(error instanceof DeployProblem))
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const stopped =
    revision === undefined
      ? []
      : await findStopped(ecs, service, revision).then(
          ({ reasons }) => reasons,
          // What is known is to be told.
          () => [],
        )
  return [error.message, ...stopped].join('\n')
}
