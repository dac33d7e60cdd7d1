import type { RedirectConfiguration } from '../declared/configuration.ts'
import type { RequestFacts } from './request-facts.ts'

/** Maps a declared port of this load balancer to the one that it listens on here; others stay as they are. */
export type LocalPort = (declared: string) => string

/**
 * The `Location` of a redirect, always with the port, as AWS writes it ("Redirect actions"). To the same host it leads
 * to where that port is served on this machine: a client could not follow it otherwise.
 */
export function locationOf(
  redirect: RedirectConfiguration,
  facts: RequestFacts,
  localPort: LocalPort,
): string {
  const keywords: Readonly<Record<string, string>> = {
    protocol: facts.protocol,
    host: facts.host,
    port: String(facts.port),
    path: facts.path.replace(/^\//, ''),
    query: facts.query,
  }
  const fill = (part: string): string =>
    part.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => keywords[name] ?? '')
  const protocol = fill(redirect.protocol).toLowerCase()
  const host = fill(redirect.host)
  const port = fill(redirect.port)
  const query = fill(redirect.query)
  const where = host === facts.host ? localPort(port) : port
  return `${protocol}://${host}:${where}${fill(redirect.path)}${query === '' ? '' : `?${query}`}`
}
