import { setTimeout as sleep } from 'node:timers/promises'
import type { Deployment, ECS, Service } from '@aws-sdk/client-ecs'
import { DeployProblem } from '@cartwright/deploy/problem'
import type { Tell } from '@cartwright/deploy/tell'
import { judge } from './judge.ts'
import { Progress } from './progress.ts'
import { nameOf } from './revisions.ts'
import { describe, type ServicePlace } from './service.ts'

/** Between two looks at the service, in milliseconds. */
const INTERVAL = 2_000

/** The service does not run the revision; the message says why, with what ECS said last. */
export class RolloutFailed extends DeployProblem {}

export interface RollOutOptions {
  readonly service: ServicePlace
  /** Its ARN. */
  readonly revision: string
  /** So many tasks from now on. @default as many as there are to be */
  readonly desiredCount?: number | undefined
  /** How long it may take, in milliseconds. */
  readonly patience: number
  readonly tell: Tell
  /** Ends the waiting; ECS goes on. */
  readonly signal: AbortSignal
  /** Between two looks, in milliseconds. @default 2000 */
  readonly interval?: number | undefined
  /** Asked at each look for a reason why it cannot succeed any more. @default ECS alone decides */
  readonly findHopeless?: (() => Promise<string | undefined>) | undefined
}

/**
 * Puts a service on a revision, and waits until ECS has completed the deployment. Run again on a revision that is on its way, or
 * in place, it waits for that.
 *
 * @throws {RolloutFailed} where ECS undid it or gave up, another revision was put in place meanwhile, or it takes too long
 */
export async function rollOut(ecs: ECS, options: RollOutOptions): Promise<void> {
  const { service, revision, desiredCount, tell, signal } = options
  const progress = new Progress(await describe(ecs, service), tell)
  signal.throwIfAborted()
  const updated = await ecs.updateService({
    cluster: service.cluster,
    service: service.service,
    taskDefinition: revision,
    ...(desiredCount === undefined ? {} : { desiredCount }),
  })
  await follow(ecs, options, progress, updated.service)
}

/**
 * Waits until ECS has completed a deployment that somebody else has begun, such as ECS itself.
 *
 * @throws {RolloutFailed} as {@link rollOut}
 */
export async function awaitRollout(ecs: ECS, options: Omit<RollOutOptions, 'desiredCount'>): Promise<void> {
  const now = await describe(ecs, options.service)
  await follow(ecs, options, new Progress(now, options.tell), now)
}

async function follow(
  ecs: ECS,
  options: RollOutOptions,
  progress: Progress,
  first: Service | undefined,
): Promise<void> {
  const { service, revision, patience, signal } = options
  const { interval = INTERVAL, findHopeless = async () => undefined } = options
  const end = Date.now() + patience
  // How it was seen in its place last, and when: a look may tell what was before.
  let deployment: Deployment | undefined
  let seen = Date.now()
  for (let now = first; ; now = await describe(ecs, service)) {
    if (now !== undefined) {
      progress.look(now)
      const verdict = judge(now, { revision, deployment, unseen: Date.now() - seen })
      if (verdict.is === 'completed') return
      if (verdict.is === 'failed') throw failure(service, revision, verdict.why, progress)
      if (verdict.deployment !== undefined) {
        deployment = verdict.deployment
        seen = Date.now()
      }
    }
    const hopeless = await findHopeless()
    if (hopeless !== undefined) throw failure(service, revision, hopeless, progress)
    if (Date.now() > end) {
      const why = `it is not completed within ${Math.round(patience / 60_000)} minutes`
      throw failure(service, revision, why, progress)
    }
    await sleep(interval, undefined, { signal })
  }
}

function failure(
  { service }: ServicePlace,
  revision: string,
  why: string,
  { lastEvents }: Progress,
): RolloutFailed {
  const lines = lastEvents.map((event) => `  ECS: ${event}`)
  return new RolloutFailed([`${service} does not run ${nameOf(revision)}: ${why}`, ...lines].join('\n'))
}
