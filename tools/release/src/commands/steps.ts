import { DEPLOYMENT_MINUTES } from '@cartwright/environments'
import type { Deployed } from '../environment/deployed.ts'
import type { Situation } from '../environment/situation.ts'
import { releaseOf } from '../rollout/revisions.ts'

/**
 * What is going to be done, a line for each step.
 *
 * @param mark what the image is going to be marked with
 * @param before what comes before the image is put in place
 */
export function shownSteps(
  { service, url, environment, record }: Pick<Deployed, 'service' | 'url' | 'environment' | 'record'>,
  { inUse, runs }: Situation,
  mark: string,
  before: readonly string[],
): readonly string[] {
  const isFirst = inUse === undefined
  const { desiredTasks, scaling, minTasks } = environment
  const steps = [
    ...before,
    `registers a revision of ${service.service} with it, and lets ECS replace the tasks (${DEPLOYMENT_MINUTES} minutes at most)`,
    ...(isFirst ? [`starts ${desiredTasks} tasks, the first`] : []),
    `tries ${url} with the smoke suite, which makes one order`,
    `marks the image with ${mark}`,
    ...(isFirst && scaling ? [`lets scaling keep ${minTasks} tasks at least`] : []),
    `writes it to ${record.parameterName}`,
  ]
  const undone = isFirst ? 'nothing runs again' : `${inUse} runs again`
  return [
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    `  where one of them fails once it is registered: ${undone}${isFirst || releaseOf(runs) === inUse ? '' : ', which is said to be in use'}`,
  ]
}
