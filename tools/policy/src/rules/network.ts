import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import type { Breach, Rule } from '../rule.ts'
import { all, anything, attribute, companion, ifGiven, not, oneOf, shown, where } from '../wants.ts'

const WORLD = ['0.0.0.0/0', '::/0']
const INGRESS = ['aws_vpc_security_group_ingress_rule', 'aws_security_group_rule'] as const
const EGRESS = 'aws_vpc_security_group_egress_rule'
const GROUPS = 'aws_security_group'

/** Rules of who reaches what. */
export const NETWORK: readonly Rule[] = [
  {
    id: 'ingress-from-world-only-to-the-load-balancer',
    wants: 'nothing but a load balancer takes connections from everywhere, and only on 80 and 443',
    severity: 'critical',
    types: INGRESS,
    judge: (rule, stack) => {
      if (!isIngress(rule) || !isFromWorld(rule)) return []
      const { from, to } = portsOf(rule)
      const isOfBalancer = groupsOf(rule, stack).some(
        (group) => stack.referring(group, 'aws_lb', 'security_groups').length > 0,
      )
      const isWeb =
        from === to &&
        (from === 80 || from === 443) &&
        [...valuesAt(rule.block, 'ip_protocol'), ...valuesAt(rule.block, 'protocol')].every(
          (protocol) => protocol === 'tcp' || protocol === '6',
        )
      if (isOfBalancer && isWeb) return []
      return [
        {
          at: 'cidr_ipv4',
          seen: `everywhere, to ${from === to ? from : `${from}-${to}`}${isOfBalancer ? '' : ' of no load balancer'}`,
          wanted: 'a group of this network, or 80 and 443 of a load balancer, by TCP',
        },
      ]
    },
  },
  portClosed('ingress-ssh-closed', 22),
  portClosed('ingress-rdp-closed', 3389),
  {
    id: 'ingress-not-all-protocols',
    wants: 'a way in names its protocol and ports',
    severity: 'high',
    types: INGRESS,
    judge: where(
      isIngress,
      all(attribute('ip_protocol', not(oneOf('-1', 'all'))), attribute('from_port', anything)),
    ),
  },
  {
    id: 'egress-not-all-protocols',
    wants: 'a way out names its protocol and ports',
    severity: 'medium',
    types: [EGRESS, 'aws_security_group_rule'],
    judge: where(
      ({ type, block }) => type === EGRESS || valuesAt(block, 'type').includes('egress'),
      all(
        attribute('from_port', anything),
        ifGiven('ip_protocol', not(oneOf('-1', 'all'))),
        ifGiven('protocol', not(oneOf('-1', 'all'))),
      ),
    ),
  },
  {
    id: 'group-without-inline-rules',
    wants:
      "a group's ways in and out are resources of their own: inline ones and those would undo each other",
    severity: 'medium',
    types: [GROUPS],
    judge: ({ block }) =>
      ['ingress', 'egress']
        .filter((at) => valuesAt(block, at).length > 0)
        .map((at) => ({ at, seen: shown(valuesAt(block, at)), wanted: 'aws_vpc_security_group_…_rule' })),
  },
  {
    id: 'group-described',
    wants: 'a group and each way in and out says what it is for',
    severity: 'low',
    types: [GROUPS, ...INGRESS, EGRESS],
    judge: attribute('description', anything),
  },
  {
    id: 'group-used',
    wants: 'a group is of something',
    severity: 'low',
    types: [GROUPS],
    judge: (group, stack) =>
      [
        'aws_lb',
        'aws_ecs_service',
        'aws_elasticache_replication_group',
        'aws_vpc_endpoint',
        'aws_codebuild_project',
      ].some((type) => stack.all(type).some(({ block }) => stack.referredBy(block).includes(group)))
        ? []
        : [{ at: 'id', seen: 'nothing that has it', wanted: 'a load balancer, service, cache or endpoint' }],
  },
  {
    id: 'default-group-empty',
    wants: "a network's own group lets nothing in or out: what was forgotten would be in it",
    severity: 'high',
    types: ['aws_vpc'],
    judge: companion('aws_default_security_group', 'vpc_id', {
      judge: (group, stack) => [
        ...['ingress', 'egress']
          .filter((at) => valuesAt(group.block, at).length > 0)
          .map((at) => ({ at, seen: shown(valuesAt(group.block, at)), wanted: 'nothing' })),
        ...[...INGRESS, EGRESS]
          .flatMap((type) => stack.referring(group, type, 'security_group_id'))
          .map(({ path }) => ({ at: 'id', seen: path, wanted: 'no rule of its own' })),
      ],
    }),
  },
  {
    id: 'flows-logged',
    wants: 'every connection of a network is logged',
    severity: 'medium',
    types: ['aws_vpc'],
    judge: companion('aws_flow_log', 'vpc_id', {
      judge: all(attribute('traffic_type', oneOf('ALL', 'REJECT')), logDestination('log_destination')),
    }),
  },
  {
    id: 'subnet-gives-no-public-addresses',
    wants: 'what starts in a subnet gets no public address by itself',
    severity: 'medium',
    types: ['aws_subnet'],
    judge: all(
      attribute('map_public_ip_on_launch', oneOf(false), false),
      attribute('assign_ipv6_address_on_creation', oneOf(false), false),
    ),
  },
  {
    id: 'task-without-public-address',
    wants: 'tasks have no public address',
    severity: 'high',
    types: ['aws_ecs_service'],
    judge: attribute('network_configuration.assign_public_ip', oneOf(false), false),
  },
  {
    id: 'private-subnets-behind-nat',
    wants: 'only subnets of load balancers and NAT gateways have a route to the internet gateway',
    severity: 'critical',
    types: ['aws_ecs_service', 'aws_elasticache_subnet_group'],
    judge: (resource, stack) =>
      subnetsOf(resource, stack)
        .filter((subnet) =>
          routesOf(subnet, stack).some(({ block }) => valuesAt(block, 'gateway_id').length > 0),
        )
        .map(({ path }) => ({
          at: 'subnets',
          seen: `${path}, open to the internet`,
          wanted: 'subnets without such a route',
        })),
  },
  {
    id: 'route-table-without-inline-routes',
    wants: 'a route is a resource of its own: those in a table are overlooked, and fight with the others',
    severity: 'high',
    types: ['aws_route_table', 'aws_default_route_table'],
    judge: ({ block }) =>
      valuesAt(block, 'route').map((route) => ({ at: 'route', seen: shown(route), wanted: 'aws_route' })),
  },
  {
    id: 'data-subnets-closed',
    wants: 'the subnets of data have no route out of the network',
    severity: 'high',
    types: ['aws_elasticache_subnet_group'],
    judge: (resource, stack) =>
      subnetsOf(resource, stack)
        .filter((subnet) => routesOf(subnet, stack).length > 0)
        .map(({ path }) => ({ at: 'subnet_ids', seen: `${path}, with a route out`, wanted: 'no route' })),
  },
  {
    id: 'tasks-reach-aws',
    wants: 'the subnets of tasks have a way to AWS: NAT, or else no image is ever pulled',
    severity: 'critical',
    types: ['aws_ecs_service'],
    judge: (resource, stack) =>
      subnetsOf(resource, stack)
        .filter(
          (subnet) =>
            !routesOf(subnet, stack).some(({ block }) => valuesAt(block, 'nat_gateway_id').length > 0),
        )
        .map(({ path }) => ({
          at: 'network_configuration.subnets',
          seen: `${path} without a way out`,
          wanted: 'a route to a NAT gateway',
        })),
  },
  {
    id: 'balancer-in-two-zones',
    wants: 'a load balancer stands in two zones at least, which AWS asks for as well',
    severity: 'high',
    types: ['aws_lb'],
    judge: ({ block }, stack) => {
      const zones = stack
        .referredBy(valuesAt(block, 'subnets'))
        .flatMap((subnet) => valuesAt(subnet.block, 'availability_zone'))
      return new Set(zones).size >= 2
        ? []
        : [{ at: 'subnets', seen: shown(zones), wanted: 'subnets of two zones at least' }]
    },
  },
  {
    id: 'balancer-reaches-tasks',
    wants:
      "the load balancer's group may send to the tasks' group on the container's port, and that group lets it in",
    severity: 'critical',
    types: ['aws_ecs_service'],
    judge: (service, stack) => {
      const ports = valuesAt(service.block, 'load_balancer.container_port').filter(
        (port) => typeof port === 'number',
      )
      const targets = groupsIn(service, 'network_configuration.security_groups', stack)
      const sources = stack.all('aws_lb').flatMap((balancer) => groupsIn(balancer, 'security_groups', stack))
      return ports.flatMap((port) => pathBreaches(stack, sources, targets, port, 'load balancer to tasks'))
    },
  },
  {
    id: 'tasks-reach-redis',
    wants: "the tasks' group may send to the cache's group on its port, and that group lets it in",
    severity: 'critical',
    types: ['aws_elasticache_replication_group'],
    judge: (cache, stack) => {
      const [port] = valuesAt(cache.block, 'port')
      const sources = stack
        .all('aws_ecs_service')
        .flatMap((service) => groupsIn(service, 'network_configuration.security_groups', stack))
      const targets = groupsIn(cache, 'security_group_ids', stack)
      return pathBreaches(stack, sources, targets, typeof port === 'number' ? port : 6379, 'tasks to Redis')
    },
  },
  {
    id: 'tasks-reach-endpoints',
    wants: "the tasks' group may send to an interface endpoint on 443, and its group lets it in",
    severity: 'critical',
    types: ['aws_vpc_endpoint'],
    judge: (endpoint, stack) => {
      if (!valuesAt(endpoint.block, 'vpc_endpoint_type').includes('Interface')) return []
      const sources = stack
        .all('aws_ecs_service')
        .flatMap((service) => groupsIn(service, 'network_configuration.security_groups', stack))
      return pathBreaches(
        stack,
        sources,
        groupsIn(endpoint, 'security_group_ids', stack),
        443,
        'tasks to endpoint',
      )
    },
  },
  {
    id: 'endpoint-answers-by-the-usual-name',
    wants:
      "an interface endpoint answers by the service's own name: without it everything goes on through NAT",
    severity: 'medium',
    types: ['aws_vpc_endpoint'],
    judge: where(isInterface, attribute('private_dns_enabled', oneOf(true), false)),
  },
  {
    id: 'gateway-endpoints-for-s3-and-dynamodb',
    wants: 'S3, where image layers are, and DynamoDB are reached without NAT: it costs nothing',
    severity: 'medium',
    types: ['aws_vpc'],
    judge: (vpc, stack) => {
      const there = stack
        .referring(vpc, 'aws_vpc_endpoint', 'vpc_id')
        .filter((endpoint) => valuesAt(endpoint.block, 'route_table_ids').length > 0)
        .flatMap(({ block }) => valuesAt(block, 'service_name').map(String))
      return ['s3', 'dynamodb']
        .filter((service) => !there.some((name) => name.endsWith(`.${service}`)))
        .map((service) => ({
          at: 'aws_vpc_endpoint',
          seen: `none for ${service}`,
          wanted: 'a gateway endpoint',
        }))
    },
  },
  endpoints('endpoints-for-images', 'images are pulled without NAT', ['ecr.api', 'ecr.dkr']),
  endpoints('endpoints-for-managing', "EC2's and Systems Manager's APIs are reached without NAT", [
    'ec2',
    'ssm',
    'ssm-contacts',
    'ssm-incidents',
  ]),
  {
    id: 'gateway-endpoint-bound',
    wants: "a gateway endpoint lets through to what is wanted alone, not to anybody's bucket or table",
    severity: 'low',
    types: ['aws_vpc_endpoint'],
    judge: where((endpoint) => !isInterface(endpoint), attribute('policy', anything)),
  },
  {
    id: 'address-used',
    wants: 'an address that is paid for is used',
    severity: 'low',
    types: ['aws_eip'],
    judge: companion('aws_nat_gateway', 'allocation_id'),
  },
  {
    id: 'route-to-no-instance',
    wants: 'a way out leads to a gateway, not to an instance that somebody has to look after',
    severity: 'medium',
    types: ['aws_route'],
    judge: ({ block }) =>
      ['instance_id', 'network_interface_id'].flatMap((at) =>
        valuesAt(block, at).map((value) => ({ at, seen: shown(value), wanted: 'a NAT gateway' })),
      ),
  },
  {
    id: 'no-peering-route-to-everything',
    wants: 'a route to a peering names the addresses of the other side',
    severity: 'medium',
    types: ['aws_route'],
    judge: where(
      ({ block }) => valuesAt(block, 'vpc_peering_connection_id').length > 0,
      all(
        ifGiven('destination_cidr_block', not(oneOf(...WORLD))),
        ifGiven('destination_ipv6_cidr_block', not(oneOf(...WORLD))),
      ),
    ),
  },
  {
    id: 'names-resolved',
    wants: 'the network resolves names and gives some: endpoints answer by them',
    severity: 'high',
    types: ['aws_vpc'],
    judge: all(
      attribute('enable_dns_support', oneOf(true), true),
      attribute('enable_dns_hostnames', oneOf(true), false),
    ),
  },
]

/** Interface endpoints of a network for some services. */
function endpoints(id: string, wants: string, services: readonly string[]): Rule {
  return {
    id,
    wants,
    severity: 'low',
    types: ['aws_vpc'],
    judge: (vpc, stack) => {
      const there = stack
        .referring(vpc, 'aws_vpc_endpoint', 'vpc_id')
        .filter(isInterface)
        .flatMap(({ block }) => valuesAt(block, 'service_name').map(String))
      return services
        .filter((service) => !there.some((name) => new RegExp(`\\.${service}(-fips)?$`).test(name)))
        .map((service) => ({
          at: `aws_vpc_endpoint ${service}`,
          seen: 'nothing',
          wanted: 'an interface endpoint',
        }))
    },
  }
}

/** A port that nobody reaches from everywhere. */
function portClosed(id: string, port: number): Rule {
  return {
    id,
    wants: `port ${port} is not reached from everywhere`,
    severity: 'critical',
    types: INGRESS,
    judge: (rule) => {
      if (!isIngress(rule) || !isFromWorld(rule)) return []
      const { from, to } = portsOf(rule)
      return from <= port && port <= to
        ? [{ at: 'from_port', seen: `${from}-${to} from everywhere`, wanted: `not ${port}` }]
        : []
    },
  }
}

/** A log group of this stack, or a bucket. */
function logDestination(at: string): Rule['judge'] {
  return ({ block }, stack) =>
    valuesAt(block, at).some((value) =>
      stack
        .referredBy(value)
        .some(({ type }) => type === 'aws_cloudwatch_log_group' || type === 'aws_s3_bucket'),
    )
      ? []
      : [{ at, seen: shown(valuesAt(block, at)), wanted: 'a log group or bucket of this stack' }]
}

function isIngress({ type, block }: Resource): boolean {
  return type !== 'aws_security_group_rule' || valuesAt(block, 'type').includes('ingress')
}

function isFromWorld({ block }: Resource): boolean {
  return ['cidr_ipv4', 'cidr_ipv6', 'cidr_blocks', 'ipv6_cidr_blocks']
    .flatMap((at) => valuesAt(block, at))
    .some((value) => WORLD.includes(String(value)))
}

function isInterface({ block }: Resource): boolean {
  return valuesAt(block, 'vpc_endpoint_type').includes('Interface')
}

/** Ports of a rule; all of them where it names none. */
function portsOf({ block }: Resource): { readonly from: number; readonly to: number } {
  const [from] = valuesAt(block, 'from_port')
  const [to] = valuesAt(block, 'to_port')
  const isAll = valuesAt(block, 'ip_protocol').some((protocol) => protocol === '-1' || protocol === 'all')
  if (isAll || typeof from !== 'number' || typeof to !== 'number' || from === -1)
    return { from: 0, to: 65_535 }
  return { from, to }
}

function groupsOf({ block }: Resource, stack: StackJson): readonly Resource[] {
  return stack.referredBy(valuesAt(block, 'security_group_id'))
}

function groupsIn({ block }: Resource, at: string, stack: StackJson): readonly Resource[] {
  return stack.referredBy(valuesAt(block, at)).filter(({ type }) => type === GROUPS)
}

/** What keeps one of the sources from reaching one of the targets on a port. */
function pathBreaches(
  stack: StackJson,
  sources: readonly Resource[],
  targets: readonly Resource[],
  port: number,
  what: string,
): readonly Breach[] {
  const lets = (type: string, own: readonly Resource[], others: readonly Resource[]) =>
    stack.all(type).some((rule) => {
      const { from, to } = portsOf(rule)
      const peers = valuesAt(rule.block, 'referenced_security_group_id').flatMap((value) =>
        stack.referredBy(value),
      )
      return (
        from <= port &&
        port <= to &&
        groupsOf(rule, stack).some((group) => own.includes(group)) &&
        (isFromWorld(rule) || peers.some((peer) => others.includes(peer)))
      )
    })
  return [
    ...(lets('aws_vpc_security_group_egress_rule', sources, targets)
      ? []
      : [{ at: 'aws_vpc_security_group_egress_rule', seen: 'nothing', wanted: `${what} out on ${port}` }]),
    ...(lets('aws_vpc_security_group_ingress_rule', targets, sources)
      ? []
      : [{ at: 'aws_vpc_security_group_ingress_rule', seen: 'nothing', wanted: `${what} in on ${port}` }]),
  ]
}

function subnetsOf({ block }: Resource, stack: StackJson): readonly Resource[] {
  return ['network_configuration.subnets', 'subnet_ids']
    .flatMap((at) => valuesAt(block, at))
    .flatMap((value) => stack.referredBy(value))
    .filter(({ type }) => type === 'aws_subnet')
}

/** The tables of routes of a subnet. */
export function tablesOf(subnet: Resource, stack: StackJson): readonly Resource[] {
  return stack
    .referring(subnet, 'aws_route_table_association', 'subnet_id')
    .flatMap(({ block }) => stack.referredBy(valuesAt(block, 'route_table_id')))
}

/** The routes of a subnet's table. */
export function routesOf(subnet: Resource, stack: StackJson): readonly Resource[] {
  return tablesOf(subnet, stack).flatMap((table) => stack.referring(table, 'aws_route', 'route_table_id'))
}
