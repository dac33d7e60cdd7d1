import type { CartEvent } from '@cartwright/cart-domain'

/** Where events go. */
export interface Publisher {
  /** What one call takes; a batch has at least one event, however large. */
  readonly limits: PublisherLimits
  /** How many bytes of a call the event takes. */
  sizeOf(event: CartEvent): number
  /**
   * Delivers the events.
   *
   * @returns those that were not accepted, by their places in `events`, with the reason; the others are delivered
   * @throws when it is not known that any of them was accepted
   */
  publish(events: readonly CartEvent[]): Promise<readonly Refused[]>
  /** Lets go of its resources; called when nothing is under way any more. */
  close(): Promise<void>
}

/** The most that one call takes, and how many may go out at once. */
export interface PublisherLimits {
  readonly events: number
  readonly bytes: number
  /** Calls under way at a time. */
  readonly calls: number
}

/** An event that was not accepted. */
export interface Refused {
  readonly index: number
  readonly reason: string
}
