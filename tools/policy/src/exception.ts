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
  /** Which stacks. @default all */
  readonly stacks?: readonly string[]
  /** Why it is accepted, and what protects instead. */
  readonly reason: string
  /** The field of an environment that decides it, or `design` where none does: whoever changes that looks here again. */
  readonly owner: FieldName | 'design'
  /** Whether it is only accepted as long as nobody has given the field. @default accepted whatever it says */
  readonly whileOpen?: true
  /** The day it was accepted, as 2026-11-22. */
  readonly accepted: string
}

/** The exceptions that count for environments: what waits for a field counts where nobody has given it. */
export function exceptionsOf(
  exceptions: readonly Exception[],
  environments: readonly Environment[],
): readonly Exception[] {
  return exceptions.flatMap((exception) => {
    const { owner, whileOpen, stacks } = exception
    if (whileOpen !== true || owner === 'design') return [exception]
    const open = environments.filter((environment) => isOpen(environment[owner])).map(({ name }) => name)
    const left = open.filter((name) => stacks?.includes(name) ?? true)
    return left.length === 0 ? [] : [{ ...exception, stacks: left }]
  })
}

function isOpen(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

/** Whether an exception means a finding. */
export function accepts(exception: Exception, finding: Finding): boolean {
  return (
    exception.rule === finding.rule.id &&
    covers(exception, finding) &&
    (exception.breach === undefined || exception.breach === finding.at)
  )
}

/** Whether an exception speaks of a resource. */
export function covers({ at, stacks }: Exception, { resource }: Pick<Finding, 'resource'>): boolean {
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
