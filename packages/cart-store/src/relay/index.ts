/** The relay: from the outbox to whoever listens. */
export { LogPublisher, type LogPublisherOptions } from './log-publisher.ts'
export type { Publisher, PublisherLimits, Refused } from './publisher.ts'
export { Relay, type RelayOptions, type RelayState } from './relay.ts'
export { relayed } from './relayed-store.ts'
export { WebhookPublisher, type WebhookPublisherOptions } from './webhook-publisher.ts'
