import { readFileSync } from 'node:fs'
import type { Place } from './target.ts'

/** Where a host of a URL really listens, as `curl --connect-to` takes it: `<host>:<port>:<host>:<port>`. */
const CONNECT_TO = 'CARTWRIGHT_CONNECT_TO'
/** A file with the authority that is trusted there. */
const CA = 'CARTWRIGHT_CA'

const PAIR = /^([^:]+):(\d{1,5}):([^:]+):(\d{1,5})$/

/** How a URL is reached from here; nothing where it is reached as everybody reaches it. */
export interface Reach {
  readonly connectTo?: Place
  /** PEM. */
  readonly ca?: string
}

/** A variable cannot be used; the message says what is wanted. */
export class BadReach extends Error {}

/**
 * How a URL is reached by what variables say. A rehearsal sets them, as no DNS knows its load balancer, for its own URL; others
 * are reached as ever.
 *
 * @throws {BadReach}
 */
export function reachOf(url: string, env: NodeJS.ProcessEnv): Reach {
  const { [CONNECT_TO]: connectTo, [CA]: ca } = env
  if (!connectTo) return {}
  const [, host, port, toHost = '', toPort] = PAIR.exec(connectTo) ?? []
  if (port === undefined)
    throw new BadReach(
      `${CONNECT_TO} is "${connectTo}"; wanted: one such as shop.example.com:443:127.0.0.1:8443`,
    )
  const { hostname, port: given, protocol } = new URL(url)
  const meant = given || (protocol === 'https:' ? '443' : '80')
  if (hostname !== host || meant !== port) return {}
  const place = { host: toHost, port: Number(toPort) }
  return ca ? { connectTo: place, ca: pemIn(ca) } : { connectTo: place }
}

function pemIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BadReach(`${CA} is "${file}", which cannot be read: ${String(error)}; wanted: a file with PEM`)
  }
}

/** The variables by which others reach a URL as it is reached here. */
export function reachVariables(
  url: string,
  { connectTo, ca }: { readonly connectTo: Place; readonly ca?: string | undefined },
): Readonly<Record<string, string>> {
  const { hostname, port, protocol } = new URL(url)
  const meant = port || (protocol === 'https:' ? '443' : '80')
  return {
    [CONNECT_TO]: `${hostname}:${meant}:${connectTo.host}:${connectTo.port}`,
    ...(ca === undefined ? {} : { [CA]: ca }),
  }
}
