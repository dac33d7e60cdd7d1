import { Images, ReleaseRecord, repositoryOf, type ServicePlace } from '@cartwright/release'
import type { Clients } from '../clients/index.ts'
import type { Service } from '../ecs/index.ts'
import { RehearsalProblem } from '../problem.ts'

/** What images of a rehearsal are marked with, which are built of sources as they are: of no tree that another environment asks for. */
export const TREE = 'rehearsal'

/** The service, and what its container runs that is released. */
export interface Released {
  readonly place: ServicePlace
  readonly image: string
  readonly repositoryName: string
}

/** @throws {RehearsalProblem} where no container stands behind the load balancer */
export function releasedIn({
  cluster,
  name,
  targetGroup,
  definition,
}: Pick<Service, 'cluster' | 'name' | 'targetGroup' | 'definition'>): Released {
  const container = definition.containers.find((one) => one.name === targetGroup?.container)
  if (container === undefined)
    throw new RehearsalProblem(
      `${definition.arn} has no container ${targetGroup?.container}; wanted: the one that is released`,
    )
  const { image } = container
  const repositoryName = repositoryOf(image).split('/').slice(1).join('/')
  return { place: { cluster, service: name, container: container.name }, image, repositoryName }
}

/**
 * Which image is in use in what was deployed.
 *
 * @param minTasks the least that scaling leaves, where there is scaling
 */
export async function findRecord(
  clients: Clients,
  { place, repositoryName }: Released,
  minTasks?: number,
): Promise<ReleaseRecord> {
  const { Parameters = [] } = await clients.ssm.describeParameters({})
  const [parameterName, ...others] = Parameters.flatMap(({ Name = '' }) =>
    Name.endsWith('/release') ? [Name] : [],
  )
  if (parameterName === undefined || others.length > 0)
    throw new RehearsalProblem(
      `Systems Manager has ${parameterName === undefined ? 0 : others.length + 1} parameters that end in /release; wanted: one`,
    )
  const images = new Images({ ecr: clients.ecr, repositoryName })
  return new ReleaseRecord({ clients, images, parameterName, service: place, minTasks })
}
