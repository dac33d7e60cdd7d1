import { isIPv6 } from 'node:net'
import type { LoadBalancerAttributes } from '../declared/configuration.ts'

/** More addresses than that are answered 463: AWS, "Troubleshoot your Application Load Balancers". */
export const MOST_ADDRESSES = 30

export function countAddresses(values: readonly string[]): number {
  return values.flatMap((value) => value.split(',')).filter((address) => address.trim() !== '').length
}

/** Whom the load balancer sees at the other end. */
export interface Client {
  readonly address: string
  readonly port: number
}

/**
 * `X-Forwarded-For` as the target gets it; `undefined` for no such header. AWS: "X-Forwarded headers".
 *
 * @param received the values that came with the request
 */
export function forwardedFor(
  received: readonly string[],
  client: Client,
  attributes: Pick<LoadBalancerAttributes, 'forwardedFor' | 'addsClientPort'>,
): string | undefined {
  if (attributes.forwardedFor === 'remove') return undefined
  if (attributes.forwardedFor === 'preserve') return received.length === 0 ? undefined : received.join(', ')
  return [...received, write(client, attributes.addsClientPort, received.length > 0)].join(', ')
}

/** An IPv6 address stands in brackets before a port, and where it is appended. */
function write({ address, port }: Client, withPort: boolean, isAppended: boolean): string {
  const host = isIPv6(address) && (withPort || isAppended) ? `[${address}]` : address
  return withPort ? `${host}:${port}` : host
}
