import { ACCESS_RULES } from './access.ts'
import { ALARM_RULES } from './alarms.ts'
import { CAPACITY_RULES } from './capacity.ts'
import { DELIVERY_RULES } from './delivery.ts'
import { NAME_RULES } from './names.ts'
import { NETWORK_RULES } from './network.ts'
import type { Rule } from './rule.ts'
import { TIME_RULES } from './times.ts'

export const RULES: readonly Rule[] = [
  ...NAME_RULES,
  ...NETWORK_RULES,
  ...CAPACITY_RULES,
  ...ACCESS_RULES,
  ...ALARM_RULES,
  ...TIME_RULES,
  ...DELIVERY_RULES,
]
