import { DeregisterTaskDefinitionCommand, ECSClient, paginateListTaskDefinitions } from '@aws-sdk/client-ecs'
import { type Environment, namesOf } from '@cartwright/environments'

/**
 * Takes every revision of the environment's task definition out of use: releases have registered them, and Terraform knows
 * only one.
 *
 * @returns how many there were
 */
export async function retireRevisions(environment: Environment): Promise<number> {
  const client = new ECSClient({ region: environment.region })
  const family = namesOf(environment).taskFamily
  const revisions: string[] = []
  try {
    const asked = { familyPrefix: family, status: 'ACTIVE' } as const
    for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client }, asked)) {
      revisions.push(...taskDefinitionArns)
    }
    for (const taskDefinition of revisions) {
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    }
  } finally {
    client.destroy()
  }
  return revisions.length
}
