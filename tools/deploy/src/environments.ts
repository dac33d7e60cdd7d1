import { BadEnvironments, type Environment, readEnvironments } from '@cartwright/environments'
import { DeployProblem } from './problem.ts'

/**
 * An environment by its name.
 *
 * @throws {DeployProblem} where there is none, or a file of any cannot be used
 */
export async function findEnvironment(name: string): Promise<Environment> {
  const environments = await readEnvironments(process.env).catch((error: unknown) => {
    throw error instanceof BadEnvironments ? new DeployProblem(error.message) : error
  })
  const found = environments.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = environments.map((one) => one.name).join(', ')
  throw new DeployProblem(`there is no environment "${name}"; wanted: ${names}`)
}
