import { namesOf } from '@cartwright/environments'
import { findState } from '../backend/state.ts'
import { DeployProblem } from '../problem.ts'
import { ensureFirstRotation } from '../rotate/rotate.ts'
import { remindCache } from '../takeover/imported-cache.ts'
import { planTakeover } from '../takeover/takeover.ts'
import type { Tell } from '../tell.ts'
import { type Terraform, TerraformFailed } from '../terraform/terraform.ts'
import { shownChanges } from './changes.ts'
import { lostIn } from './loss.ts'
import type { Options } from './options.ts'
import { enter, type Place } from './place.ts'
import { progressOf } from './progress.ts'

export interface Talk {
  readonly tell: Tell
  /** Ends with a throw where the user does not want it. */
  readonly agree: (question: string) => Promise<void>
}

/** What AWS says of something that is there already. */
const IS_THERE = /already ?exist|AlreadyExists|EntityAlreadyExists|is already in use/i

/**
 * Makes AWS what the environment's file says:
 *
 *     lock freed ── init ── plan (takes over what a killed run made) ── asked ── apply ── Redis takes the API's token
 *
 * @returns whether anything was changed
 */
export async function deploy(place: Place, options: Options, { tell, agree }: Talk): Promise<boolean> {
  const { environment, account, terraform, unfinished } = place
  await enter(place, { ...options, tell })
  let isSearch = options.isRecover || unfinished.isRemembered()
  let isChanged = false
  try {
    for (;;) {
      const changes = await planned(place, isSearch, tell)
      if (changes !== undefined) {
        const plan = terraform.planned()
        refuseLoss(lostIn(plan), options)
        await agree(`Deploy ${environment.name} to account ${account} in ${environment.region} (${changes})?`)
        tell(`terraform apply: ${changes}`)
        await apply(terraform, progressOf(plan, tell))
        isChanged = true
      }
      if (isSearch) {
        // What was left alone while it was taken over comes now.
        remindCache(terraform)
        isSearch = false
        continue
      }
      await takeToken(place, tell)
      unfinished.forget()
      return isChanged
    }
  } finally {
    terraform.tidy()
  }
}

/**
 * Shows what a deploy would change.
 *
 * @returns whether there is anything
 */
export async function diff(place: Place, options: Options, tell: Tell): Promise<boolean> {
  await enter(place, { ...options, tell })
  try {
    const isSearch = options.isRecover || place.unfinished.isRemembered()
    return (await planned(place, isSearch, tell)) !== undefined
  } finally {
    place.terraform.tidy()
  }
}

async function planned(place: Place, isSearch: boolean, tell: Tell): Promise<string | undefined> {
  const { terraform } = place
  if (!isSearch) tell('terraform plan')
  const changes = isSearch ? await planTakeover({ ...place, tell }) : await terraform.plan()
  if (changes !== undefined) for (const line of shownChanges(terraform.planned())) tell(line)
  return changes
}

/** Also where nothing was to be changed: an earlier run may have ended in between. */
async function takeToken(place: Place, tell: Tell): Promise<void> {
  const { environment } = place
  const { redis_secret_arn: secretArn } = (await findState(place.state)).outputs
  if (typeof secretArn !== 'string') throw new Error(`${environment.name} has no output redis_secret_arn`)
  const { region } = environment
  const replicationGroupId = namesOf(environment).replicationGroup
  if (await ensureFirstRotation({ region, replicationGroupId, secretArn, tell })) {
    tell('Redis takes the token that the API reads, and no other')
  }
}

function refuseLoss(lost: readonly string[], { allowsLoss }: Options): void {
  if (lost.length === 0 || allowsLoss) return
  throw new DeployProblem(
    `${lost.join(', ')} would be deleted with all that is in it; wanted: another change, or --allow-loss`,
  )
}

async function apply(terraform: Terraform, hear: Parameters<Terraform['apply']>[0]): Promise<void> {
  try {
    await terraform.apply(hear)
  } catch (error) {
    const isThere =
      error instanceof TerraformFailed &&
      error.errors.some(({ summary, detail }) => IS_THERE.test(`${summary} ${detail}`))
    if (!isThere) throw error
    throw new DeployProblem(
      `${error.message}\nsomething is there that the state does not list; wanted: --recover, which takes it over`,
      { cause: error },
    )
  }
}
