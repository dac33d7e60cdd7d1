import type { Clients } from '../clients/index.ts'
import type { Service } from '../ecs/index.ts'
import { RehearsalProblem } from '../problem.ts'

export interface ReleaseOptions {
  readonly clients: Clients
  readonly service: Pick<Service, 'name' | 'cluster' | 'targetGroup' | 'definition'>
  /** The image's tag. */
  readonly tag: string
}

/** `repository:tag` and `repository@digest` without what follows. */
const REPOSITORY = /^([^/]+\/[^:@]+)[:@]/

/**
 * What the pipeline's ECS action does: a revision like the newest one with another image, and the service on it.
 *
 * @returns the revision's ARN
 */
export async function release({ clients: { ecs }, service, tag }: ReleaseOptions): Promise<string> {
  const { taskDefinition, tags } = await ecs.describeTaskDefinition({
    taskDefinition: service.definition.family,
    include: ['TAGS'],
  })
  const { containerDefinitions = [], family, ...rest } = taskDefinition ?? {}
  const name = service.targetGroup?.container
  const container = containerDefinitions.find((one) => one.name === name)
  if (container === undefined)
    throw new RehearsalProblem(
      `${service.definition.arn} has no container ${name}; wanted: the one that is released`,
    )
  const registered = await ecs.registerTaskDefinition({
    ...asked(rest),
    family,
    containerDefinitions: containerDefinitions.map((one) =>
      one === container ? { ...one, image: `${repositoryOf(container.image)}:${tag}` } : one,
    ),
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
  })
  const revision = registered.taskDefinition?.taskDefinitionArn ?? ''
  await ecs.updateService({ cluster: service.cluster, service: service.name, taskDefinition: revision })
  return revision
}

/** Where the API's images are, by the task definition. */
export function repositoryOf(image = ''): string {
  const [, repository] = REPOSITORY.exec(image) ?? []
  if (repository === undefined)
    throw new RehearsalProblem(
      `image "${image}" names no registry; wanted: one like <registry>/<repository>:<tag>`,
    )
  return repository
}

/** What a description has, and a registration does not take (API reference: TaskDefinition). */
const TOLD = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
]

function asked<T extends object>(described: T): T {
  // Nothing is added, and what is taken away is optional.
  return Object.fromEntries(Object.entries(described).filter(([name]) => !TOLD.includes(name))) as T
}

export interface StartOptions {
  readonly clients: Clients
  readonly service: Pick<Service, 'name' | 'cluster'>
  readonly desiredTasks: number
}

/** Before the first release no task runs: what the pipeline's smoke stage does then. */
export async function startTasks({ clients: { ecs }, service, desiredTasks }: StartOptions): Promise<void> {
  await ecs.updateService({ cluster: service.cluster, service: service.name, desiredCount: desiredTasks })
}

export interface RecordOptions {
  readonly clients: Clients
  readonly service: Pick<Service, 'name' | 'cluster'>
  readonly tag: string
  /** The least that scaling leaves, where there is scaling: before the first release it is none. */
  readonly minTasks: number | undefined
}

/**
 * Says which image is in use, when it has proven itself, as the pipeline's smoke stage does: the next deploy finds nothing to
 * change.
 */
export async function recordRelease({ clients, service, tag, minTasks }: RecordOptions): Promise<void> {
  const { autoScaling, ssm } = clients
  if (minTasks !== undefined) {
    await autoScaling.registerScalableTarget({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: `service/${service.cluster}/${service.name}`,
      MinCapacity: minTasks,
    })
  }
  const { Parameters = [] } = await ssm.describeParameters({})
  const names = Parameters.flatMap(({ Name = '' }) => (Name.endsWith('/release') ? [Name] : []))
  if (names.length !== 1)
    throw new RehearsalProblem(
      `Systems Manager has ${names.length} parameters that end in /release; wanted: one`,
    )
  await ssm.putParameter({ Name: names[0], Value: tag, Overwrite: true })
}
