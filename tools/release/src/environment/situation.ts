import { DeployProblem } from '@cartwright/deploy/problem'
import { refuseWhileRinging } from '@cartwright/deploy/rollback-alarms'
import { describeRevision, nameOf, type Revision, releaseOf } from '../rollout/revisions.ts'
import { describe, isUnderWay, primaryOf } from '../rollout/service.ts'
import type { Deployed } from './deployed.ts'

/** What runs in an environment, and what is said to be in use. */
export interface Situation {
  /** The tag of the image in use; undefined before the first release. */
  readonly inUse: string | undefined
  /** The revision that ECS wants to be the only one. */
  readonly runs: Revision
  readonly desiredCount: number
  readonly runningCount: number
  /** Whether ECS replaces tasks at the moment. */
  readonly isUnderWay: boolean
}

export async function look({ clients: { ecs }, service, record }: Deployed): Promise<Situation> {
  const inUse = await record.read()
  const now = await describe(ecs, service)
  const arn = primaryOf(now)?.taskDefinition ?? now.taskDefinition ?? ''
  return {
    inUse,
    runs: await describeRevision(ecs, service, arn),
    desiredCount: now.desiredCount ?? 0,
    runningCount: now.runningCount ?? 0,
    isUnderWay: isUnderWay(now),
  }
}

/**
 * A deployment of this very image was begun by a run that has ended, or by another one: both wait for the same.
 *
 * @throws {DeployProblem} where another one is under way
 */
export function refuseUnderWay({ service }: Deployed, { isUnderWay, runs }: Situation, tag: string): void {
  if (!isUnderWay || releaseOf(runs) === tag) return
  throw new DeployProblem(
    `ECS is putting ${nameOf(runs.arn)} (${releaseOf(runs)}) in place in ${service.service}; wanted: its end`,
  )
}

/** @throws {DeployProblem} while an alarm rings that ECS would not watch */
export async function checkAlarms(
  { environment }: Deployed,
  { despiteAlarms }: { readonly despiteAlarms: boolean },
): Promise<void> {
  if (!despiteAlarms) await refuseWhileRinging(environment)
}

/** `0123abc runs (2 of 2 tasks), and is in use` */
export function shownSituation({ inUse, runs, desiredCount, runningCount, isUnderWay }: Situation): string {
  if (inUse === undefined && desiredCount === 0) return 'nothing has been released yet, and no task runs'
  const tag = releaseOf(runs)
  const what = `${tag} ${isUnderWay ? 'is being put in place' : 'runs'} (${runningCount} of ${desiredCount} tasks)`
  if (inUse === tag) return `${what}, and is in use`
  return `${what}; ${inUse === undefined ? 'nothing has proven itself yet' : `${inUse} is said to be in use`}`
}
