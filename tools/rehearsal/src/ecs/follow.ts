import { type EcsApi, readService } from './read-service.ts'
import type { Scheduler, Update } from './scheduler/scheduler.ts'
import type { Service } from './service.ts'

export interface FollowOptions {
  readonly api: EcsApi
  readonly scheduler: Pick<Scheduler, 'update' | 'hasDeployment'>
  /** As it was read when the scheduler began. */
  readonly service: Service
  /** In milliseconds. @default 1000 */
  readonly interval?: number
  /** Told when ECS cannot be asked, or has the service no more; it is asked again. */
  readonly failed: (error: unknown) => void
}

/**
 * Hands on what UpdateService changes, whoever calls it: Terraform, a pipeline, the AWS CLI. Only what is told differently
 * than last time is a change, so that a deployment that was rolled back is not tried again.
 *
 * @returns ends it
 */
export function follow(options: FollowOptions): () => void {
  const { api, scheduler, interval = 1_000, failed } = options
  let known = options.service
  let timer: NodeJS.Timeout | undefined
  let hasEnded = false
  const look = async (): Promise<void> => {
    try {
      const now = await readService(api, { cluster: known.cluster, service: known.name })
      if (!hasEnded && isChanged(known, now)) scheduler.update(changesOf(known, now, scheduler))
      known = now
    } catch (error) {
      if (!hasEnded) failed(error)
    }
    if (!hasEnded) timer = setTimeout(() => void look(), interval)
  }
  timer = setTimeout(() => void look(), interval)
  return () => {
    hasEnded = true
    clearTimeout(timer)
  }
}

function isChanged(before: Service, now: Service): boolean {
  return JSON.stringify(before) !== JSON.stringify(now)
}

function changesOf(before: Service, now: Service, scheduler: Pick<Scheduler, 'hasDeployment'>): Update {
  // One of the scheduler's own was written back by its report.
  const isForced = now.deployment !== before.deployment && !scheduler.hasDeployment(now.deployment)
  const { definition, desiredCount, rollout, capacity, gracePeriod } = now
  return {
    rollout,
    capacity,
    gracePeriod,
    ...(desiredCount === before.desiredCount ? {} : { desiredCount }),
    ...(definition.arn === before.definition.arn ? {} : { definition }),
    ...(isForced ? { forceNewDeployment: true, deployment: now.deployment } : {}),
  }
}
