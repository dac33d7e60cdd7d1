import type { ServiceEvent } from '@aws-sdk/client-ecs'

/** So many of a service's events are told with a failure. */
const TOLD = 8

/**
 * What ECS has said of a service lately, the oldest first, without the service's name.
 *
 * @param events the newest first, as DescribeServices has them
 * @param since when it began that is asked about, in milliseconds since 1970
 */
export function lastEvents(events: readonly ServiceEvent[], since: number): readonly string[] {
  return events
    .filter(({ createdAt }) => createdAt !== undefined && createdAt.getTime() >= since)
    .slice(0, TOLD)
    .map(shownEvent)
    .toReversed()
}

/** `(service shop) has started 1 tasks: (task 1f).` without what is said each time. */
export function shownEvent({ message = '' }: ServiceEvent): string {
  return message.replace(/^\(service \S+?\) /, '')
}
