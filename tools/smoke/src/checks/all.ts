import type { Checks } from '../check.ts'
import type { QueueOptions } from '../queue/queue.ts'
import { CART_CHECKS } from './cart.ts'
import { CHECKOUT_CHECKS } from './checkout.ts'
import { eventChecks } from './events.ts'
import { healthChecks } from './health.ts'
import { IDEMPOTENCY_CHECKS } from './idempotency.ts'
import { instanceChecks } from './instances.ts'
import { MERGE_CHECKS } from './merge.ts'
import { PROBLEM_CHECKS } from './problems.ts'
import { VERSION_CHECKS } from './versions.ts'

export interface Wanted {
  readonly release?: string | undefined
  readonly instances: number
  readonly queue?: QueueOptions | undefined
}

/** Those on the API itself, and those that look elsewhere and may have to wait. */
export function allChecks({ release, instances, queue }: Wanted): { api: Checks; elsewhere: Checks } {
  return {
    api: [
      ...healthChecks(release),
      ...CART_CHECKS,
      ...MERGE_CHECKS,
      ...CHECKOUT_CHECKS,
      ...IDEMPOTENCY_CHECKS,
      ...VERSION_CHECKS,
      ...PROBLEM_CHECKS,
      ...instanceChecks(instances),
    ],
    elsewhere: eventChecks(queue),
  }
}
