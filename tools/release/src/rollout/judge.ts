import type { Deployment, Service } from '@aws-sdk/client-ecs'
import { shownEvent } from '@cartwright/deploy/service-events'
import { nameOf } from './revisions.ts'
import { primaryOf } from './service.ts'

export type Verdict =
  | { readonly is: 'completed' }
  | { readonly is: 'failed'; readonly why: string }
  /** `deployment`: that of the revision, where it is the one that ECS wants to be the only one. */
  | { readonly is: 'under way'; readonly deployment: Deployment | undefined }

/** So long DescribeServices may tell what was before a change: ECS is eventually consistent. In milliseconds. */
const STALE = 10_000

export interface Judged {
  /** ARN of what is rolled out. */
  readonly revision: string
  /** Its deployment, as it was seen last in its place; undefined where it was not yet. */
  readonly deployment: Deployment | undefined
  /** How long it has not been seen there, in milliseconds. */
  readonly unseen: number
}

/** How far a rollout is, by what DescribeServices tells. */
export function judge(service: Service, { revision, deployment, unseen }: Judged): Verdict {
  const { deployments = [], desiredCount = 0, runningCount = 0, pendingCount = 0 } = service
  const primary = primaryOf(service)
  const own = primary?.taskDefinition === revision ? primary : undefined
  if (own === undefined) {
    // One that was undone is listed until its last task has gone, and longer in events.
    const isOwn = ({ id, taskDefinition }: Deployment): boolean =>
      deployment === undefined ? taskDefinition === revision : id === deployment.id
    const undone = deployments.find(isOwn) ?? deployment
    const isAnother = undone?.status === 'ACTIVE' || createdAt(primary) > createdAt(undone)
    const words = undone && failureOf(undone, service)
    if (words === undefined && !isAnother && unseen < STALE) return { is: 'under way', deployment: undefined }
    return {
      is: 'failed',
      why: words ?? `ECS has ${nameOf(primary?.taskDefinition ?? 'nothing')} in its place`,
    }
  }
  if (own.rolloutState === 'FAILED')
    return { is: 'failed', why: failureOf(own, service) ?? 'ECS calls it failed' }
  const isCompleted =
    deployments.length === 1 &&
    (own.rolloutState ?? 'COMPLETED') === 'COMPLETED' &&
    own.desiredCount === desiredCount &&
    runningCount === desiredCount &&
    pendingCount === 0
  return isCompleted ? { is: 'completed' } : { is: 'under way', deployment: own }
}

function createdAt(deployment: Deployment | undefined): number {
  return deployment?.createdAt?.getTime() ?? 0
}

/** ECS's words where it calls a deployment failed. */
function failureOf(
  { id, rolloutState, rolloutStateReason }: Deployment,
  { events = [] }: Service,
): string | undefined {
  const event = events.find(({ message = '' }) => message.includes(`(deployment ${id}) deployment failed`))
  if (event !== undefined) return shownEvent(event)
  return rolloutState === 'FAILED' ? rolloutStateReason : undefined
}
