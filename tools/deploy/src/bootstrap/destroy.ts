import { rmSync } from 'node:fs'
import path from 'node:path'
import { freeLock, LOCK_ENDING, readLock, shownLock } from '../backend/lock.ts'
import { findState } from '../backend/state.ts'
import { UNFINISHED_ENDING } from '../environment/unfinished.ts'
import { DeployProblem } from '../problem.ts'
import type { Tell } from '../tell.ts'
import { RunningFile } from '../terraform/running.ts'
import type { Place } from './place.ts'

/** What is deleted with the bucket, or by its own call. */
const KNOWN = /^aws_(s3_bucket|dynamodb_table)/

/** How many resources or objects a refusal names. */
const NAMED = 5

export interface DestroyOptions {
  readonly unlock: string | undefined
  readonly tell: Tell
}

/**
 * What speaks against deleting a state backend: one line for each environment that has resources or is being deployed,
 * and for everything that is not known to be a state.
 */
export async function findObstacles({ bucket, stack }: Place): Promise<readonly string[]> {
  if (!(await bucket.exists())) return []
  const obstacles: string[] = []
  for (const key of await bucket.keys()) {
    const [, name, ending] = /^states\/([^/]+)\.tfstate(\.\w+)?$/.exec(key) ?? []
    if (name === undefined) obstacles.push(`${key} is no state of an environment`)
    else if (ending === LOCK_ENDING) {
      const lock = await readLock({ bucket, stateKey: key.slice(0, -LOCK_ENDING.length) })
      if (lock !== undefined) obstacles.push(`${name} is locked (${shownLock(lock)})`)
    } else if (ending === UNFINISHED_ENDING) obstacles.push(`a deploy of ${name} was killed`)
    else if (ending !== undefined) obstacles.push(`${key} is no state of an environment`)
    else {
      const state = await findState({ bucket, stateKey: key })
      const resources = state.resources.map(({ address }) => address)
      const counted = key === stack.stateKey ? resources.filter((address) => !KNOWN.test(address)) : resources
      if (counted.length > 0) obstacles.push(`${name} has ${listed(counted)}`)
    }
  }
  return obstacles
}

/** Ends what an interrupted run of this machine left, so that it does not stand in the way. */
export async function settle(place: Place, { unlock, tell }: DestroyOptions): Promise<void> {
  const { bucket, stack } = place
  const running = new RunningFile(stack.folder)
  const interrupted = await running.settled(tell)
  if (await bucket.exists()) {
    await freeLock({ bucket, stateKey: stack.stateKey }, { interrupted, unlock, tell })
  }
  running.remove()
}

/**
 * Deletes a state backend by the API: its own state goes with the bucket, so Terraform could not write down what it did.
 * The bucket comes last, with all versions of all states.
 *
 * @returns whether there was anything
 */
export async function destroyStateBackend(place: Place, tell: Tell): Promise<boolean> {
  const { bucket, stack, table } = place
  let isChanged = false
  if (await table.exists()) {
    await table.destroy()
    tell(`deleted the table ${table.name}`)
    isChanged = true
  }
  if (await bucket.exists()) {
    // Somebody may have begun to deploy meanwhile.
    refuseFor(await findObstacles(place))
    await bucket.destroy()
    tell(`deleted the bucket ${bucket.name}`)
    isChanged = true
  }
  // Says which bucket Terraform used last.
  rmSync(path.join(stack.folder, '.terraform', 'terraform.tfstate'), { force: true })
  return isChanged
}

/** @throws {DeployProblem} where there is any */
export function refuseFor(obstacles: readonly string[]): void {
  if (obstacles.length === 0) return
  throw new DeployProblem(
    `the state backend is in use: ${obstacles.join('; ')}; wanted: environments destroyed first`,
  )
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED
  return [
    `${names.length} ${names.length === 1 ? 'resource' : 'resources'}: ${names.slice(0, NAMED).join(', ')}`,
    ...(more > 0 ? [`${more} more`] : []),
  ].join(' and ')
}
