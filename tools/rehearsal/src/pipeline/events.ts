import type { EventBridge } from '@aws-sdk/client-eventbridge'

/** An event as rules see it. */
export interface ServiceEvent {
  readonly source: string
  readonly 'detail-type': string
  readonly time: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** What a rule sends an event to. */
export interface Aimed {
  readonly arn: string
  readonly roleArn: string | undefined
  readonly input: string
}

/** The targets of the default bus's rules that match an event of one of AWS's services, each with what it is sent. */
export async function targetsOf(events: EventBridge, event: ServiceEvent): Promise<readonly Aimed[]> {
  const { Rules = [] } = await events.listRules({})
  const matching = Rules.filter(
    // Written by its owner: an event pattern.
    ({ State, EventPattern }) => State === 'ENABLED' && matches(JSON.parse(EventPattern ?? '{}'), event),
  )
  const targets = await Promise.all(
    matching.map(async ({ Name }) => (await events.listTargetsByRule({ Rule: Name })).Targets ?? []),
  )
  return targets.flat().map(({ Arn = '', RoleArn, InputTransformer }) => ({
    arn: Arn,
    roleArn: RoleArn,
    input:
      InputTransformer === undefined
        ? JSON.stringify(event)
        : transformed(InputTransformer.InputTemplate ?? '', InputTransformer.InputPathsMap ?? {}, event),
  }))
}

/** Exact values alone, which is all that is used here; another kind of filter matches nothing. */
export function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.includes(value)
  if (typeof pattern !== 'object' || pattern === null || typeof value !== 'object' || value === null)
    return false
  // Both are objects.
  const fields = value as Readonly<Record<string, unknown>>
  return (
    Object.entries(pattern).length > 0 &&
    Object.entries(pattern).every(([key, inner]) => matches(inner, fields[key]))
  )
}

/** EventBridge user guide, "Input transformation": `$.detail.id` by name, `<name>` in the template. */
export function transformed(
  template: string,
  paths: Readonly<Record<string, string>>,
  event: ServiceEvent,
): string {
  return template.replaceAll(/<([\w.-]+)>/g, (found, name: string) => {
    const path = paths[name]
    if (path === undefined) return found
    const value = path
      .split('.')
      .slice(1)
      // Each step leads into what the step before has found.
      .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], event)
    return String(value ?? '')
  })
}
