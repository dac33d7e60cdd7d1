import type { CartError, LineKey } from '@cartwright/cart-domain'
import { StoreUnavailable } from '@cartwright/cart-store'
import { CatalogUnavailable } from '../catalog/catalog.ts'
import { Problem, type ProblemCode, type ProblemMembers, unavailableProblem } from './catalogue.ts'

/** What the domain refused, as the client is told of it. `index` is the place in a list of actions. */
export function refusal(error: CartError, index?: number): Problem {
  const problem = <Code extends CartError['code']>(
    code: Code,
    detail: string,
    members?: ProblemMembers<Code>,
  ): Problem => {
    const place = index === undefined ? {} : { errors: [{ pointer: `/actions/${index}`, message: detail }] }
    return new Problem<ProblemCode>(code, detail, { members: { ...members, ...place } })
  }
  switch (error.code) {
    case 'line-not-found':
      return problem(error.code, `the cart has no line of ${named(error.line)}`, { line: error.line })
    case 'unknown-product':
      return problem(error.code, `the catalog has no product ${JSON.stringify(error.line.productId)}`, {
        line: error.line,
      })
    case 'unknown-variant':
      return problem(
        error.code,
        error.variants.length === 0
          ? `${named(error.line)}: the product has no variants; wanted: no variant`
          : `${named(error.line)}; wanted: one of ${error.variants.join(', ')}`,
        { line: error.line, variants: error.variants },
      )
    case 'quantity-limit-exceeded':
      return problem(error.code, `the line would hold ${error.asked} pieces; the limit is ${error.limit}`, {
        line: error.line,
        limit: error.limit,
        asked: error.asked,
      })
    case 'line-limit-exceeded':
      return problem(error.code, `the cart would hold ${error.asked} lines; the limit is ${error.limit}`, {
        limit: error.limit,
        asked: error.asked,
      })
    case 'currency-mismatch':
      return problem(
        error.code,
        `the cart is in ${error.cartCurrency}, the other in ${error.otherCurrency}`,
        {
          cartCurrency: error.cartCurrency,
          otherCurrency: error.otherCurrency,
        },
      )
    case 'merge-into-itself':
      return problem(error.code, 'sourceCartId and X-Cart-ID name the same cart; wanted: two carts')
    case 'cart-empty':
      return problem(error.code, 'the cart has no lines to check out')
    case 'product-unavailable':
      return problem(error.code, `no longer in the catalog: ${error.lines.map(named).join(', ')}`, {
        lines: error.lines,
      })
    case 'total-changed':
      return problem(
        error.code,
        `the total is ${error.currentTotal.amount} ${error.currentTotal.currency} in minor units, not the expected one`,
        { currentTotal: error.currentTotal },
      )
    case 'cart-too-large':
      return problem(error.code, 'the cart would be larger than can be stored or counted exactly')
  }
}

/** Any failure as a problem: the one gate through which the unknown becomes known. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof StoreUnavailable) {
    if (error.reason === 'contention') {
      return unavailableProblem('too-much-contention', 'the cart is being changed too often at the moment', {
        cause: error,
      })
    }
    return unavailableProblem('store-unavailable', 'the store does not answer at the moment', {
      members: { outcome: error.outcome },
      cause: error,
    })
  }
  if (error instanceof CatalogUnavailable) {
    return unavailableProblem('catalog-unavailable', 'the product service does not answer at the moment', {
      retryAfterSeconds: error.retryAfterSeconds,
      cause: error,
    })
  }
  return new Problem('internal-error', 'the request failed for a reason that is not its own', {
    cause: error,
  })
}

function named({ productId, variant }: LineKey): string {
  return variant === undefined
    ? `product ${JSON.stringify(productId)}`
    : `product ${JSON.stringify(productId)} in variant ${JSON.stringify(variant)}`
}
