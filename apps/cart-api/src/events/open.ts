import path from 'node:path'
import { LogPublisher, type Outbox, type Publisher, Relay, WebhookPublisher } from '@cartwright/cart-store'
import type { Logger } from '../logging/log.ts'
import type { Settings } from '../settings/settings.ts'

/** The relay that the settings name, started; `undefined` where events stay in the outbox. */
export async function openRelay(
  settings: Settings,
  outbox: Outbox,
  logger: Logger,
): Promise<Relay | undefined> {
  const publisher = await openPublisher(settings)
  if (publisher === undefined) return undefined
  const relay = new Relay({
    outbox,
    publisher,
    warn: (message, cause) => logger.warn({ err: cause }, message),
  })
  relay.start()
  return relay
}

async function openPublisher(settings: Settings): Promise<Publisher | undefined> {
  const { eventBusName, dataDir } = settings
  const events = settings.events ?? (eventBusName === undefined ? 'log' : 'eventbridge')
  switch (events) {
    case 'none':
      return undefined
    case 'log':
      return new LogPublisher({ file: path.join(dataDir, 'events.ndjson') })
    case 'eventbridge': {
      if (eventBusName === undefined)
        throw new Error('readSettings lets no eventbridge through without a bus')
      // Loaded only where it is used: the AWS SDK takes time and memory.
      const { EventBridgePublisher } = await import('@cartwright/cart-store/eventbridge')
      return new EventBridgePublisher({ bus: eventBusName })
    }
    default:
      return new WebhookPublisher({ url: events })
  }
}
