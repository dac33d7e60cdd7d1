import type { Rule } from './rule.ts'

/** Addresses that a notification of a budget takes (AWS Budgets quotas). */
const MOST_EMAILS = 10

export const ALARM_RULES: readonly Rule[] = [
  {
    fields: ['alarmEmails'],
    holds: ({ alarmEmails = [] }) => alarmEmails.length <= MOST_EMAILS,
    wanted: () =>
      `at most ${MOST_EMAILS} addresses, as a budget takes no more: a list of your own reaches more people`,
  },
]
