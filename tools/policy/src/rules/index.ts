import type { Rule } from '../rule.ts'
import { DELIVERY } from './delivery.ts'
import { EDGE } from './edge.ts'
import { IDENTITIES } from './identities.ts'
import { LIMITS } from './limits.ts'
import { LOGS } from './logs.ts'
import { MESSAGES } from './messages.ts'
import { NETWORK } from './network.ts'
import { RIGHTS } from './rights.ts'
import { SECRETS } from './secrets.ts'
import { STORAGE } from './storage.ts'
import { TASKS } from './tasks.ts'
import { WIRING } from './wiring.ts'

/** Rules that are about one thing. */
export interface Area {
  readonly name: string
  readonly rules: readonly Rule[]
}

/** The rules by what they are about, as the page shows them. */
export const AREAS: readonly Area[] = [
  { name: 'Roles and policies', rules: IDENTITIES },
  { name: 'Rights that are needed', rules: RIGHTS },
  { name: 'Network', rules: NETWORK },
  { name: 'Load balancer, certificate, firewall', rules: EDGE },
  { name: 'Tasks and their service', rules: TASKS },
  { name: 'What keeps something', rules: STORAGE },
  { name: 'Events, queues, topics', rules: MESSAGES },
  { name: 'Secrets', rules: SECRETS },
  { name: 'Logs and alarms', rules: LOGS },
  { name: 'Builds and pipelines', rules: DELIVERY },
  { name: 'What belongs together', rules: WIRING },
  { name: "AWS's limits", rules: LIMITS },
]

/** Every rule. */
export const RULES: readonly Rule[] = AREAS.flatMap(({ rules }) => rules)
