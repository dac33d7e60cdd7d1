import { DeployProblem } from '../problem.ts'

/**
 * The addresses of the resources that a state lists; what was only looked up holds nothing.
 *
 * @param text the state, as Terraform wrote it
 * @throws {DeployProblem} where it is none
 */
export function resourcesIn(text: string, key: string): readonly string[] {
  const { resources } = parse(text, key)
  return resources
    .filter(({ mode, instances }) => mode === 'managed' && instances?.length !== 0)
    .map(({ module, type, name }) => [...(module === undefined ? [] : [module]), type, name].join('.'))
}

interface State {
  readonly resources: readonly {
    readonly module?: string
    readonly mode: string
    readonly type: string
    readonly name: string
    readonly instances?: readonly unknown[]
  }[]
}

function parse(text: string, key: string): State {
  try {
    const state = JSON.parse(text) as Partial<State>
    // The same in every version of the format since Terraform 0.12.
    if (Array.isArray(state.resources)) return { resources: state.resources }
  } catch {
    // Told below.
  }
  throw new DeployProblem(`${key} is no state that can be read; wanted: Terraform's state, or no such object`)
}
