import { randomBytes } from 'node:crypto'
import { readService } from '../../ecs/index.ts'
import { release } from '../../rehearsal/release.ts'
import type { Stage } from './stage.ts'

export interface Released {
  readonly tag: string
  /** The ARN of the task definition with that image. */
  readonly revision: string
}

/** Builds and pushes an image, and releases it as the pipeline does. */
export async function releaseImage(
  { remote, aws, watch, note }: Pick<Stage, 'remote' | 'aws' | 'watch' | 'note'>,
  kind: 'good' | 'broken',
): Promise<Released> {
  const tag = `drill-${kind}-${randomBytes(4).toString('hex')}`
  note(`building and pushing image ${tag}`)
  await remote.pushImage(kind, tag)
  const { cluster, name } = watch.state.service
  const service = await readService(aws.ecs, { cluster, service: name })
  const revision = await release({ clients: aws, service, tag })
  note(`UpdateService: ${revision.split('/').at(-1)}`)
  await watch.until('ECS has begun the deployment', ({ service: { deployments } }) =>
    deployments.some(({ taskDefinition }) => taskDefinition === revision),
  )
  return { tag, revision }
}
