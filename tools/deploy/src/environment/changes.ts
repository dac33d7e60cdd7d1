import type { PlanJson, ResourceChange, Values } from '../terraform/plan.ts'

/** How long a value is shown, in characters. */
const SHOWN = 60

/**
 * What a plan changes, a line for each resource and one below it for each attribute:
 *
 *     ~ aws_ecs_service.service_E7C408F2
 *         desired_count: 1 → 2
 *     + aws_sns_topic.observability_topic_90F13FE2
 */
export function shownChanges(plan: PlanJson): readonly string[] {
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => !actions.includes('no-op'))
    .map(([name]) => `  ~ output ${name}`)
  return [...changesIn(plan).flatMap(shownChange), ...outputs]
}

/** What is made, changed, deleted or taken over; what is only read again is nobody's change. */
export function changesIn({ resource_changes = [] }: PlanJson): readonly ResourceChange[] {
  return resource_changes.filter(
    ({ mode, change }) =>
      mode === 'managed' && !(change.actions[0] === 'no-op' && change.importing === undefined),
  )
}

/** Whether what is there goes, whatever comes in its place. */
export function isLost({ change }: ResourceChange): boolean {
  return change.actions.includes('delete')
}

function shownChange(one: ResourceChange): readonly string[] {
  const { address, change } = one
  const origin = change.importing === undefined ? '' : ` (taken over: ${change.importing.id})`
  const lines = isUpdate(one) ? differences(change).map((line) => `      ${line}`) : []
  return [`  ${sign(one)} ${address}${origin}`, ...lines]
}

function isUpdate({ change: { actions } }: ResourceChange): boolean {
  return actions.includes('update') || actions.length === 2
}

function sign({ change: { actions, importing } }: ResourceChange): string {
  if (actions.length === 2) return '-/+'
  const signs = { create: '+', update: '~', delete: '-', read: '<=', forget: '.', 'no-op': '=' } as const
  return signs[actions[0] ?? 'no-op'] + (importing !== undefined && actions[0] === 'update' ? '=' : '')
}

/** The attributes that differ, as `path: before → after`. */
function differences(change: ResourceChange['change']): readonly string[] {
  const causes = new Set((change.replace_paths ?? []).map((path) => path.join('.')))
  return leaves(change.before ?? {}, change.after ?? {}, {
    unknown: change.after_unknown,
    isSecret: (path) => hides(change.before_sensitive, path) || hides(change.after_sensitive, path),
  }).map(
    ({ path, text }) => `${path.join('.')}: ${text}${causes.has(path.join('.')) ? ' (replaces it)' : ''}`,
  )
}

interface Leaf {
  readonly path: readonly string[]
  readonly text: string
}

interface Marks {
  readonly unknown: unknown
  readonly isSecret: (path: readonly string[]) => boolean
}

function leaves(
  before: unknown,
  after: unknown,
  marks: Marks,
  path: readonly string[] = [],
): readonly Leaf[] {
  if (at(marks.unknown, path)) {
    return [{ path, text: marks.isSecret(path) ? 'a secret' : `${shown(before)} → known after it` }]
  }
  if (isBranch(before) && isBranch(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after), ...keysAt(marks.unknown, path)])
    return [...keys].flatMap((key) => leaves(before[key], after[key], marks, [...path, key]))
  }
  if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return []
  if (marks.isSecret(path)) return [{ path, text: 'a secret' }]
  return [{ path, text: `${shown(before)} → ${shown(after)}` }]
}

/** Lists have their places as keys. */
function isBranch(value: unknown): value is Values {
  return typeof value === 'object' && value !== null
}

/** Whether a tree of marks has the path, or anything above it, marked. */
function at(marks: unknown, path: readonly string[]): boolean {
  let mark = marks
  for (const key of path) {
    if (!isBranch(mark)) break
    mark = mark[key]
  }
  return mark === true
}

/** Whether the path, anything above it, or anything in it is marked. */
function hides(marks: unknown, path: readonly string[]): boolean {
  if (at(marks, path)) return true
  let mark = marks
  for (const key of path) mark = isBranch(mark) ? mark[key] : undefined
  return JSON.stringify(mark ?? null).includes('true')
}

function keysAt(marks: unknown, path: readonly string[]): readonly string[] {
  let mark = marks
  for (const key of path) mark = isBranch(mark) ? mark[key] : undefined
  return isBranch(mark) ? Object.keys(mark) : []
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
