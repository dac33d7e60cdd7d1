import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge'
import type { CartEvent } from '@cartwright/cart-domain'
import { textOf } from './event-text.ts'
import type { Publisher, Refused } from './publisher.ts'

export interface EventBridgePublisherOptions {
  /** The name or the ARN of the bus. */
  readonly bus: string
  /** Of the SDK's client; the environment's own where they are missing. */
  readonly client?: Pick<EventBridgeClientConfig, 'region' | 'endpoint' | 'credentials'>
  /** Milliseconds that a call may take. @default 3000 */
  readonly timeout?: number
}

/** Every event's `source`, by which rules tell them from others. */
export const EVENT_SOURCE = 'cartwright.cart'

/**
 * The limits of PutEvents: ten entries and 256 KB, of which a part is left for what an entry has beside its detail
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html).
 */
const LIMITS = { events: 10, bytes: 250_000, calls: 4 }
/** The time of an entry counts 14 bytes (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html). */
const TIME_SIZE = 14

/** Puts events on an EventBridge bus: `detail-type` is the event's type, `detail` the event. */
export class EventBridgePublisher implements Publisher {
  readonly limits = LIMITS
  readonly #bus: string
  readonly #timeout: number
  readonly #client: EventBridgeClient

  constructor({ bus, client, timeout = 3_000 }: EventBridgePublisherOptions) {
    this.#bus = bus
    this.#timeout = timeout
    // The relay repeats: it knows which entries were accepted.
    this.#client = new EventBridgeClient({ ...client, maxAttempts: 1 })
  }

  sizeOf(event: CartEvent): number {
    return TIME_SIZE + Buffer.byteLength(textOf(event)) + event.type.length + EVENT_SOURCE.length
  }

  async publish(events: readonly CartEvent[]): Promise<readonly Refused[]> {
    const { Entries = [] } = await this.#client.send(
      new PutEventsCommand({ Entries: events.map((event) => this.#entry(event)) }),
      { abortSignal: AbortSignal.timeout(this.#timeout) },
    )
    return events.flatMap((_, index) => {
      const entry = Entries[index]
      if (entry?.EventId !== undefined) return []
      return [{ index, reason: `${entry?.ErrorCode ?? 'no answer'}: ${entry?.ErrorMessage ?? ''}` }]
    })
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  #entry(event: CartEvent): PutEventsRequestEntry {
    return {
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: event.type,
      Detail: textOf(event),
      Time: new Date(event.occurredAt),
    }
  }
}
