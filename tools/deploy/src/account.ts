import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { Environment } from '@cartwright/environments'
import { DeployProblem } from './problem.ts'

const SIGN_IN =
  'sign in (AWS_PROFILE, `aws sso login`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), then run the same command again'

/**
 * The number of the account that the credentials belong to.
 *
 * @param profile whose credentials. @default those that every AWS SDK finds
 * @throws {DeployProblem} where there are none, or AWS does not take them
 */
export async function findAccount(region: string, profile?: string): Promise<string> {
  const sts = new STSClient({ region, ...(profile === undefined ? {} : { profile }) })
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand())
    if (Account === undefined) throw new DeployProblem('AWS does not tell the account of the credentials')
    return Account
  } catch (error) {
    if (error instanceof DeployProblem || !(error instanceof Error)) throw error
    const reason = firstLine(error.message)
    // What AWS answers has a status; what the SDK could not even sign has none.
    if ('$fault' in error && error.$fault === 'client') {
      throw new DeployProblem(`AWS refuses the credentials (${error.name}: ${reason}): ${SIGN_IN}`)
    }
    if (/credential|token|profile|sso/i.test(`${error.name} ${reason}`)) {
      throw new DeployProblem(`there are no AWS credentials (${reason}): ${SIGN_IN}`)
    }
    throw new DeployProblem(`AWS cannot be asked for the account (${error.name}: ${reason})`, {
      cause: error,
    })
  } finally {
    sts.destroy()
  }
}

/**
 * The environments that live in the account: those that name it, and those that name none.
 *
 * @throws {DeployProblem} where all of them name another one
 */
export function environmentsOf(
  account: string,
  environments: readonly Environment[],
): readonly Environment[] {
  const there = environments.filter(({ accountId }) => accountId === undefined || accountId === account)
  if (there.length > 0) return there
  const wanted = environments.map(({ name, accountId }) => `${accountId} (${name})`)
  throw new DeployProblem(`the credentials are of account ${account}; wanted: ${wanted.join(', ')}`)
}

/** @throws {DeployProblem} where the environment names another account */
export function checkAccount(account: string, { name, accountId }: Environment): void {
  if (accountId === undefined || accountId === account) return
  throw new DeployProblem(`the credentials are of account ${account}; wanted: ${accountId} (${name})`)
}

/** @param missing what of it is not there */
export function noStateBackend(account: string, region: string, missing: string): DeployProblem {
  return new DeployProblem(
    `account ${account} has no state backend in ${region} (${missing}); wanted: npm run bootstrap`,
  )
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
