import { type Estimate, fixedCosts, type Line, PRICED_REGION, sum, useCosts } from '@cartwright/infra/cost'
import { type StackJson, valuesAt } from '@cartwright/infra/stack-json'

/** What a month of one environment costs. */
export interface Bill {
  readonly name: string
  readonly region: string
  readonly fixed: readonly Line[]
  readonly use: readonly Line[]
  readonly unpriced: Estimate['unpriced']
  /** Where the traffic is more than the environment takes. */
  readonly beyond: readonly string[]
}

/** @param traffic requests a second */
export function billOf(stack: StackJson, traffic: number): Bill {
  const { lines: fixed, unpriced } = fixedCosts(stack)
  const { lines: use, beyond } = useCosts(stack, traffic)
  const [region = PRICED_REGION] = valuesAt(stack.json, 'provider.aws.region').map(String)
  return { name: stack.name, region, fixed, use, unpriced, beyond }
}

/** US dollars a month. */
export function total({ fixed, use }: Bill): number {
  return sum(fixed) + sum(use)
}

/** The dearest things, of either kind. */
export function dearest({ fixed, use }: Bill, count = 10): readonly Line[] {
  return [...fixed, ...use].toSorted((a, b) => b.usd - a.usd).slice(0, count)
}

/** The part of the stack that a line belongs to: the first construct of its path. */
export function partOf({ path }: Line): string {
  return path.split('/')[0] ?? path
}
