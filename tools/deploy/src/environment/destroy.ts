import { findState, type StateResource } from '../backend/state.ts'
import { DeployProblem } from '../problem.ts'
import { resourcesBefore } from '../terraform/plan.ts'
import type { Talk } from './deploy.ts'
import type { Options } from './options.ts'
import { enter, type Place } from './place.ts'
import { progressOf } from './progress.ts'
import { protectedIn } from './protection.ts'
import { remainsOf } from './remains.ts'
import { retireRevisions } from './revisions.ts'

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
  if (unfinished.isRemembered()) {
    throw new DeployProblem(
      `a deploy of ${environment.name} was killed, and may have made what no state lists; wanted: npm run deploy -- ` +
        `${environment.name}, then the same command`,
    )
  }
  const { resources } = await findState(place.state)
  // A run that was killed at its end may have left revisions.
  if (resources.length === 0) return (await retireRevisions(environment)) === 0 ? undefined : []
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
    await retireRevisions(environment)
    return remainsOf(now)
  } finally {
    terraform.tidy()
  }
}

function refuseProtected({ environment: { name }, stack }: Place, resources: readonly StateResource[]): void {
  const kept = protectedIn(resources, stack)
  if (kept.length === 0) return
  throw new DeployProblem(
    `${name} is protected: ${kept.join(', ')}; wanted: deletionProtection: false in environments/${name}.ts, then ` +
      `npm run deploy -- ${name}, then the same command`,
  )
}
