import { type Resource, type StackJson, textsIn, valuesAt } from '@cartwright/infra/stack-json'
import { allow, statementsOf } from '../documents.ts'
import type { Rule } from '../rule.ts'
import { all, anything, atLeast, attribute, companion, oneOf, refersTo, shown, where } from '../wants.ts'
import { containersIn } from './logs.ts'
import { routesOf, tablesOf } from './network.ts'
import { unawaited } from './waits.ts'

const INGRESS = 'aws_vpc_security_group_ingress_rule'
const EGRESS = 'aws_vpc_security_group_egress_rule'
const LISTENER = 'aws_lb_listener'
const SERVICE = 'aws_ecs_service'
const TARGET = 'aws_cloudwatch_event_target'
const GROUP = 'aws_cloudwatch_log_group'
const FIREWALL = 'aws_wafv2_web_acl'
const ALARM = 'aws_cloudwatch_metric_alarm'

/** What each tier of subnets has for a way out. */
const TIERS: Readonly<Record<string, string | undefined>> = {
  public: 'gateway_id',
  application: 'nat_gateway_id',
  data: undefined,
}

/** What is watched of each thing, where anything is: figures that say that customers are hurt, or soon will be. */
const WATCHED: Readonly<Record<string, readonly string[]>> = {
  aws_lb: ['HTTPCode_ELB_5XX_Count'],
  aws_lb_target_group: ['HTTPCode_Target_5XX_Count', 'TargetResponseTime', 'UnHealthyHostCount'],
  aws_dynamodb_table: ['ReadThrottleEvents', 'WriteThrottleEvents', 'ThrottledRequests', 'SystemErrors'],
  aws_ecs_service: ['CPUUtilization', 'MemoryUtilization', 'RunningTaskCount'],
  aws_elasticache_replication_group: [
    'EngineCPUUtilization',
    'CPUUtilization',
    'DatabaseMemoryUsagePercentage',
    'ErrorCount',
    'ReplicationLag',
  ],
}

/** Rules of what belongs together: each part is sound, and without the other one of no use. */
export const WIRING: readonly Rule[] = [
  // The network.
  {
    id: 'group-rule-of-one-port',
    wants: 'a way in or out is TCP to one port',
    severity: 'medium',
    types: [INGRESS, EGRESS],
    judge: all(attribute('ip_protocol', oneOf('tcp')), ({ block }) => {
      const [from] = valuesAt(block, 'from_port')
      const [to] = valuesAt(block, 'to_port')
      return from === to && from !== undefined
        ? []
        : [{ at: 'from_port', seen: `${shown(from)} to ${shown(to)}`, wanted: 'one port' }]
    }),
  },
  {
    id: 'ingress-by-group',
    wants: 'whoever comes to anything but a load balancer is known by its group, not by an address',
    severity: 'high',
    types: [INGRESS],
    judge: (rule, stack) => {
      const isOfBalancer = stack
        .referredBy(valuesAt(rule.block, 'security_group_id'))
        .some((group) => stack.referring(group, 'aws_lb', 'security_groups').length > 0)
      const isWeb = valuesAt(rule.block, 'from_port').some((port) => port === 80 || port === 443)
      return isOfBalancer && isWeb
        ? []
        : ['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id'].flatMap((at) =>
            valuesAt(rule.block, at).map((seen) => ({
              at,
              seen: shown(seen),
              wanted: 'referenced_security_group_id',
            })),
          )
    },
  },
  {
    id: 'egress-to-addresses-by-https-only',
    wants: 'whatever leaves the network leaves by HTTPS',
    severity: 'medium',
    types: [EGRESS],
    judge: where(
      ({ block }) => ['cidr_ipv4', 'cidr_ipv6'].some((at) => valuesAt(block, at).length > 0),
      attribute('to_port', oneOf(443)),
    ),
  },
  {
    id: 'tasks-may-leave-by-https',
    wants: "the tasks' group lets them out to AWS by HTTPS",
    severity: 'critical',
    types: [SERVICE],
    judge: (service, stack) =>
      stack
        .referredBy(valuesAt(service.block, 'network_configuration.security_groups'))
        .some((group) =>
          stack
            .referring(group, EGRESS, 'security_group_id')
            .some(
              ({ block }) =>
                valuesAt(block, 'cidr_ipv4').includes('0.0.0.0/0') &&
                valuesAt(block, 'from_port').includes(443),
            ),
        )
        ? []
        : [{ at: EGRESS, seen: 'nothing', wanted: '443 to 0.0.0.0/0' }],
  },
  {
    id: 'balancer-takes-its-listeners',
    wants: "a load balancer's group lets in to each port that it listens on",
    severity: 'critical',
    types: [LISTENER],
    judge: ({ block }, stack) => {
      const ports = valuesAt(block, 'port')
      const groups = stack
        .referredBy(valuesAt(block, 'load_balancer_arn'))
        .flatMap((balancer) => stack.referredBy(valuesAt(balancer.block, 'security_groups')))
      const open = groups
        .flatMap((group) => stack.referring(group, INGRESS, 'security_group_id'))
        .filter((rule) => valuesAt(rule.block, 'cidr_ipv4').length > 0)
        .flatMap((rule) => valuesAt(rule.block, 'from_port'))
      return ports
        .filter((port) => !open.includes(port))
        .map((port) => ({ at: 'port', seen: `${String(port)}, which nobody reaches`, wanted: INGRESS }))
    },
  },
  {
    id: 'subnet-routes-by-tier',
    wants: 'a subnet has a table of routes, and the way out of its tier: the internet, NAT, or none',
    severity: 'high',
    types: ['aws_subnet'],
    judge: (subnet, stack) => {
      const [tier] = valuesAt(subnet.block, 'tags.Tier')
      const tables = tablesOf(subnet, stack)
      if (tables.length !== 1)
        return [{ at: 'aws_route_table_association', seen: `${tables.length}`, wanted: '1' }]
      const wanted = TIERS[String(tier)]
      const ways = routesOf(subnet, stack).flatMap(({ block }) =>
        ['gateway_id', 'nat_gateway_id'].filter((at) => valuesAt(block, at).length > 0),
      )
      const isRight = wanted === undefined ? ways.length === 0 : ways.length === 1 && ways[0] === wanted
      return isRight
        ? []
        : [{ at: 'aws_route', seen: ways.join(', ') || 'no way out', wanted: wanted ?? 'no way out' }]
    },
  },
  {
    id: 'tiers-in-the-same-zones',
    wants: 'each tier of subnets stands in every zone of the network',
    severity: 'medium',
    types: ['aws_vpc'],
    judge: (vpc, stack) => {
      const subnets = stack.referring(vpc, 'aws_subnet', 'vpc_id')
      const zones = [...new Set(subnets.flatMap(({ block }) => valuesAt(block, 'availability_zone')))]
      return Object.keys(TIERS).flatMap((tier) => {
        const own = subnets
          .filter(({ block }) => valuesAt(block, 'tags.Tier').includes(tier))
          .flatMap(({ block }) => valuesAt(block, 'availability_zone'))
        const missing = zones.filter((zone) => !own.includes(zone))
        return missing.length === 0
          ? []
          : [{ at: `aws_subnet ${tier}`, seen: `none in ${missing.join(', ')}`, wanted: 'one in each zone' }]
      })
    },
  },
  {
    id: 'service-where-its-balancer-is',
    wants: 'a service has subnets and a target group, and so it is reached',
    severity: 'critical',
    types: [SERVICE],
    judge: all(
      attribute('network_configuration.subnets', refersTo('aws_subnet')),
      attribute('load_balancer.target_group_arn', refersTo('aws_lb_target_group')),
    ),
  },
  {
    id: 'nat-of-its-own-zone',
    wants:
      'where each zone has its NAT gateway, its tasks leave by it: another zone may fail, and is paid for',
    severity: 'medium',
    types: ['aws_subnet'],
    judge: (subnet, stack) => {
      if (stack.all('aws_nat_gateway').length < 2) return []
      const [own] = valuesAt(subnet.block, 'availability_zone')
      return routesOf(subnet, stack)
        .flatMap(({ block }) => stack.referredBy(valuesAt(block, 'nat_gateway_id')))
        .flatMap((nat) => stack.referredBy(valuesAt(nat.block, 'subnet_id')))
        .flatMap((other) => valuesAt(other.block, 'availability_zone'))
        .filter((zone) => zone !== own)
        .map((zone) => ({ at: 'nat_gateway_id', seen: `in ${String(zone)}`, wanted: `in ${String(own)}` }))
    },
  },
  {
    id: 'gateway-endpoint-on-every-way-out',
    wants: 'a gateway endpoint is in each table of routes that leads to NAT: the others pay for every byte',
    severity: 'medium',
    types: ['aws_vpc_endpoint'],
    judge: where(
      ({ block }) => valuesAt(block, 'vpc_endpoint_type').includes('Gateway'),
      ({ block }, stack) => {
        const there = stack.referredBy(valuesAt(block, 'route_table_ids'))
        return stack
          .all('aws_route')
          .filter((route) => valuesAt(route.block, 'nat_gateway_id').length > 0)
          .flatMap((route) => stack.referredBy(valuesAt(route.block, 'route_table_id')))
          .filter((table) => !there.includes(table))
          .map(({ path }) => ({ at: 'route_table_ids', seen: `not ${path}`, wanted: path }))
      },
    ),
  },
  {
    id: 'gateway-endpoint-open-to-our-own',
    wants: 'a gateway endpoint lets everybody of the network through, and to what is named or ours',
    severity: 'medium',
    types: ['aws_vpc_endpoint'],
    judge: where(
      ({ block }) => valuesAt(block, 'policy').length > 0,
      (endpoint) => {
        const statements = statementsOf(endpoint).filter(({ effect }) => effect === 'Allow')
        const open = statements.filter(
          ({ resources, conditions }) =>
            resources.some((one) => one === '*') && !conditions.some(({ key }) => OWNED.test(key)),
        )
        return [
          ...(statements.some(({ principals }) => principals.some((one) => one === '*' || one === 'AWS:*'))
            ? []
            : [{ at: 'policy', seen: 'nobody is let through', wanted: 'Principal *' }]),
          ...open.map(({ sid }) => ({
            at: `policy ${sid}`,
            seen: 'everything of everybody',
            wanted: 'a resource, or aws:ResourceAccount',
          })),
        ]
      },
    ),
  },
  {
    id: 'address-waits-for-the-internet',
    wants: 'an address is made after the internet gateway, which AWS asks for',
    severity: 'low',
    types: ['aws_eip'],
    judge: ({ block }) =>
      valuesAt(block, 'depends_on').some((one) => String(one).startsWith('aws_internet_gateway.'))
        ? []
        : [{ at: 'depends_on', seen: shown(valuesAt(block, 'depends_on')), wanted: 'the internet gateway' }],
  },

  // What the internet meets.
  {
    id: 'inner-paths-closed',
    wants: 'whoever sends to a target group keeps the path of its health from the internet',
    severity: 'medium',
    types: ['aws_lb_target_group'],
    judge: (group, stack) => {
      const [inner] = valuesAt(group.block, 'health_check.path')
      const rules = stack.all('aws_lb_listener_rule')
      return stack.referring(group, 'aws_lb_listener_rule', 'action.target_group_arn').flatMap((sending) => {
        const listener = stack.referredBy(valuesAt(sending.block, 'listener_arn'))
        const isClosed = rules.some(
          ({ block }) =>
            stack.referredBy(valuesAt(block, 'listener_arn')).some((one) => listener.includes(one)) &&
            valuesAt(block, 'action.type').includes('fixed-response') &&
            valuesAt(block, 'condition.path_pattern.values').includes(inner) &&
            Number(valuesAt(block, 'priority')[0]) < Number(valuesAt(sending.block, 'priority')[0]),
        )
        return isClosed
          ? []
          : [{ at: 'health_check.path', seen: `${shown(inner)} from everywhere`, wanted: 'a rule before it' }]
      })
    },
  },
  {
    id: 'balancer-group-is-its-own',
    wants: "nothing else has the group of a load balancer: everybody's way in would lead to it",
    severity: 'high',
    types: ['aws_lb'],
    judge: (balancer, stack) =>
      stack.referredBy(valuesAt(balancer.block, 'security_groups')).flatMap((group) =>
        (
          [
            [SERVICE, 'network_configuration.security_groups'],
            ['aws_elasticache_replication_group', 'security_group_ids'],
            ['aws_vpc_endpoint', 'security_group_ids'],
          ] as const
        )
          .flatMap(([type, at]) => stack.referring(group, type, at))
          .map(({ path }) => ({
            at: 'security_groups',
            seen: `${path} has it too`,
            wanted: 'a group of its own',
          })),
      ),
  },
  {
    id: 'listener-has-a-certificate',
    wants: 'a listener of HTTPS has a certificate that has been proven',
    severity: 'critical',
    types: [LISTENER],
    judge: where(
      ({ block }) => valuesAt(block, 'protocol').includes('HTTPS'),
      attribute('certificate_arn', {
        says: 'an aws_acm_certificate_validation, or an ARN',
        holds: (value) => /^(arn:|\$\{aws_acm_certificate_validation\.)/.test(String(value)),
      }),
    ),
  },
  {
    id: 'certificate-proven',
    wants: 'who waits for a certificate has made the record that proves it',
    severity: 'high',
    types: ['aws_acm_certificate_validation'],
    judge: attribute('validation_record_fqdns', refersTo('aws_route53_record')),
  },
  {
    id: 'certificate-name-leads-here',
    wants: 'the name of a certificate that is proven here leads to the load balancer',
    severity: 'high',
    types: ['aws_acm_certificate'],
    judge: ({ block }, stack) => {
      const names = valuesAt(block, 'domain_name')
      const records = stack.all('aws_route53_record')
      return records.length === 0 ||
        records.some(
          (record) =>
            valuesAt(record.block, 'name').some((name) => names.includes(name)) &&
            stack.referredBy(valuesAt(record.block, 'alias.name')).some(({ type }) => type === 'aws_lb'),
        )
        ? []
        : [{ at: 'domain_name', seen: 'leads nowhere', wanted: 'an aws_route53_record with an alias' }]
    },
  },
  {
    id: 'firewall-is-the-one',
    wants: 'what stands before a load balancer is a firewall of this stack',
    severity: 'medium',
    types: ['aws_wafv2_web_acl_association'],
    judge: attribute('web_acl_arn', refersTo(FIREWALL)),
  },
  {
    id: 'firewall-blocks',
    wants: 'each rule of a firewall blocks: one that counts lets through',
    severity: 'high',
    types: [FIREWALL],
    judge: ({ block }) =>
      valuesAt(block, 'rule')
        .filter(
          (rule) =>
            valuesAt(rule, 'action.block').length + valuesAt(rule, 'override_action.none').length === 0,
        )
        .map((rule) => ({
          at: `rule ${String(valuesAt(rule, 'name')[0])}`,
          seen: 'counts',
          wanted: 'block',
        })),
  },
  ...(
    [
      ['firewall-knows-common-attacks', 'AWSManagedRulesCommonRuleSet', 'the most common attacks'],
      ['firewall-knows-bad-addresses', 'AWSManagedRulesAmazonIpReputationList', 'addresses of attackers'],
    ] as const
  ).map(
    ([id, group, what]): Rule => ({
      id,
      wants: `a firewall knows ${what}`,
      severity: 'medium',
      types: [FIREWALL],
      judge: ({ block }) =>
        valuesAt(block, 'rule.statement.managed_rule_group_statement.name').includes(group)
          ? []
          : [{ at: 'rule', seen: 'nothing', wanted: group }],
    }),
  ),
  {
    id: 'firewall-limits-bodies',
    wants: 'a firewall refuses bodies that are too large for its rules to read',
    severity: 'medium',
    types: [FIREWALL],
    judge: ({ block }) =>
      [
        ...valuesAt(block, 'rule.statement.regex_match_statement.field_to_match.single_header.name'),
        ...valuesAt(block, 'rule.statement.size_constraint_statement.field_to_match.body').map(
          () => 'content-length',
        ),
      ].includes('content-length')
        ? []
        : [{ at: 'rule', seen: 'nothing', wanted: 'a limit of content-length' }],
  },

  // Tasks and their secrets.
  {
    id: 'container-variables-have-values',
    wants: 'each variable of a container has a value: what it names is there',
    severity: 'high',
    types: ['aws_ecs_task_definition'],
    judge: ({ block }) =>
      containersIn(block)
        .flatMap((one) => valuesAt(one, 'environment'))
        .filter((variable) => valuesAt(variable, 'value').length === 0)
        .map((variable) => ({
          at: `environment ${String(valuesAt(variable, 'name')[0])}`,
          seen: 'nothing',
          wanted: 'a value',
        })),
  },
  {
    id: 'secret-has-a-first-value',
    wants: 'a secret has a value before anybody asks for it',
    severity: 'high',
    types: ['aws_secretsmanager_secret'],
    judge: companion('aws_secretsmanager_secret_version', 'secret_id'),
  },
  {
    id: 'service-heeds-its-alarms',
    wants: 'a service that has alarms to undo a deployment heeds them',
    severity: 'high',
    types: [SERVICE],
    judge: where(
      (_, stack) => stack.all(ALARM).length > 0,
      all(
        attribute('alarms.alarm_names', refersTo(ALARM)),
        attribute('alarms.enable', oneOf(true), false),
        attribute('alarms.rollback', oneOf(true), false),
        ({ block }, stack) => {
          const heeded = stack
            .referredBy(valuesAt(block, 'alarms.alarm_names'))
            .flatMap((alarm) => figuresOf(alarm.block))
          return ['HTTPCode_Target_5XX_Count', 'TargetResponseTime']
            .filter((name) => !heeded.includes(name))
            .map((name) => ({ at: 'alarms.alarm_names', seen: 'nothing', wanted: `an alarm on ${name}` }))
        },
      ),
    ),
  },
  {
    id: 'service-waits-for-its-capacity',
    wants: "a service is made after its cluster's capacity providers, and goes before them",
    severity: 'medium',
    types: [SERVICE],
    judge: ({ block }) =>
      valuesAt(block, 'depends_on').some((one) =>
        String(one).startsWith('aws_ecs_cluster_capacity_providers.'),
      )
        ? []
        : [{ at: 'depends_on', seen: 'nothing', wanted: 'aws_ecs_cluster_capacity_providers' }],
  },

  // Logs, alarms, money.
  {
    id: 'log-has-one-writer',
    wants:
      'a log is that of one writer: one that nobody names stays empty, and two in one log are read as one',
    severity: 'medium',
    types: [GROUP],
    judge: (group, stack) => {
      // Container Insights writes to a name.
      if (
        valuesAt(group.block, 'name').some((name) => String(name).startsWith('/aws/ecs/containerinsights/'))
      )
        return []
      const writers = WRITERS.flatMap(([type, at]) =>
        stack
          .all(type)
          .filter(({ block }) => stack.referredBy(valuesAt(block, at)).includes(group))
          .map(({ address }) => address),
      )
      return writers.length === 1
        ? []
        : [{ at: 'name', seen: writers.join(', ') || 'nobody who writes', wanted: 'one writer' }]
    },
  },
  {
    id: 'figures-watched',
    wants:
      'where anything is watched, an alarm watches each figure that says that customers are or will be hurt',
    severity: 'medium',
    types: Object.keys(WATCHED),
    judge: (resource, stack) => {
      // An alarm that undoes a deployment calls nobody.
      const alarms = stack
        .all(ALARM)
        .filter((alarm) => stack.referring(alarm, SERVICE, 'alarms.alarm_names').length === 0)
      if (alarms.length === 0) return []
      const about = alarms.filter(({ block }) => isAbout(block, resource, stack))
      const isCounted = stack
        .all('aws_ecs_cluster')
        .some(({ block }) => valuesAt(block, 'setting.value').some((value) => value !== 'disabled'))
      return (
        (WATCHED[resource.type] ?? [])
          // Only Container Insights counts tasks.
          .filter((name) => isCounted || name !== 'RunningTaskCount')
          .filter((name) => !about.some(({ block }) => figuresOf(block).includes(name)))
          .map((name) => ({ at: ALARM, seen: 'nothing', wanted: `an alarm on ${name}` }))
      )
    },
  },
  {
    id: 'redis-nodes-watched-alike',
    wants: 'each node of Redis is watched like the others: roles change',
    severity: 'medium',
    types: ['aws_elasticache_replication_group'],
    judge: (cache, stack) => {
      const alarms = stack.all(ALARM).filter(({ block }) => isAbout(block, cache, stack))
      const [nodes = 1] = valuesAt(cache.block, 'num_cache_clusters')
      return [...new Set(alarms.flatMap(({ block }) => valuesAt(block, 'metric_name')))]
        .map((name) => {
          const watched = new Set(
            alarms
              .filter(({ block }) => valuesAt(block, 'metric_name').includes(name))
              .flatMap(({ block }) => valuesAt(block, 'dimensions.CacheClusterId')),
          )
          return [String(name), watched.size] as const
        })
        .filter(([, watched]) => watched < Number(nodes))
        .map(([name, watched]) => ({
          at: ALARM,
          seen: `${name} of ${watched}`,
          wanted: `of ${String(nodes)}`,
        }))
    },
  },
  {
    id: 'table-operations-watched-alike',
    wants: 'each operation of a table is watched for what it refuses and for what fails',
    severity: 'medium',
    types: ['aws_dynamodb_table'],
    judge: (table, stack) => {
      const alarms = stack.all(ALARM).filter(({ block }) => isAbout(block, table, stack))
      const of = (name: string) =>
        alarms
          .filter(({ block }) => valuesAt(block, 'metric_name').includes(name))
          .flatMap(({ block }) => valuesAt(block, 'dimensions.Operation').map(String))
      const [refused, failed] = [of('ThrottledRequests'), of('SystemErrors')]
      return [
        ...refused.filter((one) => !failed.includes(one)),
        ...failed.filter((one) => !refused.includes(one)),
      ].map((one) => ({ at: ALARM, seen: `${one} once`, wanted: 'ThrottledRequests and SystemErrors' }))
    },
  },
  {
    id: 'queue-watched',
    wants:
      'where anything is watched, somebody is called for messages that nobody fetches, and rules that fail',
    severity: 'medium',
    types: [TARGET],
    judge: where(
      ({ block }, stack) =>
        stack.all(ALARM).length > 0 &&
        stack.referredBy(valuesAt(block, 'arn')).some(({ type }) => type === 'aws_sqs_queue'),
      ({ block }, stack) =>
        (
          [
            ['arn', 'ApproximateAgeOfOldestMessage'],
            ['rule', 'FailedInvocations'],
            ['rule', 'InvocationsFailedToBeSentToDlq'],
          ] as const
        ).flatMap(([at, name]) => {
          const about = stack.referredBy(valuesAt(block, at))
          return stack
            .all(ALARM)
            .some(
              (alarm) =>
                valuesAt(alarm.block, 'metric_name').includes(name) &&
                stack
                  .referredBy(textsIn(valuesAt(alarm.block, 'dimensions')))
                  .some((one) => about.includes(one)),
            )
            ? []
            : [{ at: ALARM, seen: 'nothing', wanted: `an alarm on ${name}` }]
        }),
    ),
  },
  {
    id: 'alarms-summed-up',
    wants: 'where there are alarms, one says that customers are hurt, and calls',
    severity: 'medium',
    types: ['aws_sns_topic'],
    judge: where(
      (topic, stack) => stack.referring(topic, ALARM, 'alarm_actions').length > 0,
      companion('aws_cloudwatch_composite_alarm', 'alarm_actions'),
    ),
  },
  {
    id: 'alarm-refers-to-its-parts',
    wants: 'an alarm of alarms names each by reference: CloudWatch refuses one that is not there yet',
    severity: 'medium',
    types: ['aws_cloudwatch_composite_alarm'],
    judge: ({ block }, stack) =>
      valuesAt(block, 'alarm_rule')
        .flatMap((rule) => [...String(rule).matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\(([^)]*)\)/g)])
        .filter(([, name]) => !stack.referredBy(name).some(({ type }) => type === ALARM))
        .map(([, name]) => ({ at: 'alarm_rule', seen: shown(name), wanted: `a reference to ${ALARM}` })),
  },
  {
    id: 'money-watched',
    wants: 'an environment that runs something has a budget',
    severity: 'low',
    types: [SERVICE],
    judge: (_, stack) =>
      stack.all('aws_budgets_budget').length > 0
        ? []
        : [{ at: 'aws_budgets_budget', seen: 'nothing', wanted: 'a budget' }],
  },

  // Events.
  {
    id: 'dead-letters-of-named-queues',
    wants: 'a queue of dead letters takes those of the queue that it is for, and can give them back',
    severity: 'low',
    types: ['aws_sqs_queue'],
    judge: (queue, stack) =>
      stack
        .referredBy(valuesAt(queue.block, 'redrive_policy'))
        .filter(
          (letters) =>
            !stack
              .referring(letters, 'aws_sqs_queue_redrive_allow_policy', 'queue_url')
              .some(({ block }) => stack.referredBy(valuesAt(block, 'redrive_allow_policy')).includes(queue)),
        )
        .map(({ path }) => ({
          at: 'redrive_policy',
          seen: `${path} takes any`,
          wanted: 'byQueue, this one',
        })),
  },
  {
    id: 'target-not-its-own-dead-letters',
    wants: 'what a target does not take goes elsewhere, not to the target',
    severity: 'high',
    types: [TARGET],
    judge: ({ block }, stack) => {
      const to = stack.referredBy(valuesAt(block, 'arn'))
      return stack
        .referredBy(valuesAt(block, 'dead_letter_config.arn'))
        .filter((queue) => to.includes(queue))
        .map(({ path }) => ({ at: 'dead_letter_config.arn', seen: path, wanted: 'another queue' }))
    },
  },
  {
    id: 'queue-has-a-source',
    wants: 'something sends to each queue',
    severity: 'medium',
    types: ['aws_sqs_queue'],
    judge: (queue, stack) =>
      [
        ...stack.referring(queue, TARGET, 'arn'),
        ...stack.referring(queue, TARGET, 'dead_letter_config.arn'),
        ...stack.referring(queue, 'aws_cloudwatch_event_bus', 'dead_letter_config.arn'),
        ...stack.referring(queue, 'aws_sqs_queue', 'redrive_policy'),
      ].length > 0
        ? []
        : [{ at: TARGET, seen: 'nothing', wanted: 'a target, or a queue whose dead letters it has' }],
  },
  {
    id: 'log-target-let-in',
    wants:
      "a log of events lets in its own rule's events, by both services that write them, and opens no other log",
    severity: 'high',
    types: [TARGET],
    judge: ({ block, address }, stack) => {
      const rules = stack.referredBy(valuesAt(block, 'rule'))
      return stack
        .referredBy(valuesAt(block, 'arn'))
        .filter(({ type }) => type === GROUP)
        .flatMap((group) => {
          const policies = stack.all('aws_cloudwatch_log_resource_policy')
          const may = (action: string, isBound: boolean) =>
            policies
              .flatMap(statementsOf)
              .some(
                (one) =>
                  LOG_WRITERS.every((service) =>
                    one.principals.includes(`Service:${service}.amazonaws.com`),
                  ) &&
                  !one.resources.includes('*') &&
                  allow([one], action, group, stack) &&
                  (!isBound ||
                    one.conditions.some(
                      ({ key, values }) =>
                        key === 'aws:SourceArn' &&
                        stack.referredBy(values).some((one) => rules.includes(one)),
                    )),
              )
          const isFirst = valuesAt(block, 'depends_on').some((one) => policies.some((p) => p.address === one))
          return may('logs:CreateLogStream', false) && may('logs:PutLogEvents', true) && isFirst
            ? []
            : [{ at: 'arn', seen: `${address} may not write`, wanted: 'a policy for it, waited for' }]
        })
    },
  },

  // What waits for what, and deliveries.
  {
    id: 'writer-waits-for-its-rights',
    wants: 'what takes a role as soon as it is there is made after the rights of that role',
    severity: 'medium',
    types: ['aws_flow_log', TARGET],
    judge: ({ block }, stack) => unawaited(block, ['iam_role_arn', 'role_arn'], block, stack),
  },
  {
    id: 'pipeline-waits-for-its-builds',
    wants: 'a pipeline, which runs as soon as it is there, is made after the rights of its builds',
    severity: 'medium',
    types: ['aws_codepipeline'],
    judge: ({ block }, stack) =>
      stack
        .referredBy(valuesAt(block, 'stage.action.configuration.ProjectName'))
        .flatMap((project) => unawaited(project.block, ['service_role'], block, stack)),
  },
  {
    id: 'pipeline-runs-each-build-once',
    wants: 'each action of a pipeline that builds names a build, and no two the same',
    severity: 'high',
    types: ['aws_codepipeline'],
    judge: ({ block }) => {
      const names = valuesAt(block, 'stage.action')
        .filter((action) => valuesAt(action, 'provider').includes('CodeBuild'))
        .map((action) => valuesAt(action, 'configuration.ProjectName')[0])
      return names.includes(undefined) || new Set(names).size < names.length
        ? [{ at: 'stage.action.configuration.ProjectName', seen: shown(names), wanted: 'a build for each' }]
        : []
    },
  },
  {
    id: 'pipeline-failure-heard',
    wants: 'a release that failed is taken out of use: a rule hears of it',
    severity: 'high',
    types: ['aws_codepipeline'],
    judge: ({ block }, stack) => {
      const names = valuesAt(block, 'name').map(String)
      const isHeard = stack
        .all('aws_cloudwatch_event_rule')
        .some(({ block: rule }) =>
          valuesAt(rule, 'event_pattern').some(
            (pattern) =>
              String(pattern).includes('"FAILED"') &&
              names.some((name) => String(pattern).includes(`"${name}"`)),
          ),
        )
      return isHeard
        ? []
        : [{ at: 'aws_cloudwatch_event_rule', seen: 'nothing', wanted: 'a rule for FAILED' }]
    },
  },
  {
    id: 'pipeline-tells-somebody',
    wants: 'where somebody is told anything, they are told how releases end',
    severity: 'low',
    types: ['aws_codepipeline'],
    judge: where(
      (_, stack) => stack.all('aws_sns_topic').length > 0,
      companion('aws_codestarnotifications_notification_rule', 'resource'),
    ),
  },
  {
    id: 'bucket-policy-waits-for-its-block',
    wants: 'the policy of a bucket is made after its block of public access: S3 refuses both at once',
    severity: 'low',
    types: ['aws_s3_bucket_policy'],
    judge: ({ block }) =>
      valuesAt(block, 'depends_on').some((one) =>
        String(one).startsWith('aws_s3_bucket_public_access_block.'),
      )
        ? []
        : [{ at: 'depends_on', seen: 'nothing', wanted: 'aws_s3_bucket_public_access_block' }],
  },
  {
    id: 'destroy-refused-while-protected',
    wants: 'what AWS does not let go is not planned to go either: half a destroy would be left',
    severity: 'low',
    types: ['aws_lb', 'aws_dynamodb_table'],
    judge: where(
      ({ block }) =>
        ['enable_deletion_protection', 'deletion_protection_enabled'].some((at) =>
          valuesAt(block, at).includes(true),
        ),
      attribute('lifecycle.prevent_destroy', oneOf(true), false),
    ),
  },
  {
    id: 'images-kept-while-protected',
    wants: 'where an environment is protected, its images are not deleted with their registry',
    severity: 'medium',
    types: ['aws_ecr_repository'],
    judge: where(isProtected, attribute('force_delete', oneOf(false), false)),
  },
  {
    id: 'secret-recoverable-while-protected',
    wants: 'where an environment is protected, a secret that was deleted can be had back for a week at least',
    severity: 'medium',
    types: ['aws_secretsmanager_secret'],
    judge: where(isProtected, attribute('recovery_window_in_days', atLeast(7), 30)),
  },
  {
    id: 'redis-leaves-a-snapshot',
    wants: 'Redis that keeps copies leaves one when it goes',
    severity: 'low',
    types: ['aws_elasticache_replication_group'],
    judge: where(
      ({ block }) => valuesAt(block, 'snapshot_retention_limit').some((days) => Number(days) > 0),
      attribute('final_snapshot_identifier', anything),
    ),
  },
]

/** Conditions that leave what is ours; who asks says nothing of what they ask for. */
const OWNED = /^aws:(ResourceAccount|ResourceOrgID)$/

/** Who writes events to a log (EventBridge: resource-based policies for CloudWatch Logs). */
const LOG_WRITERS = ['events', 'delivery.logs']

/** Who names a log to write to it, by type and attribute. */
const WRITERS: readonly (readonly [string, string])[] = [
  ['aws_ecs_task_definition', 'container_definitions'],
  ['aws_ecs_cluster', 'configuration'],
  ['aws_codebuild_project', 'logs_config'],
  ['aws_elasticache_replication_group', 'log_delivery_configuration'],
  ['aws_flow_log', 'log_destination'],
  [TARGET, 'arn'],
  ['aws_wafv2_web_acl_logging_configuration', 'log_destination_configs'],
]

/** Whether an alarm is about a resource: by reference, or, for the nodes of Redis, by their names. */
function isAbout(alarm: unknown, resource: Resource, stack: StackJson): boolean {
  const dimensions = ['dimensions', 'metric_query.metric.dimensions'].flatMap((at) => valuesAt(alarm, at))
  return (
    stack.referredBy(dimensions).includes(resource) ||
    valuesAt(resource.block, 'replication_group_id').some((id) =>
      valuesAt(alarm, 'dimensions.CacheClusterId').some((node) => String(node).startsWith(`${String(id)}-0`)),
    )
  )
}

/** The figures that an alarm looks at, its own and those that it calculates with. */
function figuresOf(alarm: unknown): readonly unknown[] {
  return ['metric_name', 'metric_query.metric.metric_name'].flatMap((at) => valuesAt(alarm, at))
}

/** Whether AWS keeps the environment from being taken down: its load balancer is what everybody knows. */
function isProtected(_: Resource, stack: StackJson): boolean {
  return stack.all('aws_lb').some(({ block }) => valuesAt(block, 'enable_deletion_protection').includes(true))
}
