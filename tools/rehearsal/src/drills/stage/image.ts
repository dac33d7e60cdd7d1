import { randomBytes } from 'node:crypto'
import { imageIn, registerRevision } from '@cartwright/release'
import { readService } from '../../ecs/index.ts'
import { releasedIn } from '../../rehearsal/released.ts'
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
  const { place, image } = releasedIn(await readService(aws.ecs, { cluster, service: name }))
  const revision = await registerRevision(aws.ecs, { service: place, image: imageIn(image, tag) })
  await aws.ecs.updateService({ cluster, service: name, taskDefinition: revision })
  note(`UpdateService: ${revision.split('/').at(-1)}`)
  await watch.until('ECS has begun the deployment', ({ service: { deployments } }) =>
    deployments.some(({ taskDefinition }) => taskDefinition === revision),
  )
  return { tag, revision }
}
