import { valuesAt } from '@cartwright/infra/stack-json'
import type { Breach, Rule } from '../rule.ts'
import { all, attribute, matching, oneOf, refersTo, shown, someOf, where } from '../wants.ts'
import { containersIn } from './logs.ts'
import { unawaited } from './waits.ts'

const TASK = 'aws_ecs_task_definition'
const SERVICE = 'aws_ecs_service'
const SHELLS = 'configuration.execute_command_configuration'

/** Rules of tasks and their service. */
export const TASKS: readonly Rule[] = [
  container('container-root-read-only', 'a container cannot write where its image is', 'high', (one) =>
    wants(one, 'readonlyRootFilesystem', true),
  ),
  container('container-not-privileged', 'a container has no power over its host', 'critical', (one) =>
    valuesAt(one, 'privileged').includes(true) ? [{ at: 'privileged', seen: 'true', wanted: 'false' }] : [],
  ),
  container('container-not-root', "a container's user is not root", 'high', (one) => {
    const [user] = valuesAt(one, 'user')
    return /^[1-9]\d*(:[1-9]\d*)?$/.test(String(user))
      ? []
      : [{ at: 'user', seen: shown(user), wanted: 'a number above 0' }]
  }),
  container('container-logs', 'a container writes to a log, and is not held up by it', 'high', (one) => [
    ...(valuesAt(one, 'logConfiguration.logDriver').some((driver) => driver !== 'none')
      ? []
      : [{ at: 'logConfiguration', seen: 'nothing', wanted: 'a log driver' }]),
    ...(valuesAt(one, 'logConfiguration.options.mode').includes('non-blocking')
      ? []
      : [{ at: 'logConfiguration.options.mode', seen: 'blocking', wanted: 'non-blocking' }]),
  ]),
  container(
    'container-checks-health',
    'a container that a task cannot do without says how it is',
    'medium',
    (one) =>
      valuesAt(one, 'essential').includes(true) && valuesAt(one, 'healthCheck.command').length === 0
        ? [{ at: 'healthCheck', seen: 'nothing', wanted: 'a command' }]
        : [],
  ),
  container('container-drops-capabilities', 'a container has no capabilities of Linux', 'low', (one) => [
    ...(valuesAt(one, 'linuxParameters.capabilities.drop').includes('ALL')
      ? []
      : [{ at: 'linuxParameters.capabilities.drop', seen: 'nothing', wanted: 'ALL' }]),
    ...valuesAt(one, 'linuxParameters.capabilities.add').map((capability) => ({
      at: 'linuxParameters.capabilities.add',
      seen: shown(capability),
      wanted: 'nothing',
    })),
  ]),
  container(
    'container-reaps',
    'a container has an init process, which passes signals on and reaps',
    'low',
    (one) =>
      valuesAt(one, 'essential').includes(true) &&
      !valuesAt(one, 'linuxParameters.initProcessEnabled').includes(true)
        ? [{ at: 'linuxParameters.initProcessEnabled', seen: 'nothing', wanted: 'true' }]
        : [],
  ),
  container(
    'container-image-fixed',
    'an image is named by a tag or digest that means one image',
    'medium',
    (one) => {
      const image = String(valuesAt(one, 'image')[0] ?? '')
      const [, tag = ''] = /[:@]([^:@/{}]+|[^/]*\})$/.exec(image) ?? []
      return tag === '' || tag === 'latest'
        ? [{ at: 'image', seen: image, wanted: 'a tag that is not latest' }]
        : []
    },
  ),
  {
    id: 'container-shares-said',
    wants: 'where one container says its share of the CPU, all do: one that says nothing gets the least',
    severity: 'medium',
    types: [TASK],
    judge: ({ block }) => {
      const containers = containersIn(block)
      const silent = containers.filter((one) => valuesAt(one, 'cpu').length === 0)
      return silent.length === 0 || silent.length === containers.length
        ? []
        : silent.map((one) => ({
            at: `container_definitions ${String(valuesAt(one, 'name')[0])} cpu`,
            seen: 'nothing',
            wanted: 'units',
          }))
    },
  },
  container(
    'sidecar-restarts',
    'a container that a task can do without is started again when it ends',
    'low',
    (one) =>
      valuesAt(one, 'essential').includes(false) && !valuesAt(one, 'restartPolicy.enabled').includes(true)
        ? [{ at: 'restartPolicy.enabled', seen: 'nothing', wanted: 'true' }]
        : [],
  ),
  {
    id: 'container-urls-reached',
    wants: 'the addresses that a container is given are on ports that its group lets it out to',
    severity: 'high',
    types: [TASK],
    judge: (task, stack) => {
      const services = stack.referring(task, SERVICE, 'task_definition')
      // Whoever runs it elsewhere says by which group.
      if (services.length === 0) return []
      const open = services
        .flatMap(({ block }) => stack.referredBy(valuesAt(block, 'network_configuration.security_groups')))
        .flatMap((group) => stack.referring(group, 'aws_vpc_security_group_egress_rule', 'security_group_id'))
        .filter((rule) => valuesAt(rule.block, 'cidr_ipv4').includes('0.0.0.0/0'))
        .flatMap((rule) => valuesAt(rule.block, 'from_port'))
      return containersIn(task.block)
        .flatMap((one) => valuesAt(one, 'environment'))
        .flatMap((variable) => {
          const [, scheme = '', port = ''] =
            /^(https?):\/\/[^/:${}]+(?::(\d+))?/.exec(String(valuesAt(variable, 'value')[0])) ?? []
          if (scheme === '') return []
          const wanted = Number(port === '' ? { http: 80, https: 443 }[scheme] : port)
          return open.includes(wanted)
            ? []
            : [
                {
                  at: `environment ${String(valuesAt(variable, 'name')[0])}`,
                  seen: `port ${wanted}`,
                  wanted: `a port of ${shown(open)}`,
                },
              ]
        })
    },
  },
  {
    id: 'task-on-fargate',
    wants: 'tasks run on Fargate with an address each',
    severity: 'medium',
    types: [TASK],
    judge: all(
      attribute('network_mode', oneOf('awsvpc')),
      attribute('requires_compatibilities', oneOf('FARGATE')),
      ({ block }) =>
        ['pid_mode', 'ipc_mode'].flatMap((at) =>
          valuesAt(block, at)
            .filter((value) => value === 'host')
            .map((value) => ({ at, seen: shown(value), wanted: 'not host' })),
        ),
    ),
  },
  {
    id: 'task-on-linux',
    wants: 'a task says that it is one of Linux',
    severity: 'low',
    types: [TASK],
    judge: attribute('runtime_platform.operating_system_family', oneOf('LINUX')),
  },
  {
    id: 'task-has-roles',
    wants: 'a task has a role to start with and another one to work with',
    severity: 'high',
    types: [TASK],
    judge: all(
      attribute('execution_role_arn', refersTo('aws_iam_role')),
      attribute('task_role_arn', refersTo('aws_iam_role')),
      ({ block }) => {
        const [execution] = valuesAt(block, 'execution_role_arn')
        return execution !== undefined && valuesAt(block, 'task_role_arn').includes(execution)
          ? [{ at: 'task_role_arn', seen: 'the execution role', wanted: 'a role of its own' }]
          : []
      },
    ),
  },
  {
    id: 'task-volumes-encrypted',
    wants: 'what tasks mount from EFS is encrypted on its way',
    severity: 'high',
    types: [TASK],
    judge: ({ block }) =>
      valuesAt(block, 'volume.efs_volume_configuration')
        .filter((one) => !valuesAt(one, 'transit_encryption').includes('ENABLED'))
        .map((one) => ({
          at: 'volume.efs_volume_configuration.transit_encryption',
          seen: shown(one),
          wanted: '"ENABLED"',
        })),
  },
  {
    id: 'service-on-current-platform',
    wants: 'a service runs on the current platform of Fargate',
    severity: 'medium',
    types: [SERVICE],
    judge: attribute('platform_version', oneOf('LATEST', '1.4.0'), 'LATEST'),
  },
  {
    id: 'service-undoes-itself',
    wants: 'a deployment that does not come up is undone',
    severity: 'high',
    types: [SERVICE],
    judge: all(
      attribute('deployment_circuit_breaker.enable', oneOf(true), false),
      attribute('deployment_circuit_breaker.rollback', oneOf(true), false),
    ),
  },
  {
    id: 'service-tells-a-rollback',
    wants: 'a deployment that was undone is no success: waiting for steady state also ends after a rollback',
    severity: 'high',
    types: [SERVICE],
    judge: all(
      attribute('wait_for_steady_state', oneOf(true), false),
      someOf(
        'lifecycle.postcondition.condition',
        matching(/task_definition/, 'the task definition that runs'),
      ),
    ),
  },
  {
    id: 'service-without-gap',
    wants: 'a deployment never has fewer tasks than wanted',
    severity: 'medium',
    types: [SERVICE],
    judge: attribute('deployment_minimum_healthy_percent', oneOf(100), 100),
  },
  {
    id: 'service-shells-off',
    wants: 'nobody opens a shell in a task',
    severity: 'medium',
    types: [SERVICE],
    judge: attribute('enable_execute_command', oneOf(false), false),
  },
  {
    id: 'service-waits-for-its-listener',
    wants:
      'a service is made after the rule that sends to its target group: ECS refuses one that no load balancer has',
    severity: 'high',
    types: [SERVICE],
    judge: ({ block }, stack) => {
      const groups = valuesAt(block, 'load_balancer.target_group_arn').flatMap((value) =>
        stack.referredBy(value),
      )
      const senders = groups.flatMap((group) => [
        ...stack.referring(group, 'aws_lb_listener_rule', 'action.target_group_arn'),
        ...stack.referring(group, 'aws_lb_listener', 'default_action.target_group_arn'),
      ])
      const waits = valuesAt(block, 'depends_on')
      return senders.length === 0 || senders.some(({ address }) => waits.includes(address))
        ? senders.length === 0 && groups.length > 0
          ? [
              {
                at: 'load_balancer',
                seen: 'a target group that nobody sends to',
                wanted: 'a rule of a listener',
              },
            ]
          : []
        : [
            {
              at: 'depends_on',
              seen: shown(waits),
              wanted: senders.map(({ address }) => address).join(' or '),
            },
          ]
    },
  },
  {
    id: 'service-waits-for-its-rights',
    wants:
      'a service is made after the rights of its roles: its first tasks would fail, and the breaker undo it',
    severity: 'high',
    types: [SERVICE],
    judge: ({ block }, stack) =>
      stack
        .referredBy(valuesAt(block, 'task_definition'))
        .flatMap((task) => unawaited(task.block, ['execution_role_arn', 'task_role_arn'], block, stack)),
  },
  {
    id: 'service-port-is-the-containers',
    wants: 'the load balancer sends to a port that the container listens on, and asks for its health there',
    severity: 'critical',
    types: [SERVICE],
    judge: ({ block }, stack) => {
      const task = stack.referredBy(valuesAt(block, 'task_definition'))
      const containers = task.flatMap((one) => containersIn(one.block))
      return valuesAt(block, 'load_balancer').flatMap((balancer) => {
        const [name] = valuesAt(balancer, 'container_name')
        const [port] = valuesAt(balancer, 'container_port')
        const mapped = containers
          .filter((one) => valuesAt(one, 'name').includes(name))
          .flatMap((one) => valuesAt(one, 'portMappings.containerPort'))
        const groups = stack.referredBy(valuesAt(balancer, 'target_group_arn'))
        const ports = groups.flatMap((group) => valuesAt(group.block, 'port'))
        const asked = groups
          .flatMap((group) => valuesAt(group.block, 'health_check.port'))
          .filter((one) => one !== 'traffic-port' && String(one) !== String(port))
        return [
          ...(mapped.includes(port) && ports.every((one) => one === port)
            ? []
            : [
                {
                  at: 'load_balancer',
                  seen: `${String(name)}:${String(port)}`,
                  wanted: `${shown(mapped)} of the container, ${shown(ports)} of the target group`,
                },
              ]),
          ...asked.map((one) => ({
            at: 'load_balancer',
            seen: `asked for its health on ${String(one)}`,
            wanted: `${String(port)}, or traffic-port`,
          })),
        ]
      })
    },
  },
  {
    id: 'capacity-known-to-the-cluster',
    wants: "a service's capacity providers are the cluster's",
    severity: 'high',
    types: [SERVICE],
    judge: ({ block }, stack) => {
      const known = stack
        .all('aws_ecs_cluster_capacity_providers')
        .flatMap((one) => valuesAt(one.block, 'capacity_providers'))
      return valuesAt(block, 'capacity_provider_strategy.capacity_provider')
        .filter((one) => !known.includes(one))
        .map((one) => ({ at: 'capacity_provider_strategy', seen: shown(one), wanted: shown(known) }))
    },
  },
  {
    id: 'shells-logged',
    wants: 'what is typed in shells of tasks is logged, or encrypted on its way',
    severity: 'medium',
    types: ['aws_ecs_cluster'],
    judge: attribute(`${SHELLS}.logging`, oneOf('DEFAULT', 'OVERRIDE')),
  },
  {
    id: 'shells-encrypted',
    wants:
      'what is typed in shells of tasks is encrypted with a key of this stack, on its way and in its log',
    severity: 'medium',
    types: ['aws_ecs_cluster'],
    judge: where(
      ({ block }) => valuesAt(block, SHELLS).length > 0,
      all(attribute(`${SHELLS}.kms_key_id`, refersTo('aws_kms_key')), ({ block }) =>
        ['cloud_watch_encryption_enabled', 's3_bucket_encryption_enabled'].some((at) =>
          valuesAt(block, `${SHELLS}.log_configuration.${at}`).includes(true),
        )
          ? []
          : [{ at: `${SHELLS}.log_configuration`, seen: 'not encrypted', wanted: 'encryption enabled' }],
      ),
    ),
  },
]

/** A rule of each container of a task definition. */
function container(
  id: string,
  says: string,
  severity: Rule['severity'],
  judge: (container: unknown) => readonly Breach[],
): Rule {
  return {
    id,
    wants: says,
    severity,
    types: [TASK],
    judge: ({ block }) =>
      containersIn(block).flatMap((one) =>
        judge(one).map((breach) => ({
          ...breach,
          at: `container_definitions ${String(valuesAt(one, 'name')[0])} ${breach.at}`,
        })),
      ),
  }
}

function wants(block: unknown, at: string, value: unknown): readonly Breach[] {
  const [seen] = valuesAt(block, at)
  return seen === value ? [] : [{ at, seen: shown(seen), wanted: shown(value) }]
}
