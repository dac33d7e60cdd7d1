import type { OutboxRow } from '@cartwright/cart-store'

/** An event as it is delivered. */
export type CartEvent = OutboxRow['events'][number]
