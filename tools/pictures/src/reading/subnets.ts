import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { code, type Line } from '../drawing/text.ts'
import { counted, nameOf, needs, shortName, textAt } from './names.ts'

/** Where a subnet's routes lead. */
export type Exit = 'internet' | 'NAT' | 'elsewhere' | 'none'
export const EXITS: readonly Exit[] = ['internet', 'NAT', 'elsewhere', 'none']

/** A subnet with its routes, and what stands in it. */
export interface Subnet {
  readonly title: string
  readonly lines: readonly Line[]
  readonly resource: Resource
  readonly zone: string
  readonly exit: Exit
  /** What its routes lead to. */
  readonly gateways: readonly Resource[]
  readonly occupants: readonly string[]
  readonly nats: readonly Resource[]
}

export function subnetsIn(stack: StackJson): readonly Subnet[] {
  return stack.all('aws_subnet').map((subnet) => subnetOf(stack, subnet))
}

function subnetOf(stack: StackJson, subnet: Resource): Subnet {
  const tables = stack
    .referring(subnet, 'aws_route_table_association', 'subnet_id')
    .flatMap((association) => stack.referredBy(valuesAt(association.block, 'route_table_id')))
  const routes = tables.flatMap((table) => stack.referring(table, 'aws_route', 'route_table_id'))
  const gateways = routes.flatMap((route) => stack.referredBy(targetOf(route)))
  const endpoints = stack
    .all('aws_vpc_endpoint')
    .filter(({ block }) =>
      stack.referredBy(valuesAt(block, 'route_table_ids')).some((table) => tables.includes(table)),
    )
  const lines: Line[] = [code(textAt(subnet, 'cidr_block') ?? '')]
  for (const route of routes) {
    const [via] = stack.referredBy(targetOf(route))
    const to = via === undefined ? 'elsewhere' : viaName(stack, via)
    lines.push(code(`${textAt(route, 'destination_cidr_block') ?? 'other addresses'} → ${to}`))
  }
  if (endpoints.length > 0) lines.push(`${endpoints.map(serviceOf).join(', ')} by gateway endpoints`)
  if (routes.length === 0) lines.push('no route out of the VPC')
  return {
    resource: subnet,
    zone: textAt(subnet, 'availability_zone') ?? 'any',
    title: shortName(stack, subnet),
    lines,
    exit: exitBy(routes, gateways),
    gateways,
    occupants: occupantsOf(stack, subnet),
    nats: stack.referring(subnet, 'aws_nat_gateway', 'subnet_id'),
  }
}

/** What a route sends to: everything in it but the table that it stands in. */
function targetOf({ block }: Resource): unknown {
  return Object.entries(block)
    .filter(([attribute]) => attribute !== 'route_table_id' && attribute !== '//')
    .map(([, value]) => value)
}

function viaName(stack: StackJson, via: Resource): string {
  return via.type === 'aws_internet_gateway' ? 'internet' : shortName(stack, via)
}

function exitBy(routes: readonly Resource[], gateways: readonly Resource[]): Exit {
  if (gateways.some(({ type }) => type === 'aws_internet_gateway')) return 'internet'
  if (gateways.some(({ type }) => type === 'aws_nat_gateway')) return 'NAT'
  return routes.length === 0 ? 'none' : 'elsewhere'
}

/** What stands in subnets and how it is called here; the others are called by their type. */
const KINDS: Readonly<Record<string, string>> = {
  aws_lb: 'Load balancer',
  aws_ecs_service: 'Tasks',
  aws_elasticache_replication_group: 'Redis',
  aws_vpc_endpoint: 'interface endpoint',
}

function occupantsOf(stack: StackJson, subnet: Resource): readonly string[] {
  const apart = ['aws_route_table_association', 'aws_nat_gateway', 'aws_elasticache_subnet_group']
  const groups = stack.referring(subnet, 'aws_elasticache_subnet_group', 'subnet_ids')
  const direct = stack.resources.filter((one) => !apart.includes(one.type) && needs(stack, one, subnet))
  const grouped = groups
    .flatMap((group) => stack.referring(group, 'aws_elasticache_replication_group', 'subnet_group_name'))
    .filter(({ block }) =>
      isIn(valuesAt(block, 'preferred_cache_cluster_azs'), textAt(subnet, 'availability_zone')),
    )
  const kinds = Map.groupBy([...direct, ...grouped], ({ type }) => type)
  return [...kinds].map(([type, { length }]) => {
    const kind = KINDS[type] ?? type
    return length === 1 ? kind : counted(length, kind)
  })
}

/** Whether a list of zones, which may be left to AWS, has the zone. */
function isIn(zones: readonly unknown[], zone: string | undefined): boolean {
  return zones.length === 0 || zones.includes(zone)
}

/** `ecr.api` of `com.amazonaws.eu-west-1.ecr.api`. */
export function serviceOf(endpoint: Resource): string {
  return (textAt(endpoint, 'service_name') ?? nameOf(endpoint)).split('.').slice(3).join('.')
}
