import { DescribeServicesCommand, ECSClient, type Service } from '@aws-sdk/client-ecs'
import { type Environment, namesOf } from '@cartwright/environments'

/** The environment's service as ECS has it; undefined where there is none, or no more. */
export async function findService(environment: Environment): Promise<Service | undefined> {
  const { cluster, service } = namesOf(environment)
  const client = new ECSClient({ region: environment.region })
  try {
    const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }))
    return services.find(({ status }) => status !== 'INACTIVE')
  } catch (error) {
    if (error instanceof Error && error.name === 'ClusterNotFoundException') return undefined
    throw error
  } finally {
    client.destroy()
  }
}
