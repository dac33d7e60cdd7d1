import type { ListenerConfiguration, RuleConfiguration } from '../declared/configuration.ts'
import { holds } from './conditions.ts'
import type { RequestFacts } from './request-facts.ts'

/** The first rule, by priority, all of whose conditions hold; the default one has none. AWS: "Listener rules". */
export function chooseRule(
  { rules }: ListenerConfiguration,
  facts: RequestFacts,
): RuleConfiguration | undefined {
  return rules.find(({ conditions }) => conditions.every((condition) => holds(condition, facts)))
}
