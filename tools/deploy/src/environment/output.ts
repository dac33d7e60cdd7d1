import type { State } from '../backend/state.ts'
import { DeployProblem } from '../problem.ts'
import type { Options } from './options.ts'

/**
 * What a deployed environment tells other tools, as text.
 *
 * @throws {DeployProblem} where it is not deployed, or has no such output
 */
export function shownOutputs(
  state: State,
  { environment, output, isJson }: Pick<Options, 'environment' | 'output' | 'isJson'>,
): string {
  const outputs = Object.entries(state.outputs).toSorted(([one], [other]) => (one < other ? -1 : 1))
  if (outputs.length === 0) {
    throw new DeployProblem(`${environment} is not deployed; wanted: npm run deploy -- ${environment}`)
  }
  if (output === undefined) {
    if (isJson) return json(Object.fromEntries(outputs))
    return outputs.map(([name, one]) => `${name} = ${shown(one).replaceAll('\n', ', ')}`).join('\n')
  }
  const found = outputs.find(([name]) => name === output)
  if (found === undefined) {
    const names = outputs.map(([name]) => name).join(', ')
    throw new DeployProblem(`${environment} has no output "${output}"; wanted: one of ${names}`)
  }
  return isJson ? json(found[1]) : shown(found[1])
}

/** Ready for a shell: a text is itself, and a list has a line for each. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join('\n')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
