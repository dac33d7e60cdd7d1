import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { needs, textAt } from './names.ts'

/** One end of a connection: a security group, or addresses such as `0.0.0.0/0`. */
export type Peer = Resource | string

/** Who may open a connection to whom, as security groups have it. */
export interface Talk {
  readonly from: Peer
  readonly to: Peer
  /** `TCP 6379`, `TCP 80, 443`, `all traffic`. */
  readonly ports: string
}

interface Rule {
  readonly group: Resource
  readonly peer: Peer
  readonly ports: Ports
}

interface Ports {
  readonly protocol: string
  readonly first: number
  readonly last: number
}

const ANYBODY = ['0.0.0.0/0', '::/0']
const RULES = ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule']
const PEERS = ['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id']

/**
 * Who may talk to whom. Between two groups, one of which names the other, both have to agree: the one that lets out and the one
 * that lets in.
 */
export function talksIn(stack: StackJson): readonly Talk[] {
  refuseOtherRules(stack)
  const [ingress, egress] = RULES.map((type) => stack.all(type).flatMap((rule) => rulesOf(stack, rule)))
  const found: { from: Peer; to: Peer; ports: Ports }[] = []
  for (const { group, peer, ports } of ingress ?? [])
    if (typeof peer === 'string') found.push({ from: peer, to: group, ports })
  for (const out of egress ?? []) {
    for (const into of ingress ?? []) {
      const isNamed = typeof out.peer !== 'string' || typeof into.peer !== 'string'
      const ports = both(out.ports, into.ports)
      if (
        isNamed &&
        ports !== undefined &&
        includes(stack, out.peer, into.group) &&
        includes(stack, into.peer, out.group)
      )
        found.push({ from: out.group, to: into.group, ports })
    }
  }
  for (const { group, peer, ports } of egress ?? [])
    if (typeof peer === 'string') found.push({ from: group, to: peer, ports })
  return together(found)
}

/** What has a security group, rules apart. */
export function wearersOf(stack: StackJson, group: Resource): readonly Resource[] {
  return stack.resources.filter((one) => !RULES.includes(one.type) && needs(stack, one, group))
}

/** Rules that stand elsewhere would be missing in the picture, and nobody would see it. */
function refuseOtherRules(stack: StackJson): void {
  const others = [
    ...stack.all('aws_security_group_rule'),
    ...stack
      .all('aws_security_group')
      .filter(({ block }) => [...valuesAt(block, 'ingress'), ...valuesAt(block, 'egress')].length > 0),
  ]
  if (others.length > 0)
    throw new Error(`${others[0]?.address} has rules that no picture shows; wanted: ${RULES.join(', ')}`)
}

function rulesOf(stack: StackJson, rule: Resource): readonly Rule[] {
  const [group] = stack.referredBy(valuesAt(rule.block, 'security_group_id'))
  if (group === undefined) return []
  const addresses = PEERS.flatMap((attribute) => valuesAt(rule.block, attribute)).map(String)
  const peers = [...stack.referredBy(valuesAt(rule.block, 'referenced_security_group_id')), ...addresses]
  return peers.map((peer) => ({ group, peer, ports: portsOf(rule) }))
}

function portsOf(rule: Resource): Ports {
  const protocol = textAt(rule, 'ip_protocol') ?? '-1'
  if (protocol === '-1') return { protocol, first: 0, last: 65_535 }
  return { protocol, first: Number(textAt(rule, 'from_port')), last: Number(textAt(rule, 'to_port')) }
}

/** Whether what a rule names is, or holds, the other group. */
function includes(stack: StackJson, peer: Peer, group: Resource): boolean {
  if (typeof peer !== 'string') return peer === group
  return ANYBODY.includes(peer) || stack.all('aws_vpc').some((vpc) => textAt(vpc, 'cidr_block') === peer)
}

function both(one: Ports, other: Ports): Ports | undefined {
  if (one.protocol === '-1') return other
  if (other.protocol === '-1') return one
  const [first, last] = [Math.max(one.first, other.first), Math.min(one.last, other.last)]
  return one.protocol === other.protocol && first <= last
    ? { protocol: one.protocol, first, last }
    : undefined
}

function together(found: readonly { from: Peer; to: Peer; ports: Ports }[]): readonly Talk[] {
  const pairs = Map.groupBy(found, ({ from, to }) => `${idOf(from)} ${idOf(to)}`)
  return [...pairs.values()].flatMap((same) => {
    const [first] = same
    return first === undefined ? [] : [{ ...first, ports: told(same.map(({ ports }) => ports)) }]
  })
}

export function idOf(peer: Peer): string {
  return typeof peer === 'string' ? peer : peer.address
}

function told(all: readonly Ports[]): string {
  if (all.some(({ protocol }) => protocol === '-1')) return 'all traffic'
  const byProtocol = Map.groupBy(all, ({ protocol }) => protocol.toUpperCase())
  return [...byProtocol]
    .map(([protocol, ports]) => {
      const sorted = ports.toSorted((one, other) => one.first - other.first)
      const texts = sorted.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
      return `${protocol} ${[...new Set(texts)].join(', ')}`
    })
    .join(', ')
}
