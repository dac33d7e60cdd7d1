import { isBlock, valuesAt } from '@cartwright/infra/stack-json'
import { DOCUMENTS } from '../documents.ts'

/** A block of Terraform's JSON that may be changed, because it is a copy. */
export type Draft = Record<string, unknown>

/** A resource of a copy. */
export interface Found {
  readonly type: string
  readonly id: string
  readonly block: Draft
}

/** Every resource of a copy. */
export function resourcesOf(json: Draft): readonly Found[] {
  return Object.entries(draft(json['resource'])).flatMap(([type, named]) =>
    Object.entries(draft(named)).map(([id, block]) => ({ type, id, block: draft(block) })),
  )
}

/** The resource that a construct makes, by its path in the stack: `network/vpc`. */
export function resourceAt(json: Draft, path: string): Found {
  const found = resourcesOf(json).find(({ block }) =>
    valuesAt(block, '//.metadata.path').some((at) => String(at).replace(/^[^/]*\//, '') === path),
  )
  if (found === undefined) throw new Error(`there is no resource ${path}`)
  return found
}

/** Sets an attribute such as `rule.0.action`; a list without a number means its first. Nothing for a value takes it away. */
export function set(block: Draft, attribute: string, value: unknown): void {
  const names = attribute.split('.')
  const last = names.pop() ?? ''
  let at: unknown = block
  for (const name of names) {
    if (Array.isArray(at) && !/^\d+$/.test(name)) at = at[0]
    const holder = draft(at)
    holder[name] ??= {}
    at = holder[name]
  }
  const holder = draft(Array.isArray(at) && !/^\d+$/.test(last) ? at[0] : at)
  if (value === undefined) delete holder[last]
  else holder[last] = value
}

/** Takes a resource away; what waits for it does not wait any more. What refers to it is left as it is. */
export function remove(json: Draft, { type, id }: Pick<Found, 'type' | 'id'>): void {
  const named = draft(draft(json['resource'])[type])
  delete named[id]
  for (const { block } of resourcesOf(json)) {
    const waits = block['depends_on']
    if (Array.isArray(waits)) block['depends_on'] = waits.filter((one) => one !== `${type}.${id}`)
  }
}

/** Puts a resource of our own beside the others: `type.added`. */
export function add(json: Draft, type: string, block: Draft, id = 'added'): void {
  const resources = draft(json['resource'])
  resources[type] = { ...(isBlock(resources[type]) ? resources[type] : {}), [id]: block }
}

/** Changes the statements of a resource's policy. */
export function inStatements({ type, block }: Found, change: (statements: Draft[]) => void): void {
  const attribute = DOCUMENTS[type]
  if (attribute === undefined) throw new Error(`${type} has no policy`)
  const document = JSON.parse(String(block[attribute]))
  change(document.Statement)
  block[attribute] = JSON.stringify(document)
}

/** Changes the containers of a task definition. */
export function inContainers({ block }: Found, change: (containers: Draft[]) => void): void {
  const containers = JSON.parse(String(block['container_definitions']))
  change(containers)
  block['container_definitions'] = JSON.stringify(containers)
}

/** A value that is an object, or a list. */
function draft(value: unknown): Draft {
  if (typeof value !== 'object' || value === null) throw new Error(`${String(value)} has no attributes`)
  return value as Draft
}
