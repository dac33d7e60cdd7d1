import { namesOf, stateBucketName } from '@cartwright/environments'
import { checkAccount, findAccount } from '../account.ts'
import { StateBucket } from '../backend/bucket.ts'
import { findEnvironment } from '../environments.ts'
import { DeployProblem } from '../problem.ts'

/** Where the token of an environment is. */
export interface Place {
  readonly account: string
  readonly region: string
  readonly replicationGroupId: string
  readonly secretArn: string
}

/**
 * Finds the environment, the account, and what its stack says of the secret, whose name AWS has ended.
 *
 * @throws {DeployProblem}
 */
export async function findPlace(name: string): Promise<Place> {
  const environment = await findEnvironment(name)
  const { project, region } = environment
  const account = await findAccount(region)
  checkAccount(account, environment)
  const bucket = new StateBucket({ name: stateBucketName(project, account, region), account, region })
  const state = (await bucket.exists()) ? await bucket.read(`states/${name}.tfstate`) : undefined
  const secretArn = state === undefined ? undefined : secretArnIn(state)
  if (secretArn === undefined) {
    throw new DeployProblem(
      `${name} is not deployed to account ${account} in ${region}; wanted: a deployed environment`,
    )
  }
  return { account, region, replicationGroupId: namesOf(environment).replicationGroup, secretArn }
}

/**
 * The stack's output, in the text of its state.
 *
 * @returns undefined where the stack has made none
 */
function secretArnIn(state: string): string | undefined {
  const { outputs } = JSON.parse(state) as { outputs?: { redis_secret_arn?: { value?: unknown } } }
  const arn = outputs?.redis_secret_arn?.value
  return typeof arn === 'string' ? arn : undefined
}
