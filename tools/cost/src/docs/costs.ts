import { completed, readEnvironments } from '@cartwright/environments'
import { type Costs, costsOf } from '../cost.ts'
import { TRAFFIC } from '../options.ts'

/** The costs that the reference page tells: of the repository's environments, whatever the variables of this shell. */
export async function costsOfRepository(): Promise<Costs> {
  const environments = await readEnvironments({})
  return costsOf(
    environments.map((one) => completed(one).environment),
    { environments: [], traffic: TRAFFIC },
  )
}
