import type { Resource, StackJson } from '../synthesised/stack-json.ts'
import { fixedParts, type Part, PRICED_TYPES } from './fixed.ts'
import { FREE, WITH_USE_ALONE } from './free.ts'
import { PRICES, type PriceKey } from './prices.ts'

/** What one thing of a resource costs. */
export interface Line {
  readonly address: string
  /** Where its construct is in the stack: `network/nat-a`. */
  readonly path: string
  readonly what: string
  readonly quantity: number
  readonly unit: string
  readonly price: PriceKey
  /** US dollars a month, not rounded. */
  readonly usd: number
  readonly kind: 'fixed' | 'use'
  /** What had to be assumed to know the quantity. @default nothing: it stands in the stack */
  readonly assumption?: string
}

/** What is deployed and cannot be priced. */
export interface Unpriced {
  readonly address: string
  readonly reason: string
}

/** What a stack costs a month, in lines. */
export interface Estimate {
  readonly lines: readonly Line[]
  readonly unpriced: readonly Unpriced[]
}

/** What a stack costs before there is any request, with a release running on as few tasks as it ever has. */
export function fixedCosts(stack: StackJson): Estimate {
  const lines: Line[] = []
  const unpriced: Unpriced[] = []
  for (const resource of stack.resources) {
    if (!isKnown(resource.type)) {
      unpriced.push({ address: resource.address, reason: `there is no price of ${resource.type}` })
      continue
    }
    for (const part of fixedParts(resource, stack)) {
      if ('reason' in part) unpriced.push({ address: resource.address, reason: part.reason })
      else if (part.quantity > 0) lines.push(lineOf(resource, part, 'fixed'))
    }
  }
  return { lines, unpriced }
}

export function lineOf(resource: Resource, part: Part, kind: Line['kind']): Line {
  const { usd, unit } = PRICES[part.price]
  return { address: resource.address, path: resource.path, unit, usd: part.quantity * usd, kind, ...part }
}

/** Whether it is known what a type of resources costs, or that it is free. */
export function isKnown(type: string): boolean {
  return PRICED_TYPES.has(type) || type in FREE || type in WITH_USE_ALONE
}

export function sum(lines: readonly Pick<Line, 'usd'>[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0)
}
