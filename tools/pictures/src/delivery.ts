import {
  type Block,
  isBlock,
  type Resource,
  type StackJson,
  textsIn,
  valuesAt,
} from '@cartwright/infra/stack-json'
import { type Content, heightOf, Picture, WIDTH } from './drawing/svg.ts'
import { code, type Line, widthOf } from './drawing/text.ts'
import { counted, nameOf, referredAt, textAt } from './reading/names.ts'
import { grantsOf } from './reading/permissions.ts'

const MARGIN = 16
/** Left of the stages, where the arrows of failures run. */
const GUTTER = 28
const STAGE = { x: MARGIN + GUTTER, width: 264 }
const ACTION = { x: STAGE.x + 12, width: STAGE.width - 24 }
const RUN = { x: 360, width: 262 }
const CHANGED = { x: 672, width: WIDTH - MARGIN - 672 }
const BOX_GAP = 10
const ROW_GAP = 30

/** One step: what starts, what runs then, and what that may read or change. */
interface Row {
  readonly step: Content
  readonly run: readonly (Content & { readonly isSource?: boolean })[]
  readonly changed: readonly Content[]
  /** Whether it begins only after the step before it has ended. */
  readonly isNext: boolean
}

interface Stage {
  readonly name: string
  readonly onFailure: string | undefined
  readonly rows: readonly Row[]
}

/** The way of a release: the pipeline's stages and actions, what they run, what undoes them, and who is told. */
export function delivery(stack: StackJson): string {
  const picture = new Picture()
  const told: string[] = []
  let bottom = 0
  for (const pipeline of stack.all('aws_codepipeline')) {
    const reader = new Reader(stack, pipeline)
    bottom = drawPipeline(picture, reader, bottom)
    told.push(reader.told)
  }
  if (told.length === 0) {
    picture.heading({ x: MARGIN, y: 28 }, `${stack.name} has no pipeline`)
    bottom = 28
  }
  return picture.svg(bottom + MARGIN, `Delivery to ${stack.name}`, told.join(' ') || 'There is no pipeline.')
}

function drawPipeline(picture: Picture, reader: Reader, top: number): number {
  const title = `Pipeline ${nameOf(reader.pipeline)}`
  picture.heading({ x: MARGIN, y: top + 28 }, title)
  picture.label({ x: MARGIN + widthOf(title, 'strong') + 12, y: top + 28 }, reader.note)
  let y = top + 46
  /** Where the step before ends. */
  let before: number | undefined
  const failing = new Map<string, number>()
  for (const { name, onFailure, rows } of reader.stages) {
    const start = y
    failing.set(name, start + 18)
    y += 34
    for (const row of rows) {
      if (before !== undefined && row.isNext) {
        const x = ACTION.x + ACTION.width - 30
        picture.arrow([
          { x, y: before },
          { x, y: y - 1 },
        ])
      }
      before = y + heightOf(row.step, ACTION.width)
      y = drawRow(picture, row, ACTION, y) + ROW_GAP
    }
    let end = (before ?? y) + 12
    if (onFailure !== undefined) {
      end += 16
      picture.label({ x: ACTION.x, y: end - 8 }, onFailure)
    }
    picture.frame({ x: STAGE.x, y: start, width: STAGE.width }, end - start, name)
    y = Math.max(y, end + ROW_GAP)
  }
  for (const { row, stages } of reader.undoing) {
    for (const stage of stages) {
      const from = failing.get(stage)
      const lane = STAGE.x - GUTTER / 2
      if (from === undefined) continue
      picture.arrow(
        [
          { x: STAGE.x, y: from },
          { x: lane, y: from },
          { x: lane, y: y + 20 },
          { x: STAGE.x - 1, y: y + 20 },
        ],
        {
          isDashed: true,
        },
      )
    }
    y = drawRow(picture, row, STAGE, y) + ROW_GAP
  }
  for (const row of reader.telling) y = drawRow(picture, row, STAGE, y) + ROW_GAP
  return y - ROW_GAP
}

/** @returns where it ends below */
function drawRow(picture: Picture, { step, run, changed }: Row, at: typeof STAGE, y: number): number {
  const ends = [y + picture.box({ ...at, y }, step)]
  let place = y
  for (const one of run) {
    const line = [
      { x: at.x + at.width, y: place + 18 },
      { x: RUN.x - 1, y: place + 18 },
    ]
    const back = [
      { x: RUN.x, y: place + 18 },
      { x: at.x + at.width + 1, y: place + 18 },
    ]
    picture.arrow(one.isSource === true ? back : line)
    place += picture.box({ ...RUN, y: place }, one) + BOX_GAP
    ends.push(place - BOX_GAP)
  }
  place = y
  const middle = (RUN.x + RUN.width + CHANGED.x) / 2
  for (const one of changed) {
    const start = { x: RUN.x + RUN.width, y: y + 18 }
    const end = { x: CHANGED.x - 1, y: place + 18 }
    picture.arrow(
      place === y ? [start, end] : [start, { x: middle, y: y + 18 }, { x: middle, y: end.y }, end],
    )
    place += picture.box({ ...CHANGED, y: place }, one) + BOX_GAP
    ends.push(place - BOX_GAP)
  }
  return Math.max(...ends)
}

class Reader {
  readonly pipeline: Resource
  readonly stages: readonly Stage[]
  readonly undoing: readonly { readonly row: Row; readonly stages: readonly string[] }[]
  readonly telling: readonly Row[]
  readonly #stack: StackJson

  constructor(stack: StackJson, pipeline: Resource) {
    this.#stack = stack
    this.pipeline = pipeline
    this.stages = valuesAt(pipeline.block, 'stage')
      .filter(isBlock)
      .map((stage) => this.#stage(stage))
    this.undoing = stack.all('aws_cloudwatch_event_rule').flatMap((rule) => this.#undoing(rule))
    this.telling = stack
      .referring(pipeline, 'aws_codestarnotifications_notification_rule', 'resource')
      .map((rule) => this.#telling(rule))
  }

  get note(): string {
    const store = this.#stack.referredBy(valuesAt(this.pipeline.block, 'artifact_store'))
    const buckets = store.filter(({ type }) => type === 'aws_s3_bucket').map(nameOf)
    const isEncrypted = store.some(({ type }) => type === 'aws_kms_key')
    const kept = buckets.length === 0 ? '' : `; artifacts in ${buckets.join(', ')}`
    const mode = textAt(this.pipeline, 'execution_mode')?.toLowerCase() ?? 'superseded'
    return `${mode} runs${kept}${isEncrypted ? ', encrypted by the key' : ''}`
  }

  get told(): string {
    const steps = this.stages.map(({ name, rows, onFailure }) => {
      const actions = rows.map(({ step }) => step.title).join(', then ')
      return `${name}: ${actions}${onFailure === undefined ? '' : ` (${onFailure})`}`
    })
    const undone = this.undoing.map(
      ({ row, stages }) =>
        ` When ${stages.join(' or ')} fails, ${row.run
          .flatMap(({ lines }) => lines)
          .map(textOfLine)
          .join(' ')} runs.`,
    )
    return `The stages of ${nameOf(this.pipeline)}: ${steps.join('; ')}.${undone.join('')}`
  }

  #stage(stage: Block): Stage {
    const [result] = valuesAt(stage, 'on_failure.result')
    const actions = valuesAt(stage, 'action')
      .filter(isBlock)
      .toSorted((one, other) => orderOf(one) - orderOf(other))
    return {
      name: `Stage ${stage['name']}`,
      onFailure: result === undefined ? undefined : `when it fails: ${String(result).toLowerCase()}`,
      rows: actions.map((action, index) => this.#action(action, actions[index - 1])),
    }
  }

  #action(action: Block, before: Block | undefined): Row {
    const isNext = before === undefined || orderOf(before) < orderOf(action)
    const configuration = action['configuration']
    const lines: Line[] = [
      `${action['category']} by ${PROVIDERS[String(action['provider'])] ?? action['provider']}`,
      ...this.#triggersOf(String(action['name'])),
      ...(isNext ? [] : [`together with ${before?.['name']}`]),
      ...valuesAt(configuration, 'CustomData').map((data) => `“${data}”`),
      ...valuesAt(configuration, 'DeploymentTimeout').map(
        (minutes) => `within ${counted(Number(minutes), 'minute')}`,
      ),
    ]
    const used = this.#stack.referredBy(configuration).filter(({ type }) => type in RUNS)
    return {
      step: { title: String(action['name']), lines, isMain: action['category'] === 'Approval' },
      run: used.map((one) => ({
        ...this.#content(one, configuration),
        isSource: action['category'] === 'Source',
      })),
      changed: used.flatMap((one) => this.#changedBy(one)),
      isNext,
    }
  }

  #triggersOf(action: string): readonly Line[] {
    return valuesAt(this.pipeline.block, 'trigger.git_configuration')
      .filter(isBlock)
      .filter((configuration) => configuration['source_action_name'] === action)
      .flatMap((configuration) => valuesAt(configuration, 'push.branches.includes'))
      .map((branch) => `by a push to ${branch}`)
  }

  #content(resource: Resource, configuration?: unknown): Content {
    const said = textAt(resource, 'description')
    const repository = valuesAt(configuration, 'FullRepositoryId')
      .filter(() => resource.type === 'aws_codestarconnections_connection')
      .map((id) => code(`${textAt(resource, 'provider_type') ?? 'repository'} ${id}`))
    return {
      title: RUNS[resource.type] ?? KINDS[resource.type] ?? resource.type,
      lines: [
        code(nameOf(resource)),
        ...repository,
        ...(said === undefined || said === nameOf(resource) ? [] : [said]),
      ],
    }
  }

  /** What a project's role may do, apart from what every project needs: its log, sources and artifacts. */
  #changedBy(project: Resource): readonly Content[] {
    const stack = this.#stack
    const role = referredAt(stack, project, 'service_role', 'aws_iam_role')
    if (role === undefined) return []
    const store = stack.referredBy(valuesAt(this.pipeline.block, 'artifact_store'))
    const grants = grantsOf(stack, role)
      .filter(({ on }) => typeof on === 'string' || !(store.includes(on) || NEEDED.includes(on.type)))
      .map(({ on, actions }) => ({ ...granted(on), actions: actions.join(', ') }))
    // What is allowed alike stands together.
    return [...Map.groupBy(grants, ({ title, actions }) => `${title} ${actions}`).values()].flatMap((alike) =>
      alike.slice(0, 1).map(({ title, actions }) => ({
        title,
        lines: [...alike.map(({ name }) => code(name)), actions],
      })),
    )
  }

  #undoing(rule: Resource): readonly { readonly row: Row; readonly stages: readonly string[] }[] {
    const [text] = valuesAt(rule.block, 'event_pattern')
    const detail: unknown = text === undefined ? {} : JSON.parse(String(text))
    const pipelines = textsIn(valuesAt(detail, 'detail.pipeline'))
    const isOfThis = pipelines.some(
      (one) => one === textAt(this.pipeline, 'name') || this.#stack.referredBy(one).includes(this.pipeline),
    )
    if (!isOfThis) return []
    const stages = textsIn(valuesAt(detail, 'detail.stage'))
    const states = textsIn(valuesAt(detail, 'detail.state')).map((state) => state.toLowerCase())
    const sent = this.#stack.referring(rule, 'aws_cloudwatch_event_target', 'rule')
    const targets = sent.flatMap((target) => this.#stack.referredBy(valuesAt(target.block, 'arn')))
    const dead = sent.flatMap((target) =>
      this.#stack.referredBy(valuesAt(target.block, 'dead_letter_config')),
    )
    return [
      {
        row: {
          step: {
            title: 'Rule',
            lines: [
              code(nameOf(rule)),
              `${stages.join(', ')}: ${states.join(' or ')}`,
              ...dead.flatMap((queue) => ['a start that AWS refuses goes to', code(nameOf(queue))]),
            ],
          },
          run: targets.map((target) => this.#content(target)),
          changed: targets.flatMap((target) => this.#changedBy(target)),
          isNext: true,
        },
        stages: stages.map((stage) => `Stage ${stage}`),
      },
    ]
  }

  #telling(rule: Resource): Row {
    const topics = this.#stack.referredBy(valuesAt(rule.block, 'target'))
    const events = valuesAt(rule.block, 'event_type_ids').map((id) =>
      String(id).replace(/^codepipeline-pipeline-/, ''),
    )
    const subscriptions = topics.flatMap((topic) =>
      this.#stack.referring(topic, 'aws_sns_topic_subscription', 'topic_arn'),
    )
    return {
      step: { title: 'Notification', lines: events.map((event) => event.replaceAll('-', ' ')) },
      run: topics.map((topic) => this.#content(topic)),
      changed: subscriptions.map((one) => ({
        title: 'Subscription',
        lines: [code(`${textAt(one, 'protocol')} ${textAt(one, 'endpoint')}`)],
      })),
      isNext: true,
    }
  }
}

/** What actions run, and in the source's case what they take from. */
const RUNS: Readonly<Record<string, string>> = {
  aws_codebuild_project: 'Build project',
  aws_codestarconnections_connection: 'Connection',
  aws_ecs_service: 'Tasks',
}

const KINDS: Readonly<Record<string, string>> = {
  aws_appautoscaling_target: 'Scaling',
  aws_ecr_repository: 'Image repository',
  aws_ecs_service: 'Tasks',
  aws_iam_role: 'Role',
  aws_sns_topic: 'Topic',
  aws_ssm_parameter: 'Release parameter',
}

const PROVIDERS: Readonly<Record<string, string>> = {
  CodeStarSourceConnection: 'a connection',
  Manual: 'hand',
}

const NEEDED = ['aws_cloudwatch_log_group', 'aws_kms_key', 'aws_codestarconnections_connection']

function granted(on: Resource | string): { readonly title: string; readonly name: string } {
  if (typeof on !== 'string') return { title: KINDS[on.type] ?? on.type, name: nameOf(on) }
  const [kind = '', name = on] = on.split('/')
  return { title: `A ${kind} outside this stack`, name }
}

function orderOf(action: Block): number {
  return Number(action['run_order'] ?? 1)
}

function textOfLine(line: Line): string {
  return typeof line === 'string' ? `(${line})` : line.code
}
