import { DeregisterTaskDefinitionCommand, ECSClient, paginateListTaskDefinitions } from '@aws-sdk/client-ecs'
import { type Environment, namesOf } from '@cartwright/environments'
import { findService } from '../service/service.ts'

/**
 * The revisions of the environment's task definition that are still in use: releases have registered them, and Terraform
 * knows only one.
 *
 * @returns none while the service is there: it runs one of them
 */
export async function findRevisions(environment: Environment): Promise<readonly string[]> {
  const { taskFamily } = namesOf(environment)
  if ((await findService(environment)) !== undefined) return []
  return await withEcs(environment, async (client) => {
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
