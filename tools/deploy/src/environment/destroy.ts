import { findState, type StateResource } from '../backend/state.ts'
import { DeployProblem } from '../problem.ts'
import { resourcesBefore } from '../terraform/plan.ts'
import type { Talk } from './deploy.ts'
import type { Options } from './options.ts'
import { enter, type Place } from './place.ts'
import { progressOf } from './progress.ts'
import { protectedIn } from './protection.ts'
import { remainsOf } from './remains.ts'
import { findRevisions, retire } from './revisions.ts'

/**
 * Deletes everything that an environment has. What is protected is found before anything is deleted: Terraform and AWS
 * would refuse it as well, but in the middle.
 *
 * @returns what AWS keeps for a while; undefined where there was nothing
 * @throws {DeployProblem} where something is protected
 */
export async function destroy(
  place: Place,
  options: Options,
  { tell, agree }: Talk,
): Promise<readonly string[] | undefined> {
  const { environment, account, terraform, unfinished } = place
  await enter(place, { ...options, tell })
  if (!options.isRecover && (await unfinished.isRemembered())) {
    throw new DeployProblem(
      `a deploy of ${environment.name} was killed, and may have made what no state lists; wanted: npm run deploy -- ` +
        `${environment.name}, then the same command; or --recover, which deletes what the state lists and leaves the rest`,
    )
  }
  const { resources } = await findState(place.state)
  if (resources.length === 0) return await destroyRevisions(place, agree)
  refuseProtected(place, resources)
  try {
    tell('terraform plan: deletes everything')
    const changes = await terraform.plan({ isDestroy: true })
    if (changes === undefined) return undefined
    const plan = terraform.planned()
    // As AWS has it now: somebody may have protected it by hand.
    const now = resourcesBefore(plan)
    refuseProtected(place, now)
    await agree(`Delete ${environment.name} from account ${account} in ${environment.region} (${changes})?`)
    tell(`terraform apply: ${changes}`)
    await terraform.apply(progressOf(plan, tell))
    await retire(environment, await findRevisions(environment))
    await unfinished.forget()
    return remainsOf(now)
  } finally {
    terraform.tidy()
  }
}

/** What a destroy that was killed at its end has left. */
async function destroyRevisions(
  { environment }: Place,
  agree: Talk['agree'],
): Promise<readonly string[] | undefined> {
  const revisions = await findRevisions(environment)
  if (revisions.length === 0) return undefined
  await agree(`Take ${revisions.length} revisions of the task of ${environment.name} out of use?`)
  await retire(environment, revisions)
  return []
}

function refuseProtected({ environment: { name }, stack }: Place, resources: readonly StateResource[]): void {
  const kept = protectedIn(resources, stack)
  if (kept.length === 0) return
  throw new DeployProblem(
    `${name} is protected: ${kept.join(', ')}; wanted: deletionProtection: false in environments/${name}.ts, then ` +
      `npm run deploy -- ${name}, then the same command`,
  )
}
