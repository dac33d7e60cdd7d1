import type { Environment, FieldName } from '@cartwright/environments'
import type { Finding } from './rule.ts'

/** A breach that somebody decided to live with. */
export interface Exception {
  /** The rule's id. */
  readonly rule: string
  /** Where: paths of constructs in their stack, `*` for any part of one: `load-balancer/*`. */
  readonly at: string
  /** Which breach, as the finding names it: `policy EnterRegistry`. @default every breach of the rule there */
  readonly breach?: string
  /** In which environments: what their files say decides, not their names. @default in every stack */
  readonly where?: (environment: Environment) => boolean
  /** Why it is accepted, and what protects instead. */
  readonly reason: string
  /** The field of an environment that decides it, or `design` where none does: whoever changes that looks here again. */
  readonly owner: FieldName | 'design'
  /** The day it was accepted, as 2026-11-22. */
  readonly accepted: string
}

/** An exception with the stacks that it counts in, once the environments are known; without them in every one. */
export interface Accepted extends Exception {
  readonly stacks?: readonly string[]
}

/** The exceptions that count for environments. One that holds in none of them is left out. */
export function exceptionsOf(
  exceptions: readonly Exception[],
  environments: readonly Environment[],
): readonly Accepted[] {
  return exceptions.flatMap((exception) => {
    const { where } = exception
    if (where === undefined) return [exception]
    const stacks = environments.filter((environment) => where(environment)).map(({ name }) => name)
    return stacks.length === 0 ? [] : [{ ...exception, stacks }]
  })
}

/** Whether an exception means a finding. */
export function accepts(exception: Accepted, finding: Finding): boolean {
  return (
    exception.rule === finding.rule.id &&
    covers(exception, finding) &&
    (exception.breach === undefined || exception.breach === finding.at)
  )
}

/** Whether an exception speaks of a resource. */
export function covers({ at, stacks }: Accepted, { resource }: Pick<Finding, 'resource'>): boolean {
  return (stacks === undefined || stacks.includes(resource.stack)) && isAt(at, resource.path)
}

/** Whether a path is one of those that a pattern means: `*` stands for anything within a part, `**` for parts as well. */
function isAt(pattern: string, at: string): boolean {
  const expression = pattern
    .split('**')
    .map((part) => part.split('*').map(escaped).join('[^/]*'))
    .join('.*')
  return new RegExp(`^${expression}$`).test(at)
}

function escaped(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
}
