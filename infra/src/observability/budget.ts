import type { Environment } from '@cartwright/environments'
import { BudgetsBudget } from '#aws/budgets-budget'
import { Construct } from '#terraform'

export interface BudgetProps extends Pick<Environment, 'monthlyBudget' | 'alarmEmails'> {
  readonly name: string
  /** The value of the tag `Environment`. */
  readonly environmentName: string
}

/** Parts of the amount that are told: what was spent, and what the month will come to. */
const TOLD = [
  { threshold: 80, notificationType: 'ACTUAL' },
  { threshold: 100, notificationType: 'ACTUAL' },
  { threshold: 100, notificationType: 'FORECASTED' },
] as const

/**
 * What a month may cost. Without addresses it can be looked at and tells nobody. It counts what carries the tag
 * `Environment`, and sees nothing until that tag is activated for costs in the account that pays.
 *
 * Cost: none.
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id)
    const { name, monthlyBudget, environmentName, alarmEmails = [] } = props
    new BudgetsBudget(this, 'budget', {
      name,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: `${monthlyBudget}.0`,
      limitUnit: 'USD',
      // A dollar sign stands between tag and value.
      costFilter: [{ name: 'TagKeyValue', values: [`user:Environment$${environmentName}`] }],
      notification:
        alarmEmails.length === 0
          ? []
          : TOLD.map((told) => ({
              ...told,
              comparisonOperator: 'GREATER_THAN',
              thresholdType: 'PERCENTAGE',
              subscriberEmailAddresses: [...alarmEmails],
            })),
    })
  }
}
