import { completed, type Environment, type FieldName, readEnvironments } from '@cartwright/environments'
import { StackJson } from '@cartwright/infra/stack-json'
import { stacksOf } from '@cartwright/infra/stacks'

/** The stacks of the repository's environments with everything on, those named changed in some fields. */
export async function stacks(
  changes: Readonly<Record<string, { readonly [Field in FieldName]?: unknown }>> = {},
): Promise<(name: string) => StackJson> {
  const environments = await readEnvironments()
  const all = stacksOf(
    environments.map((one) => {
      // Undefined takes a field away, as where nobody gave it.
      return { ...completed(one, true).environment, ...changes[one.name] } as Environment
    }),
  )
  return (name) => {
    const found = all.find((stack) => stack.name === name)
    if (found === undefined)
      throw new Error(`there is no stack ${name}; there is ${all.map((one) => one.name)}`)
    return found
  }
}

/** Resources of one type, by their ids. */
type Resources = Record<string, Record<string, unknown>>

/** A stack whose resources of a type are changed in its JSON. */
export function changed(stack: StackJson, type: string, change: (resources: Resources) => void): StackJson {
  const json = structuredClone(stack.json)
  // What `StackJson` has checked.
  const all = json['resource'] as Record<string, Resources>
  const resources: Resources = all[type] ?? {}
  all[type] = resources
  change(resources)
  return new StackJson(stack.name, json)
}

/** The JSON of one resource, by the path of its construct. */
export function at(
  stack: StackJson,
  path: string,
): { id: string; address: string; block: Record<string, unknown> } {
  const found = stack.resources.find((resource) => resource.path === path)
  if (found === undefined) throw new Error(`${stack.name} has nothing at ${path}`)
  return { ...found, block: structuredClone(found.block) }
}
