import { RehearsalProblem } from '../../problem.ts'
import type { ActionConfiguration, ConditionConfiguration, RuleConfiguration } from './configuration.ts'
import type { ActionDescription, ConditionDescription, RuleDescription } from './elbv2.ts'

/** @throws {RehearsalProblem} where a rule needs what cannot be played here */
export function readRule(rule: RuleDescription): RuleConfiguration {
  const { RuleArn: arn = '', Priority = 'default', Conditions = [], Actions = [] } = rule
  const where = `the rule ${arn}`
  if ((rule.Transforms ?? []).length > 0) throw new RehearsalProblem(`${where} has transforms: not played`)
  // "The action with the lowest order value is performed first."
  const actions = [...Actions].sort((one, other) => (one.Order ?? 0) - (other.Order ?? 0))
  const [action, ...more] = actions
  if (action === undefined || more.length > 0)
    throw new RehearsalProblem(`${where} has ${actions.length} actions (${typesOf(actions)}): one is played`)
  return {
    arn,
    priority: Priority === 'default' ? Priority : Number(Priority),
    conditions: Conditions.map((condition) => readCondition(condition, where)),
    action: readAction(action, where),
  }
}

function typesOf(actions: readonly ActionDescription[]): string {
  return actions.map(({ Type = '?' }) => Type).join(', ')
}

/** Host and path may stand in the older `Values` as well. AWS API reference: `RuleCondition`. */
function readCondition(condition: ConditionDescription, where: string): ConditionConfiguration {
  const { Field: field, Values: older = [] } = condition
  const { HostHeaderConfig, PathPatternConfig, HttpHeaderConfig } = condition
  const patterns = [condition, HostHeaderConfig, PathPatternConfig, HttpHeaderConfig]
  if (patterns.some((config) => (config?.RegexValues ?? []).length > 0))
    throw new RehearsalProblem(`${where} has a regular expression as a condition: not played`)
  switch (field) {
    case 'host-header':
      return { field, patterns: HostHeaderConfig?.Values ?? older }
    case 'path-pattern':
      return { field, patterns: PathPatternConfig?.Values ?? older }
    case 'http-header':
      return { field, name: HttpHeaderConfig?.HttpHeaderName ?? '', patterns: HttpHeaderConfig?.Values ?? [] }
    case 'query-string': {
      const pairs = condition.QueryStringConfig?.Values ?? []
      return {
        field,
        pairs: pairs.map(({ Key, Value = '' }) => ({ value: Value, ...(Key ? { key: Key } : {}) })),
      }
    }
    case 'http-request-method':
      return { field, methods: condition.HttpRequestMethodConfig?.Values ?? [] }
    case 'source-ip':
      return { field, blocks: condition.SourceIpConfig?.Values ?? [] }
    default:
      throw new RehearsalProblem(`${where} has a condition of type ${field}: not played`)
  }
}

function readAction(action: ActionDescription, where: string): ActionConfiguration {
  switch (action.Type) {
    case 'forward':
      return readForward(action)
    case 'redirect': {
      const declared = action.RedirectConfig ?? {}
      return {
        type: 'redirect',
        status: declared.StatusCode === 'HTTP_301' ? 301 : 302,
        protocol: declared.Protocol ?? '#{protocol}',
        host: declared.Host ?? '#{host}',
        port: declared.Port ?? '#{port}',
        path: declared.Path ?? '/#{path}',
        query: declared.Query ?? '#{query}',
      }
    }
    case 'fixed-response': {
      const declared = action.FixedResponseConfig ?? {}
      return {
        type: 'fixed-response',
        status: Number(declared.StatusCode),
        contentType: declared.ContentType || 'text/plain',
        body: declared.MessageBody ?? '',
      }
    }
    default:
      throw new RehearsalProblem(`${where} has an action of type ${action.Type}: not played`)
  }
}

function readForward({
  TargetGroupArn: single,
  ForwardConfig: config,
}: ActionDescription): ActionConfiguration {
  const groups = config?.TargetGroups ?? (single === undefined ? [] : [{ TargetGroupArn: single }])
  const stickiness = config?.TargetGroupStickinessConfig
  return {
    type: 'forward',
    groups: groups.map(({ TargetGroupArn: arn = '', Weight: weight = 1 }) => ({ arn, weight })),
    ...(stickiness?.Enabled === true ? { stickyFor: stickiness.DurationSeconds ?? 0 } : {}),
  }
}
