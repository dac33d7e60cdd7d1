import { lockTableName, readEnvironments, STATE_BACKEND, stateBucketName } from '@cartwright/environments'
import { environmentsOf, findAccount } from '../account.ts'
import { StateBucket } from '../backend/bucket.ts'
import { LockTable } from '../backend/lock-table.ts'
import { DeployProblem } from '../problem.ts'
import { type SynthesisedStack, synthesise } from '../stacks.ts'

/** A state backend of this account: the stack, and what stands for it at AWS. */
export interface Place {
  readonly account: string
  readonly region: string
  readonly stack: SynthesisedStack
  readonly bucket: StateBucket
  readonly table: LockTable
}

/**
 * Synthesises, asks AWS for the account, and finds what stands where: one state backend for each region in which an
 * environment of this account lives.
 *
 * @throws {DeployProblem}
 */
export async function findPlaces(): Promise<readonly Place[]> {
  // Reads the files as well, and tells of all that is wrong with them.
  const stacks = synthesise()
  const environments = await readEnvironments(process.env)
  const [first] = environments
  if (first === undefined) throw new DeployProblem('there is no environment; wanted: one')
  const account = await findAccount(first.region)
  const regions = new Set(environmentsOf(account, environments).map(({ region }) => region))
  const backends = stacks.filter(({ name, region }) => name.startsWith(STATE_BACKEND) && regions.has(region))
  return backends.map((stack) => {
    const { region } = stack
    const name = stateBucketName(first.project, account, region)
    return {
      account,
      region,
      stack,
      bucket: new StateBucket({ name, account, region }),
      table: new LockTable({ name: lockTableName(first.project), region }),
    }
  })
}
