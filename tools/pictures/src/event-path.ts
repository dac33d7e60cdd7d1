import { isBlock, type Resource, type StackJson, textsIn, valuesAt } from '@cartwright/infra/stack-json'
import { drawGraph, type Edge, type Node } from './drawing/graph.ts'
import { Picture, WIDTH } from './drawing/svg.ts'
import { code, type Line } from './drawing/text.ts'
import { counted, duration, nameOf, needs, referredAt, textAt } from './reading/names.ts'
import { grantsOf } from './reading/permissions.ts'

const MARGIN = 16

/** The way of an event: from the tasks to a bus, by its rules to queues, and where it stays if nobody takes it. */
export function eventPath(stack: StackJson): string {
  const path = new Path(stack)
  const picture = new Picture()
  const end = drawGraph(picture, path.nodes, path.edges, { x: MARGIN, y: MARGIN, width: WIDTH - 2 * MARGIN })
  return picture.svg(
    keys(picture, stack, path, end) + MARGIN,
    `The way of an event in ${stack.name}`,
    path.told,
  )
}

/** A box for each key below all that is drawn, with what it encrypts of that: lines to each would cover the rest. */
function keys(picture: Picture, stack: StackJson, path: Path, end: number): number {
  let bottom = end
  for (const key of stack.all('aws_kms_key')) {
    const encrypted = path.drawn.filter((one) => needs(stack, one, key))
    if (encrypted.length === 0) continue
    const area = { x: MARGIN, y: bottom + 24, width: WIDTH - 2 * MARGIN }
    const lines = [
      `${textAt(key, 'description') ?? nameOf(key)}; here:`,
      code(encrypted.map(nameOf).join(', ')),
    ]
    bottom = area.y + picture.box(area, { title: 'Key', lines })
  }
  return bottom
}

class Path {
  readonly nodes: Node[] = []
  readonly edges: Edge[] = []
  readonly drawn: Resource[] = []
  readonly #stack: StackJson

  constructor(stack: StackJson) {
    this.#stack = stack
    for (const bus of stack.all('aws_cloudwatch_event_bus')) this.#bus(bus)
  }

  get told(): string {
    const title = (id: string): string => {
      const node = this.nodes.find((one) => one.id === id)
      const [line] = node?.lines ?? []
      return `${node?.title ?? id} ${typeof line === 'object' ? line.code : ''}`.trimEnd()
    }
    const edges = this.edges.map(
      ({ from, to, label }) => `${title(from)} to ${title(to)}${label === undefined ? '' : ` (${label})`}`,
    )
    return `${edges.join('; ')}.`
  }

  #bus(bus: Resource): void {
    const stack = this.#stack
    for (const task of stack.all('aws_ecs_task_definition')) this.#publisher(task, bus)
    this.#add(bus, 'Event bus', [code(nameOf(bus))], true)
    for (const rule of stack.referring(bus, 'aws_cloudwatch_event_rule', 'event_bus_name'))
      this.#rule(bus, rule)
    for (const archive of stack.referring(bus, 'aws_cloudwatch_event_archive', 'event_source_arn')) {
      const days = Number(textAt(archive, 'retention_days') ?? 0)
      const kept = days === 0 ? 'kept for ever' : `kept for ${counted(days, 'day')}, for replay`
      this.#add(archive, 'Archive', [code(nameOf(archive)), ...patternOf(archive), kept])
      this.#link(bus, archive)
    }
    this.#deadLetters(bus, bus, 'dead letters of the bus')
  }

  #publisher(task: Resource, bus: Resource): void {
    const role = referredAt(this.#stack, task, 'task_role_arn')
    if (role === undefined) return
    const actions = grantsOf(this.#stack, role)
      .filter(({ on }) => on === bus)
      .flatMap((grant) => grant.actions)
    if (actions.length === 0) return
    this.#add(task, 'Tasks', [code(textAt(task, 'family') ?? nameOf(task))])
    this.#link(task, bus, actions.join(', '))
  }

  #rule(bus: Resource, rule: Resource): void {
    this.#add(rule, 'Rule', [code(nameOf(rule)), ...patternOf(rule)])
    this.#link(bus, rule)
    for (const target of this.#stack.referring(rule, 'aws_cloudwatch_event_target', 'rule')) {
      const destination = referredAt(this.#stack, target, 'arn')
      if (destination === undefined) continue
      this.#destination(destination)
      this.#link(rule, destination, triesOf(target))
      this.#deadLetters(target, rule, 'dead letters of the target')
    }
  }

  #destination(destination: Resource): void {
    if (destination.type !== 'aws_sqs_queue') {
      const days = textAt(destination, 'retention_in_days')
      this.#add(destination, KINDS[destination.type] ?? destination.type, [
        code(nameOf(destination)),
        ...(days === undefined ? [] : [`kept for ${counted(Number(days), 'day')}`]),
      ])
      return
    }
    if (this.drawn.includes(destination)) return
    const kept = textAt(destination, 'message_retention_seconds')
    this.#add(destination, 'Queue', [
      code(nameOf(destination)),
      ...(kept === undefined ? [] : [`kept for ${duration(Number(kept))}`]),
    ])
    for (const policy of valuesAt(destination.block, 'redrive_policy')) {
      for (const dead of this.#stack.referredBy(policy)) {
        this.#destination(dead)
        const count = /"maxReceiveCount":\s*"?(\d+)/.exec(String(policy))?.[1]
        this.#link(
          destination,
          dead,
          count === undefined ? undefined : `received ${count} times in vain`,
          true,
        )
      }
    }
  }

  #deadLetters(of: Resource, from: Resource, label: string): void {
    for (const queue of this.#stack.referredBy(valuesAt(of.block, 'dead_letter_config'))) {
      this.#destination(queue)
      this.#link(from, queue, label, true)
    }
  }

  #add(resource: Resource, title: string, lines: readonly Line[], isMain = false): void {
    if (this.drawn.includes(resource)) return
    this.drawn.push(resource)
    this.nodes.push({ id: resource.address, title, lines, isMain })
  }

  #link(from: Resource, to: Resource, label?: string, isDashed = false): void {
    this.edges.push({
      from: from.address,
      to: to.address,
      isDashed,
      ...(label === undefined ? {} : { label }),
    })
  }
}

const KINDS: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_group: 'Log group',
  aws_codebuild_project: 'Build project',
  aws_sns_topic: 'Topic',
}

/** What a rule or an archive takes: `source: cartwright.cart`. */
function patternOf({ block }: Resource): readonly Line[] {
  return valuesAt(block, 'event_pattern').flatMap((pattern) => {
    const fields: unknown = JSON.parse(String(pattern))
    if (!isBlock(fields)) return []
    return Object.entries(fields).map(([field, values]) => `${field}: ${textsIn(values).join(', ')}`)
  })
}

function triesOf(target: Resource): string | undefined {
  const tries = textAt(target, 'retry_policy.maximum_retry_attempts')
  const seconds = textAt(target, 'retry_policy.maximum_event_age_in_seconds')
  const within = seconds === undefined ? '' : ` within ${duration(Number(seconds))}`
  return tries === undefined ? undefined : `tried ${tries} times more${within}`
}
