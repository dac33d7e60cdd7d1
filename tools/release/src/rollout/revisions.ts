import { isDeepStrictEqual } from 'node:util'
import { type ECS, paginateListTaskDefinitions, type TaskDefinition } from '@aws-sdk/client-ecs'
import { DeployProblem } from '@cartwright/deploy/problem'
import { tagOf } from '../images/reference.ts'
import { describe, type ServicePlace } from './service.ts'

/** A revision of the service's task definition. */
export interface Revision {
  readonly arn: string
  /** Of the container that is released. */
  readonly image: string | undefined
}

export interface RegisterOptions {
  readonly service: ServicePlace
  /** `<registry>/<repository>:<tag>` */
  readonly image: string
}

/**
 * Registers a revision like the one that the service has, tags too, with another image, as CodePipeline's ECS action does (its
 * reference: "based on the revision used by the Amazon ECS service"). Nothing runs by it.
 *
 * @returns its ARN
 * @throws {DeployProblem} where there is no such service or container
 */
export async function registerRevision(ecs: ECS, options: RegisterOptions): Promise<string> {
  const { wanted, tags } = await withImage(ecs, options)
  const registered = await ecs.registerTaskDefinition({ ...wanted, ...(tags.length === 0 ? {} : { tags }) })
  return registered.taskDefinition?.taskDefinitionArn ?? ''
}

/**
 * The newest revision, where it is what {@link registerRevision} would register: an earlier run has done so. One with the image, but
 * with settings of a deploy that failed, is not.
 *
 * @returns its ARN; undefined where it is another one
 * @throws {DeployProblem} as {@link registerRevision}
 */
export async function findRegistered(ecs: ECS, options: RegisterOptions): Promise<string | undefined> {
  const { wanted } = await withImage(ecs, options)
  const { taskDefinition = {} } = await ecs.describeTaskDefinition({ taskDefinition: wanted.family })
  return isDeepStrictEqual(asked(taskDefinition), wanted) ? taskDefinition.taskDefinitionArn : undefined
}

/** What the service has, with another image. */
async function withImage(ecs: ECS, { service, image }: RegisterOptions) {
  const { taskDefinition: own = '' } = await describe(ecs, service)
  const { taskDefinition = {}, tags = [] } = await ecs.describeTaskDefinition({
    taskDefinition: own,
    include: ['TAGS'],
  })
  const { containerDefinitions = [], ...rest } = taskDefinition
  const released = containerIn(taskDefinition, service)
  const wanted = {
    ...asked(rest),
    family: familyOf(own),
    containerDefinitions: containerDefinitions.map((one) => (one === released ? { ...one, image } : one)),
  }
  return { wanted, tags }
}

/** A revision by its ARN. */
export async function describeRevision(
  ecs: ECS,
  service: ServicePlace,
  taskDefinition: string,
): Promise<Revision> {
  const { taskDefinition: told = {} } = await ecs.describeTaskDefinition({ taskDefinition })
  return { arn: told.taskDefinitionArn ?? taskDefinition, image: containerIn(told, service).image }
}

/** So many are looked at: each takes a call. */
const LOOKED_AT = 100

/** The revisions of a family that are in use, the newest first. */
export async function listRevisions(
  ecs: ECS,
  service: ServicePlace,
  family: string,
): Promise<readonly Revision[]> {
  const arns: string[] = []
  const asked = { familyPrefix: family, status: 'ACTIVE', sort: 'DESC' } as const
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client: ecs }, asked)) {
    // The prefix of one family may be another one's beginning.
    arns.push(...taskDefinitionArns.filter((one) => familyOf(one) === family))
    if (arns.length >= LOOKED_AT) break
  }
  const revisions: Revision[] = []
  for (const arn of arns.slice(0, LOOKED_AT)) revisions.push(await describeRevision(ecs, service, arn))
  return revisions
}

/** Takes revisions out of use; one that is out of use already stays so. */
export async function retire(ecs: ECS, revisions: readonly Revision[]): Promise<void> {
  for (const { arn } of revisions) await ecs.deregisterTaskDefinition({ taskDefinition: arn })
}

/** `shop-cart-api`, of an ARN or of `shop-cart-api:7`. */
export function familyOf(revision = ''): string {
  return nameOf(revision).split(':')[0] ?? ''
}

/** `shop-cart-api:7`, of an ARN. */
export function nameOf(revision: string): string {
  return revision.split('/').at(-1) ?? ''
}

/** What its image is called: the commit. */
export function releaseOf({ image }: Revision): string {
  return tagOf(image) ?? image ?? 'nothing'
}

function containerIn(
  { taskDefinitionArn, containerDefinitions = [] }: TaskDefinition,
  { container }: ServicePlace,
) {
  const found = containerDefinitions.find(({ name }) => name === container)
  if (found !== undefined) return found
  throw new DeployProblem(
    `${taskDefinitionArn} has no container ${container}; wanted: the one that is released`,
  )
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
