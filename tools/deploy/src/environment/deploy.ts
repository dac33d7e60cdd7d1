import { namesOf } from '@cartwright/environments'
import { findState } from '../backend/state.ts'
import { DeployProblem } from '../problem.ts'
import { ensureFirstRotation } from '../rotate/rotate.ts'
import { lastEvents } from '../service/events.ts'
import { refuseWhileRinging } from '../service/rollback-alarms.ts'
import { findService } from '../service/service.ts'
import { remindCache } from '../takeover/imported-cache.ts'
import { findTagged } from '../takeover/tagged.ts'
import { planTakeover } from '../takeover/takeover.ts'
import type { Tell } from '../tell.ts'
import { resourceOf } from '../terraform/said.ts'
import { type Terraform, TerraformFailed, TerraformKilled } from '../terraform/terraform.ts'
import { changesIn, shownChanges } from './changes.ts'
import { lostIn } from './loss.ts'
import type { Options } from './options.ts'
import { enter, type Place } from './place.ts'
import { progressOf } from './progress.ts'
import { isKept } from './protection.ts'

export interface Talk {
  readonly tell: Tell
  /** Ends with a throw where the user does not want it. */
  readonly agree: (question: string) => Promise<void>
}

/** What AWS says of something that is there already. */
const IS_THERE = /already ?exist|AlreadyExists|EntityAlreadyExists|is already in use/i

/** What ECS rolls out, and may undo. */
const SERVICE = 'aws_ecs_service'

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
  await untaintKept(place, tell)
  let isSearch = options.isRecover || (await unfinished.isRemembered())
  let isChanged = false
  try {
    for (;;) {
      const changes = await planned(place, { isSearch, writes: true }, tell)
      if (changes !== undefined) {
        const plan = terraform.planned()
        refuseLoss(lostIn(plan), options)
        const isDeployment = changesIn(plan).some(({ type }) => type === SERVICE)
        if (isDeployment && !options.despiteAlarms) await refuseWhileRinging(environment)
        await agree(`Deploy ${environment.name} to account ${account} in ${environment.region} (${changes})?`)
        tell(`terraform apply: ${changes}`)
        await unfinished.remember()
        await apply(place, { isSearch, hear: progressOf(plan, tell) })
        isChanged = true
      }
      if (isSearch) {
        // What was left alone while it was taken over comes now.
        await remindCache(terraform)
        await tellStrays(place, tell)
        isSearch = false
        continue
      }
      await unfinished.forget()
      await takeToken(place, tell)
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
    const isSearch = options.isRecover || (await place.unfinished.isRemembered())
    return (await planned(place, { isSearch, writes: false }, tell)) !== undefined
  } finally {
    place.terraform.tidy()
  }
}

interface PlanningOptions {
  readonly isSearch: boolean
  readonly writes: boolean
}

async function planned(
  place: Place,
  { isSearch, writes }: PlanningOptions,
  tell: Tell,
): Promise<string | undefined> {
  const { terraform } = place
  if (!isSearch) tell('terraform plan')
  const changes = isSearch ? await planTakeover({ ...place, tell, writes }) : await terraform.plan()
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

interface ApplyOptions {
  readonly isSearch: boolean
  readonly hear: Parameters<Terraform['apply']>[0]
}

async function apply(place: Place, { isSearch, hear }: ApplyOptions): Promise<void> {
  const { terraform, unfinished } = place
  const began = Date.now()
  try {
    await terraform.apply(hear)
  } catch (error) {
    // Terraform wrote down what it did; what a search has not come to is still to be found.
    if (!isSearch && !(error instanceof TerraformKilled)) await unfinished.forget()
    const isThere =
      error instanceof TerraformFailed &&
      error.errors.some(({ summary, detail }) => IS_THERE.test(`${summary} ${detail}`))
    if (!isThere) throw isOfService(error) ? await withEvents(error, place, began) : error
    throw new DeployProblem(
      `${error.message}\nsomething is there that the state does not list; wanted: --recover, which takes it over`,
      { cause: error },
    )
  }
}

/** Whether ECS did not do what was planned: a deployment that it undid is one. */
function isOfService(error: unknown): error is TerraformFailed {
  return error instanceof TerraformFailed && error.errors.some((one) => resourceOf(one)?.startsWith(SERVICE))
}

/** Why it did not, only ECS tells. */
async function withEvents(error: TerraformFailed, { environment }: Place, since: number): Promise<Error> {
  // Whatever else is wrong now, the failure is to be told.
  const service = await findService(environment).catch(() => undefined)
  const events = lastEvents(service?.events ?? [], since)
  if (events.length === 0) return error
  const lines = events.map((event) => `  ECS: ${event}`)
  return new DeployProblem([error.message, ...lines].join('\n'), { cause: error })
}

/**
 * What was only half made would be replaced, which the configuration forbids for what it keeps: no plan would ever succeed.
 * It is there, and what is missing is a change of it.
 */
async function untaintKept({ stack, state, terraform }: Place, tell: Tell): Promise<void> {
  const { resources } = await findState(state)
  const half = new Set(resources.filter(({ isTainted }) => isTainted).map(({ address }) => address))
  for (const { address, block } of stack.resources) {
    if (!half.has(address) || !isKept(block)) continue
    tell(`terraform untaint ${address}: it is kept, and what is missing is changed`)
    await terraform.untaint(address)
  }
}

/** After a search: what has the environment's tags and is in no state, such as a second network. */
async function tellStrays({ environment, state }: Place, tell: Tell): Promise<void> {
  const { resources } = await findState(state)
  const arns = new Map(resources.map(({ address, values }) => [address, values['arn']]))
  const listed = new Set(arns.values())
  const strays = (await findTagged(environment)).filter(
    // Of what the state lists without an ARN nobody can tell.
    ({ arn, address }) => !listed.has(arn) && !(arns.has(address) && typeof arns.get(address) !== 'string'),
  )
  if (strays.length === 0) return
  tell(
    `AWS also tells of ${strays.map(({ arn }) => arn).join(', ')}, which the state does not list: look whether`,
  )
  tell('they are about to be deleted, or were made twice (docs/guides/recovering-state.md)')
}
