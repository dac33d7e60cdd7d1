import type { StateResource } from '../backend/state.ts'
import type { SynthesisedStack } from '../stacks.ts'

/** The attributes by which AWS refuses a deletion. */
const PROTECTING = ['deletion_protection_enabled', 'enable_deletion_protection']

/** The addresses of what AWS, or the configuration, refuses to delete. */
export function protectedIn(resources: readonly StateResource[], stack: SynthesisedStack): readonly string[] {
  const kept = new Set(stack.resources.filter(({ block }) => isKept(block)).map(({ address }) => address))
  return resources
    .filter(
      ({ address, values }) =>
        kept.has(address) || PROTECTING.some((attribute) => values[attribute] === true),
    )
    .map(({ address }) => address)
}

/** Whether the configuration refuses to delete it. */
export function isKept({ lifecycle }: Readonly<Record<string, unknown>>): boolean {
  // What our own synthesis wrote.
  return (lifecycle as { readonly prevent_destroy?: boolean } | undefined)?.prevent_destroy === true
}
