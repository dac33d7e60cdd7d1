import type { StackJson } from '@cartwright/infra/stack-json'
import type { Exception } from '../exception.ts'
import { type Judgement, judge } from '../judge.ts'
import { RULES } from '../rules/index.ts'
import { changed } from '../test/stacks.ts'
import type { Mutation } from './mutation.ts'
import { reasonOf } from './reasons.ts'

/** What became of a mutation. */
export type Outcome =
  | { readonly is: 'found'; readonly rules: readonly string[] }
  /** No rule finds it, but an exception is not needed any more, which ends `npm run policy` as well. */
  | { readonly is: 'stale'; readonly exceptions: readonly Exception[] }
  | { readonly is: 'accepted'; readonly exceptions: readonly Exception[] }
  | { readonly is: 'not a finding'; readonly reason: string }
  | { readonly is: 'missed' }

/** What is known of the stacks as they are. */
export interface Known {
  readonly before: Judgement
  readonly others: readonly Judgement[]
  readonly exceptions: readonly Exception[]
}

/**
 * Judges a copy of a stack with a mutation.
 *
 * @param before what is said of the stack as it is
 * @param others what is said of the other stacks, which may need an exception as well
 */
export function outcomeOf(
  mutation: Mutation,
  stack: StackJson,
  { before, others, exceptions }: Known,
): Outcome {
  const after = judge(changed([stack], stack.name, mutation.change), RULES, exceptions)
  const found = after.findings.filter((one) => !isIn(one, before.findings))
  if (found.length > 0) return { is: 'found', rules: [...new Set(found.map(({ rule }) => rule.id))] }
  const needed = new Set([before.stale, others.flatMap(usedIn)].flat())
  const stale = after.stale.filter((one) => !needed.has(one))
  if (stale.length > 0) return { is: 'stale', exceptions: stale }
  const accepted = after.accepted.filter((one) => !isIn(one, before.accepted))
  if (accepted.length > 0)
    return { is: 'accepted', exceptions: [...new Set(accepted.map(({ exception }) => exception))] }
  const reason = reasonOf(mutation)
  return reason === undefined ? { is: 'missed' } : { is: 'not a finding', reason }
}

function usedIn({ accepted }: Judgement): readonly Exception[] {
  return accepted.map(({ exception }) => exception)
}

function isIn(finding: Judgement['findings'][number], all: Judgement['findings']): boolean {
  return all.some(
    ({ rule, resource, at, seen }) =>
      rule === finding.rule &&
      resource.address === finding.resource.address &&
      at === finding.at &&
      seen === finding.seen,
  )
}
