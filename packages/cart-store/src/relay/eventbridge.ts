/** Apart from the rest of the relay, as the AWS SDK is loaded only where it is used. */
export {
  EVENT_SOURCE,
  EventBridgePublisher,
  type EventBridgePublisherOptions,
} from './eventbridge-publisher.ts'
