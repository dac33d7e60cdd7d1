/** Ports that a host name is written without. */
const DEFAULT_PORTS = [80, 443]

/**
 * `Host` as the target gets it where it is not preserved: without a port on 80 and 443, with the listener's elsewhere
 * unless the client named one. AWS: "Application Load Balancers", host header preservation.
 *
 * @param host as received
 * @param port the listener's declared one
 */
export function hostToTarget(host: string, port: number): string {
  if (DEFAULT_PORTS.includes(port)) return host.replace(/:\d*$/, '')
  return /:\d+$/.test(host) ? host : `${host}:${port}`
}
