import type { LoadBalancerAttributes } from '../declared/configuration.ts'
import { type Header, valuesOf } from '../rules/request-facts.ts'
import { type Client, forwardedFor } from './forwarded-for.ts'
import { endToEnd } from './hop-by-hop.ts'
import { hostToTarget } from './host.ts'
import { traceId } from './trace-id.ts'

/** A request, as far as its headers are concerned. */
export interface Received {
  readonly headers: readonly Header[]
  /** How long they were, in bytes. */
  readonly bytes: number
  /** What the client calls this server, perhaps with a port. */
  readonly host: string
  readonly client: Client
  /** What was agreed on with the client, in OpenSSL's words; none for HTTP. */
  readonly tls?: { readonly version: string; readonly cipher: string }
  /** The listener's declared port. */
  readonly port: number
  readonly now: number
}

/** What the load balancer says itself, whatever the client says. */
const OWN = new Set(['host', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id'])
/** "The Expect: 100-continue request header is not forwarded to its targets." AWS: "How Elastic Load Balancing works". */
const ANSWERED_HERE = new Set(['expect'])
const OF_TLS = ['x-amzn-tls-version', 'x-amzn-tls-cipher-suite']

/** AWS: "Application Load Balancers", `routing.http.drop_invalid_header_fields.enabled`. */
const VALID_NAME = /^[-A-Za-z0-9]+$/

/**
 * The headers that a target gets. AWS: "HTTP headers and Application Load Balancers". The body's framing is not among
 * them, except for its length.
 */
export function headersToTarget(received: Received, attributes: LoadBalancerAttributes): Header[] {
  const { headers, client, tls, port } = received
  const own = attributes.addsTlsHeaders ? new Set([...OWN, ...OF_TLS]) : OWN
  const kept = endToEnd(headers).filter(([name]) => {
    const lower = name.toLowerCase()
    if (own.has(lower) || ANSWERED_HERE.has(lower)) return false
    return !attributes.dropsInvalidHeaderFields || VALID_NAME.test(name)
  })
  const addresses = forwardedFor(valuesOf(headers, 'x-forwarded-for'), client, attributes)
  const added: Header[] = [
    ...(addresses === undefined ? [] : [['X-Forwarded-For', addresses] as const]),
    ['X-Forwarded-Proto', tls === undefined ? 'http' : 'https'],
    ['X-Forwarded-Port', String(port)],
    ['X-Amzn-Trace-Id', traceId(valuesOf(headers, 'x-amzn-trace-id')[0], received.bytes, received.now)],
  ]
  if (attributes.addsTlsHeaders && tls !== undefined)
    added.push(['x-amzn-tls-version', tls.version], ['x-amzn-tls-cipher-suite', tls.cipher])
  return [...hosts(received, attributes), ...kept, ...added]
}

/** Where they are preserved, all that were received. */
function hosts({ headers, host, port }: Received, { preservesHostHeader }: LoadBalancerAttributes): Header[] {
  if (!preservesHostHeader) return [['Host', hostToTarget(host, port)]]
  const received = valuesOf(headers, 'host')
  return (received.length === 0 ? [host] : received).map((value) => ['Host', value])
}
