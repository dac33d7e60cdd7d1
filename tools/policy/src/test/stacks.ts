import { completed, readEnvironments } from '@cartwright/environments'
import { StackJson } from '@cartwright/infra/stack-json'
import { stacksOf } from '@cartwright/infra/stacks'
import { type Exception, exceptionsOf } from '../exception.ts'
import { EXCEPTIONS } from '../exceptions.ts'
import type { Draft } from './drafts.ts'

/** The stacks of the repository's environments with everything that a user may give, and what is accepted of them. */
export interface Complete {
  readonly stacks: readonly StackJson[]
  readonly exceptions: readonly Exception[]
}

/** Synthesises, which takes a second: once for each test file. Without source lines, which are most of it. */
export async function completeStacks(): Promise<Complete> {
  const environments = (await readEnvironments({})).map((one) => completed(one, true).environment)
  const stacks = stacksOf(environments).map(
    ({ name, json }) =>
      new StackJson(
        name,
        JSON.parse(JSON.stringify(json, (key, value) => (key === 'stackTrace' ? undefined : value))),
      ),
  )
  return { stacks, exceptions: exceptionsOf(EXCEPTIONS, environments) }
}

/** The stacks with one of them changed; the ones that were given stay as they are. */
export function changed(
  stacks: readonly StackJson[],
  name: string,
  change: (json: Draft) => void,
): readonly StackJson[] {
  if (!stacks.some((stack) => stack.name === name)) throw new Error(`there is no stack ${name}`)
  return stacks.map((stack) => {
    if (stack.name !== name) return stack
    // What Terraform reads is an object, and so is its copy.
    const json = structuredClone(stack.json) as Draft
    change(json)
    return new StackJson(name, json)
  })
}
