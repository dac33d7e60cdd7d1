import type { SynthesisedStack } from '../stacks.ts'
import { managed, type StateJson } from '../terraform/plan.ts'

/** The attributes by which AWS refuses a deletion. */
const PROTECTING = ['deletion_protection_enabled', 'enable_deletion_protection']

/** The addresses of what AWS, or the configuration, refuses to delete. */
export function protectedIn(state: StateJson, stack: SynthesisedStack): readonly string[] {
  const kept = new Set(stack.resources.filter(({ block }) => isKept(block)).map(({ address }) => address))
  return managed(state)
    .filter(
      ({ address, values }) =>
        kept.has(address) || PROTECTING.some((attribute) => values[attribute] === true),
    )
    .map(({ address }) => address)
}

function isKept({ lifecycle }: Readonly<Record<string, unknown>>): boolean {
  // What our own synthesis wrote.
  return (lifecycle as { readonly prevent_destroy?: boolean } | undefined)?.prevent_destroy === true
}
