import type { Resource, StackJson } from '@cartwright/infra/stack-json'
import { type Accepted, accepts, covers } from './exception.ts'
import type { Finding, Rule } from './rule.ts'

/** What rules say of stacks. */
export interface Judgement {
  /** What is wrong and nobody accepted. */
  readonly findings: readonly Finding[]
  /** What is wrong and accepted, with why. */
  readonly accepted: readonly (Finding & { readonly exception: Accepted })[]
  /** Exceptions whose resources are there and as the rule wants them: they would hide the next breach. */
  readonly stale: readonly Accepted[]
  /** What each rule looked at. */
  readonly looked: ReadonlyMap<Rule, readonly Resource[]>
  readonly stacks: readonly StackJson[]
}

/**
 * Judges every resource of stacks by every rule.
 *
 * @param exceptions each must be needed by some resource, where there is one that it speaks of
 */
export function judge(
  stacks: readonly StackJson[],
  rules: readonly Rule[],
  exceptions: readonly Accepted[],
): Judgement {
  const looked = new Map<Rule, Resource[]>(rules.map((rule) => [rule, []]))
  const findings: Finding[] = []
  const met = new Set<Accepted>()
  for (const stack of stacks) {
    for (const rule of rules) {
      for (const resource of rule.types.includes('*') ? stack.resources : stack.all(...rule.types)) {
        looked.get(rule)?.push(resource)
        findings.push(...rule.judge(resource, stack).map((breach) => ({ ...breach, rule, resource })))
        for (const exception of exceptions)
          if (exception.rule === rule.id && covers(exception, { resource })) met.add(exception)
      }
    }
  }
  const judged = findings.map((finding) => ({ finding, exception: exceptionOf(finding, exceptions) }))
  const used = new Set(judged.map(({ exception }) => exception))
  return {
    findings: judged.flatMap(({ finding, exception }) => (exception === undefined ? [finding] : [])),
    accepted: judged.flatMap(({ finding, exception }) =>
      exception === undefined ? [] : [{ ...finding, exception }],
    ),
    stale: [...met].filter((exception) => !used.has(exception)),
    looked,
    stacks,
  }
}

function exceptionOf(finding: Finding, exceptions: readonly Accepted[]): Accepted | undefined {
  return exceptions.find((exception) => accepts(exception, finding))
}
