import type { Deployment, ECS, Service } from '@aws-sdk/client-ecs'
import { DeployProblem } from '@cartwright/deploy/problem'

/** A service, and the container of it whose image is released. */
export interface ServicePlace {
  readonly cluster: string
  readonly service: string
  readonly container: string
}

/**
 * The service as ECS has it now.
 *
 * @throws {DeployProblem} where there is none
 */
export async function describe(
  ecs: ECS,
  { cluster, service }: Pick<ServicePlace, 'cluster' | 'service'>,
): Promise<Service> {
  const { services = [] } = await ecs.describeServices({ cluster, services: [service] })
  const found = services.find(({ status }) => status === 'ACTIVE')
  if (found !== undefined) return found
  throw new DeployProblem(`cluster ${cluster} has no service ${service}; wanted: one that is active`)
}

/** The deployment that ECS wants to be the only one. */
export function primaryOf({ deployments = [] }: Pick<Service, 'deployments'>): Deployment | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY')
}

/** Whether ECS replaces tasks at the moment. */
export function isUnderWay(service: Pick<Service, 'deployments'>): boolean {
  return (service.deployments ?? []).length > 1 || primaryOf(service)?.rolloutState === 'IN_PROGRESS'
}
