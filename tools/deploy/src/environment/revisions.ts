import {
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  ECSClient,
  paginateListTaskDefinitions,
} from '@aws-sdk/client-ecs'
import { type Environment, namesOf } from '@cartwright/environments'

/**
 * The revisions of the environment's task definition that are still in use: releases have registered them, and Terraform
 * knows only one.
 *
 * @returns none while the service is there: it runs one of them
 */
export async function findRevisions(environment: Environment): Promise<readonly string[]> {
  const { cluster, service, taskFamily } = namesOf(environment)
  return await withEcs(environment, async (client) => {
    if (await isThere(client, cluster, service)) return []
    const revisions: string[] = []
    const asked = { familyPrefix: taskFamily, status: 'ACTIVE' } as const
    for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client }, asked)) {
      revisions.push(...taskDefinitionArns)
    }
    return revisions
  })
}

/** Takes revisions out of use. */
export async function retire(environment: Environment, revisions: readonly string[]): Promise<void> {
  await withEcs(environment, async (client) => {
    for (const taskDefinition of revisions) {
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    }
  })
}

async function isThere(client: ECSClient, cluster: string, service: string): Promise<boolean> {
  try {
    const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }))
    return services.some(({ status }) => status !== 'INACTIVE')
  } catch (error) {
    if (error instanceof Error && error.name === 'ClusterNotFoundException') return false
    throw error
  }
}

async function withEcs<Result>(
  { region }: Environment,
  use: (client: ECSClient) => Promise<Result>,
): Promise<Result> {
  const client = new ECSClient({ region })
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}
