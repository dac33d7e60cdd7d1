import type { Clients } from '../clients/index.ts'
import { readService, type Service } from '../ecs/index.ts'
import { RehearsalProblem } from '../problem.ts'

/** What was deployed, as AWS's APIs tell it. */
export interface Deployed {
  readonly service: Service
  /** The zones of the service's subnets. */
  readonly zones: readonly string[]
  /** The load balancer in front of it. */
  readonly loadBalancer: string
}

/**
 * Finds the one service that stands in the account.
 *
 * @throws {RehearsalProblem} where there is none, or more than one
 */
export async function discover({ ecs, ec2, elbv2 }: Clients): Promise<Deployed> {
  const { clusterArns = [] } = await ecs.listClusters({})
  const places: { cluster: string; service: string }[] = []
  for (const cluster of clusterArns) {
    const { serviceArns = [] } = await ecs.listServices({ cluster })
    places.push(...serviceArns.map((service) => ({ cluster, service })))
  }
  const [place, ...others] = places
  if (place === undefined) throw new RehearsalProblem('ECS has no service; wanted: a deployed environment')
  if (others.length > 0) throw new RehearsalProblem(`ECS has ${places.length} services; wanted: one`)
  const service = await readService(ecs, place)
  const { Subnets = [] } = await ec2.describeSubnets({ SubnetIds: [...service.subnets] })
  const zones = new Set(Subnets.flatMap(({ AvailabilityZone: zone }) => (zone === undefined ? [] : [zone])))
  const { targetGroup } = service
  if (targetGroup === undefined)
    throw new RehearsalProblem(
      `service ${service.name} has no target group; wanted: a load balancer before it`,
    )
  const { TargetGroups = [] } = await elbv2.describeTargetGroups({ TargetGroupArns: [targetGroup.arn] })
  const [loadBalancer] = TargetGroups[0]?.LoadBalancerArns ?? []
  if (loadBalancer === undefined)
    throw new RehearsalProblem(
      `no load balancer forwards to ${targetGroup.arn}; wanted: a listener rule that does`,
    )
  return { service, zones: [...zones], loadBalancer }
}
