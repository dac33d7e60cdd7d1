import type { Environment } from '../fields.ts'
import { NAMES } from '../names.ts'
import type { Rule } from './rule.ts'

/** Stacks of this name, and of names that begin with it, hold the state of the others. */
export const STATE_BACKEND = 'state-backend'

/** What a stack and the API's `DEPLOYMENT` take. */
export function isEnvironmentName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 31 && !name.startsWith(STATE_BACKEND)
}

/** What AWS keeps to itself: names of load balancers begin with the first, ids of groups with the second, paths of parameters
 * with the others. */
const RESERVED = /^(internal(-|$)|sg(-|$)|aws|ssm)/

export const NAME_RULES: readonly Rule[] = [
  {
    fields: ['project'],
    holds: ({ project }) => !RESERVED.test(project),
    wanted: () => 'a name that does not begin with internal-, sg-, aws or ssm, which AWS keeps to itself',
  },
  // One for each name that is made of project and environment.
  ...Object.entries(NAMES).map(
    ([key, { limit, of }]): Rule => ({
      fields: ['project', 'region'],
      holds: (environment) => of(environment).length <= limit,
      wanted: (environment: Environment) =>
        `a name that leaves the ${key} within ${limit} characters; "${of(environment)}" has ${of(environment).length}`,
    }),
  ),
]
