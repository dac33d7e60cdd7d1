import { type Environment, STATE_BACKEND, stateBucketName } from '@cartwright/environments'
import { environmentsOf, findAccount, noStateBackend } from '../account.ts'
import { StateBucket } from '../backend/bucket.ts'
import { DeployProblem } from '../problem.ts'

/**
 * Names the account whose bucket holds the states, where an environment names none (infra/src/main.ts). Empty: nobody is
 * asked for it.
 */
export const ACCOUNT_VARIABLE = 'CARTWRIGHT_ACCOUNT_ID'

/**
 * The account of the credentials, whose state backend is there. Terraform would say so as well, a page later: that a bucket
 * is missing, and not which command makes it.
 *
 * @param args names of stacks are among them; without one it is about all environments of the account
 * @throws {DeployProblem} where there are no credentials, where they are of another account than the environment wants, or
 * where it has no state backend
 */
export async function findStateAccount(
  environments: readonly Environment[],
  args: readonly string[],
): Promise<string> {
  const [first] = environments
  if (first === undefined) throw new DeployProblem('there is no environment; wanted: one')
  const account = await findAccount(first.region)
  for (const region of regionsOf(account, environments, args)) {
    const name = stateBucketName(first.project, account, region)
    if (!(await new StateBucket({ name, account, region }).exists())) {
      throw noStateBackend(account, region, `there is no bucket ${name}`)
    }
  }
  return account
}

function regionsOf(
  account: string,
  environments: readonly Environment[],
  args: readonly string[],
): ReadonlySet<string> {
  const named = environments.filter(({ name }) => args.includes(name))
  const regions = environments
    .map(({ region }) => region)
    .filter((region) => args.includes(`${STATE_BACKEND}-${region}`))
  const isAboutAll = named.length === 0 && regions.length === 0
  const meant = named.length > 0 ? environmentsOf(account, named) : []
  const all = isAboutAll ? environmentsOf(account, environments) : []
  return new Set([...meant, ...all].map(({ region }) => region).concat(regions))
}
