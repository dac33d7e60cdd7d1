import { BlockList, isIPv6 } from 'node:net'
import type { ConditionConfiguration, QueryPair } from '../declared/configuration.ts'
import { matches } from './pattern.ts'
import { type RequestFacts, valuesOf } from './request-facts.ts'

/**
 * AWS: "Condition types for listener rules". Host names, header values and query strings are compared without regard to
 * case, paths and methods with it.
 */
export function holds(condition: ConditionConfiguration, facts: RequestFacts): boolean {
  switch (condition.field) {
    case 'host-header':
      return condition.patterns.some((pattern) => matches(pattern, facts.host, { isCaseSensitive: false }))
    case 'path-pattern':
      return condition.patterns.some((pattern) => matches(pattern, facts.path, { isCaseSensitive: true }))
    case 'http-header':
      return valuesOf(facts.headers, condition.name).some((value) =>
        condition.patterns.some((pattern) => matches(pattern, value, { isCaseSensitive: false })),
      )
    case 'query-string':
      return pairsOf(facts.query).some((pair) => condition.pairs.some((wanted) => isPair(wanted, pair)))
    case 'http-request-method':
      return condition.methods.includes(facts.method)
    case 'source-ip':
      return condition.blocks.some((block) => isInside(block, facts.address))
  }
}

type Pair = readonly [key: string, value: string]

function pairsOf(query: string): Pair[] {
  const parts = query.split('&').filter((part) => part !== '')
  return parts.map((part) => {
    const [key = '', ...value] = part.split('=')
    return [key, value.join('=')]
  })
}

function isPair(wanted: QueryPair, [key, value]: Pair): boolean {
  const options = { isCaseSensitive: false, escapes: true }
  return (
    (wanted.key === undefined || matches(wanted.key, key, options)) && matches(wanted.value, value, options)
  )
}

function isInside(block: string, address: string): boolean {
  const [network = '', length = ''] = block.split('/')
  const blocks = new BlockList()
  blocks.addSubnet(network, Number(length), isIPv6(network) ? 'ipv6' : 'ipv4')
  return blocks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
