import { namesOf, stateBucketName, stateKeyOf } from '@cartwright/environments'
import { checkAccount, findAccount } from '../account.ts'
import { StateBucket } from '../backend/bucket.ts'
import { EMPTY_STATE, findState } from '../backend/state.ts'
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
  const state = (await bucket.exists())
    ? await findState({ bucket, stateKey: stateKeyOf(name) })
    : EMPTY_STATE
  const { redis_secret_arn: secretArn } = state.outputs
  if (typeof secretArn !== 'string') {
    throw new DeployProblem(
      `${name} is not deployed to account ${account} in ${region}; wanted: a deployed environment`,
    )
  }
  return { account, region, replicationGroupId: namesOf(environment).replicationGroup, secretArn }
}
