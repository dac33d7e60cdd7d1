import { type Environment, lockTableName, missingToDeploy, stateBucketName } from '@cartwright/environments'
import { checkAccount, findAccount, noStateBackend } from '../account.ts'
import { StateBucket } from '../backend/bucket.ts'
import { correctDigest, freeLock, type Lock, type LockedState } from '../backend/lock.ts'
import { LockTable } from '../backend/lock-table.ts'
import { findEnvironment } from '../environments.ts'
import { DeployProblem } from '../problem.ts'
import { type SynthesisedStack, synthesise } from '../stacks.ts'
import { removeTakeover } from '../takeover/takeover.ts'
import type { Tell } from '../tell.ts'
import { Terraform } from '../terraform/terraform.ts'
import { checkedTerraform } from '../terraform/version.ts'
import { Unfinished } from './unfinished.ts'

/** An environment of this account: the stack, where its state is, and Terraform in its folder. */
export interface Place {
  readonly environment: Environment
  readonly account: string
  readonly stack: SynthesisedStack
  readonly state: LockedState
  readonly terraform: Terraform
  readonly unfinished: Unfinished
}

export interface FindPlaceOptions {
  /** Whether everything has to be given that only the user knows. */
  readonly isComplete: boolean
}

/**
 * Checks, from what is cheap to what is far away, that the environment can be worked on: it exists, it is complete,
 * Terraform is new enough, the credentials are of its account, and the state backend is there.
 *
 * @throws {DeployProblem} for the first that does not hold
 */
export async function findPlace(name: string, { isComplete }: FindPlaceOptions): Promise<Place> {
  const environment = await findEnvironment(name)
  const missing = isComplete ? missingToDeploy(environment) : []
  if (missing.length > 0) throw new DeployProblem(missing.map(({ message }) => message).join('\n'))
  const stack = synthesise().find((one) => one.name === name)
  if (stack === undefined) throw new Error(`${name} was not synthesised`)
  const terraform = new Terraform(checkedTerraform(stack.terraform), stack.folder)
  const account = await findAccount(environment.region)
  checkAccount(account, environment)
  const state = await findBackend(environment, account, stack)
  const unfinished = new Unfinished(state.bucket, state.stateKey)
  return { environment, account, stack, state, terraform, unfinished }
}

async function findBackend(
  { project, region, stateLockTable }: Environment,
  account: string,
  { stateKey }: SynthesisedStack,
): Promise<LockedState> {
  const bucket = new StateBucket({ name: stateBucketName(project, account, region), account, region })
  const table = stateLockTable ? new LockTable({ name: lockTableName(project), region }) : undefined
  const missing = [
    ...((await bucket.exists()) ? [] : [`the bucket ${bucket.name}`]),
    ...(table === undefined || (await table.exists()) ? [] : [`the table ${table.name}`]),
  ]
  if (missing.length > 0) {
    throw noStateBackend(account, region, missing.join(' and '))
  }
  return { bucket, stateKey, table }
}

export interface EnterOptions {
  readonly unlock: string | undefined
  /** Whether the state may have been lost, or brought back. */
  readonly isRecover: boolean
  readonly tell: Tell
}

/**
 * Waits for what an interrupted run of this machine left, frees its lock, and lets Terraform find the state.
 *
 * @throws {DeployProblem} where somebody else works on it
 */
export async function enter(place: Place, { unlock, isRecover, tell }: EnterOptions): Promise<void> {
  const { state, terraform, unfinished } = place
  const interrupted = await terraform.running.settled(tell)
  await freeLock(state, {
    interrupted,
    unlock,
    tell,
    // One of the CDKTF CLI has left no note: without the lock nothing tells of it.
    remember: async (lock) => (isApply(lock) ? await unfinished.remember() : undefined),
  })
  terraform.running.remove()
  terraform.tidy()
  removeTakeover(place.stack)
  if (isRecover) await correctDigest(state, tell)
  tell('terraform init')
  await terraform.init(state.bucket.name)
  if (await terraform.bringStateHome(state.bucket.name)) {
    tell('brought a state to the bucket that an earlier run could not write')
  }
}

/** A plan makes nothing that could be missing in the state. */
function isApply({ operation }: Lock): boolean {
  return operation !== 'plan'
}
