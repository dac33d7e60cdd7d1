import {
  type Block,
  isBlock,
  type Resource,
  type StackJson,
  textsIn,
  valuesAt,
} from '@cartwright/infra/stack-json'
import { drawGraph, type Edge, type Node } from './drawing/graph.ts'
import { Picture, WIDTH } from './drawing/svg.ts'
import { code, type Line } from './drawing/text.ts'
import { counted, nameOf, referredAt, textAt } from './reading/names.ts'
import { grantsOf } from './reading/permissions.ts'
import { talksIn } from './reading/talks.ts'

const MARGIN = 16

/** The way of a request: from its name to the load balancer, its listeners, the tasks, and what a task may use to answer it. */
export function requestPath(stack: StackJson): string {
  const path = new Path(stack)
  const picture = new Picture()
  const end = drawGraph(picture, path.nodes, path.edges, { x: MARGIN, y: MARGIN, width: WIDTH - 2 * MARGIN })
  return picture.svg(end + MARGIN, `The way of a request in ${stack.name}`, path.told)
}

class Path {
  readonly nodes: Node[] = []
  readonly edges: Edge[] = []
  readonly #stack: StackJson

  constructor(stack: StackJson) {
    this.#stack = stack
    for (const balancer of stack.all('aws_lb')) this.#balancer(balancer)
    for (const service of stack.all('aws_ecs_service')) this.#service(service)
  }

  get told(): string {
    const title = (id: string): string => this.nodes.find((node) => node.id === id)?.title ?? id
    return `${this.edges.map(({ from, to }) => `${title(from)} to ${title(to)}`).join('; ')}.`
  }

  #balancer(balancer: Resource): void {
    const stack = this.#stack
    this.#sources(balancer)
    for (const record of stack.all('aws_route53_record')) {
      if (!stack.referredBy(valuesAt(record.block, 'alias')).includes(balancer)) continue
      const lines = [code(`${textAt(record, 'type')} ${textAt(record, 'name')}`)]
      this.#add(record.address, 'Route 53 record', lines)
      this.#link(record, balancer, 'alias')
    }
    const facing = textAt(balancer, 'internal') === 'true' ? 'internal' : 'public'
    this.#add(balancer.address, 'Load balancer', [
      code(nameOf(balancer)),
      `${facing}, ${counted(valuesAt(balancer.block, 'subnets').length, 'zone')}`,
    ])
    for (const association of stack.referring(balancer, 'aws_wafv2_web_acl_association', 'resource_arn')) {
      const acl = referredAt(stack, association, 'web_acl_arn')
      if (acl === undefined) continue
      this.#add(acl.address, 'Firewall (WAF)', aclLines(acl))
      this.#link(balancer, acl, 'asks first')
    }
    for (const listener of stack.referring(balancer, 'aws_lb_listener', 'load_balancer_arn'))
      this.#listener(balancer, listener)
  }

  /** The addresses that the security groups of the load balancer let in. */
  #sources(balancer: Resource): void {
    const groups = this.#stack.referredBy(valuesAt(balancer.block, 'security_groups'))
    for (const { from, to, ports } of talksIn(this.#stack)) {
      if (typeof from !== 'string' || typeof to === 'string' || !groups.includes(to)) continue
      this.#add(from, 'Clients', [code(from)])
      this.edges.push({ from, to: balancer.address, label: ports })
    }
  }

  #listener(balancer: Resource, listener: Resource): void {
    const stack = this.#stack
    const certificate = this.#certificate(listener)
    const rules = stack
      .referring(listener, 'aws_lb_listener_rule', 'listener_arn')
      .toSorted((one, other) => Number(textAt(one, 'priority')) - Number(textAt(other, 'priority')))
    const lines: Line[] = [
      ...(certificate === undefined ? [] : [`certificate of ${certificate}`]),
      ...rules.map((rule, index) => `${index + 1}. ${conditionOf(rule)}: ${this.#outcome(rule, 'action')}`),
      `${rules.length === 0 ? '' : 'else: '}${this.#outcome(listener, 'default_action')}`,
    ]
    this.#add(listener.address, `${textAt(listener, 'protocol')} ${textAt(listener, 'port')}`, lines)
    this.#link(balancer, listener)
    const targets = [listener, ...rules].flatMap(({ block }) =>
      stack.referredBy([valuesAt(block, 'action'), valuesAt(block, 'default_action')]),
    )
    for (const target of new Set(targets)) {
      if (target.type !== 'aws_lb_target_group') continue
      this.#add(target.address, 'Target group', targetLines(target))
      this.#link(listener, target)
    }
  }

  /** The domain of a listener's certificate, which it may have by way of its validation. */
  #certificate(listener: Resource): string | undefined {
    const via = referredAt(this.#stack, listener, 'certificate_arn')
    if (via === undefined) return textAt(listener, 'certificate_arn')
    const certificate =
      via.type === 'aws_acm_certificate' ? via : referredAt(this.#stack, via, 'certificate_arn')
    return certificate === undefined ? undefined : textAt(certificate, 'domain_name')
  }

  #outcome({ block }: Resource, attribute: string): string {
    const outcomes = valuesAt(block, attribute)
      .filter(isBlock)
      .map((action) => outcomeOf(this.#stack, action))
    return outcomes.join(', ')
  }

  #service(service: Resource): void {
    const stack = this.#stack
    const task = referredAt(stack, service, 'task_definition')
    const [port] = valuesAt(service.block, 'load_balancer.container_port')
    const size = task === undefined ? [] : [`${textAt(task, 'cpu')} CPU units, ${textAt(task, 'memory')} MiB`]
    this.nodes.push({
      id: service.address,
      title: 'Tasks',
      lines: [code(nameOf(service)), ...size],
      isMain: true,
    })
    for (const target of stack.referredBy(valuesAt(service.block, 'load_balancer')))
      if (target.type === 'aws_lb_target_group')
        this.#link(target, service, port === undefined ? undefined : `port ${port}`)
    const role = task && referredAt(stack, task, 'task_role_arn')
    this.#reached(service)
    for (const { on, actions } of role === undefined ? [] : grantsOf(stack, role)) {
      if (typeof on === 'string' || !(on.type in STORES)) continue
      this.#add(on.address, STORES[on.type] ?? on.type, [code(nameOf(on)), ...encrypted(stack, on)])
      this.#link(service, on, actions.join(', '))
    }
  }

  /** What has no policy, and lets in who has the right security group. */
  #reached(service: Resource): void {
    const stack = this.#stack
    const groups = stack.referredBy(valuesAt(service.block, 'network_configuration.security_groups'))
    for (const redis of stack.all('aws_elasticache_replication_group')) {
      const own = stack.referredBy(valuesAt(redis.block, 'security_group_ids'))
      const talks = talksIn(stack).filter(
        ({ from, to }) =>
          typeof from !== 'string' && typeof to !== 'string' && groups.includes(from) && own.includes(to),
      )
      if (talks.length === 0) continue
      const nodes = counted(Number(textAt(redis, 'num_cache_clusters')), 'node')
      const tls = textAt(redis, 'transit_encryption_enabled') === 'true' ? 'TLS, ' : ''
      const lines = [
        code(nameOf(redis)),
        `${nodes}, ${textAt(redis, 'node_type')}`,
        ...encrypted(stack, redis),
      ]
      this.#add(redis.address, 'Redis', lines)
      this.#link(service, redis, `${tls}${talks.map(({ ports }) => ports).join(', ')}`)
    }
  }

  #add(id: string, title: string, lines: readonly Line[]): void {
    if (!this.nodes.some((node) => node.id === id)) this.nodes.push({ id, title, lines })
  }

  #link(from: Resource, to: Resource, label?: string): void {
    this.edges.push({ from: from.address, to: to.address, ...(label === undefined ? {} : { label }) })
  }
}

/** What a task keeps or finds something in, by type. */
const STORES: Readonly<Record<string, string>> = {
  aws_dynamodb_table: 'Table',
  aws_secretsmanager_secret: 'Secret',
  aws_cloudwatch_event_bus: 'Event bus',
  aws_s3_bucket: 'Bucket',
  aws_sqs_queue: 'Queue',
}

function encrypted(stack: StackJson, resource: Resource): readonly Line[] {
  const isKept = stack.referredBy(resource.block).some(({ type }) => type === 'aws_kms_key')
  return isKept ? ['encrypted by the key'] : []
}

/** Its rules in the order in which they are asked. */
function aclLines(acl: Resource): readonly Line[] {
  const rules = valuesAt(acl.block, 'rule').filter(isBlock)
  return rules
    .toSorted((one, other) => Number(one['priority']) - Number(other['priority']))
    .map((rule, index) => `${index + 1}. ${ruleOf(rule)}`)
}

function ruleOf(rule: Block): string {
  const [limit] = valuesAt(rule, 'statement.rate_based_statement.limit')
  const [window = 300] = valuesAt(rule, 'statement.rate_based_statement.evaluation_window_sec')
  const [answer] = valuesAt(rule, 'action.block.custom_response.response_code')
  const rate = limit === undefined ? '' : `, ${limit} in ${window} s`
  // Managed rules carry their vendor in their name.
  return `${String(rule['name']).replace(/^AWSManagedRules/, 'AWS ')}${rate}${answer === undefined ? '' : `: ${answer}`}`
}

function conditionOf(rule: Resource): string {
  return textsIn(valuesAt(rule.block, 'condition')).join(', ')
}

function outcomeOf(stack: StackJson, action: Block): string {
  const [redirect] = valuesAt(action, 'redirect').filter(isBlock)
  if (redirect !== undefined) return `redirect to ${redirect['protocol']} ${redirect['port']}`
  const [answer] = valuesAt(action, 'fixed_response.status_code')
  if (answer !== undefined) return String(answer)
  const targets = stack.referredBy(action).map(nameOf)
  return targets.length === 0 ? String(action['type']) : targets.join(', ')
}

function targetLines(target: Resource): readonly Line[] {
  const path = textAt(target, 'health_check.path')
  return [
    code(nameOf(target)),
    ...(path === undefined
      ? []
      : [`healthy while ${path} answers ${textAt(target, 'health_check.matcher') ?? 200}`]),
  ]
}
