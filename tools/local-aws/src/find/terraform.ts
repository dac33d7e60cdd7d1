import { LocalAwsProblem } from '../problem.ts'
import { setting } from '../settings.ts'
import { isExecutable, onPath } from './on-path.ts'

/**
 * The Terraform that is set, or the first on PATH.
 *
 * @throws {LocalAwsProblem} naming the ways to get it
 */
export function findTerraform(env: NodeJS.ProcessEnv = process.env): string {
  const set = setting('CARTWRIGHT_TERRAFORM', env)
  if (set !== undefined) {
    if (isExecutable(set)) return set
    throw new LocalAwsProblem(`CARTWRIGHT_TERRAFORM is "${set}"; wanted: the path of the Terraform binary`)
  }
  const [found] = onPath('terraform', env)
  if (found !== undefined) return found
  throw new LocalAwsProblem(
    'there is no terraform on PATH: install it (https://developer.hashicorp.com/terraform/install), or name its ' +
      'binary in CARTWRIGHT_TERRAFORM',
  )
}
