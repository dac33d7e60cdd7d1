import type { ServerOptions } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Authority } from '../../tls/authority.ts'
import type { TlsConfiguration } from '../declared/configuration.ts'
import { matches } from '../rules/pattern.ts'
import { securityPolicy } from './policies.ts'

/** What a server is given to talk TLS. */
export type ServedTls = Pick<
  ServerOptions,
  | 'cert'
  | 'key'
  | 'minVersion'
  | 'maxVersion'
  | 'ciphers'
  | 'honorCipherOrder'
  | 'ALPNProtocols'
  | 'SNICallback'
>

/** What this machine calls itself: the default certificate is good for these too, which no certificate of AWS is. */
const LOCAL_NAMES = ['localhost', '127.0.0.1']

/**
 * Certificates of the same names as the declared ones, from an authority of our own: their keys never leave ACM. A client
 * gets the one that fits the host it names ("smart certificate selection"), and the default one where none fits. AWS:
 * "SSL certificates for your Application Load Balancer".
 */
export async function serveTls(
  { policy, certificates }: TlsConfiguration,
  authority: Authority,
  dnsName: string,
): Promise<ServedTls> {
  const { minVersion, maxVersion, ciphers } = securityPolicy(policy)
  const versions = { minVersion, maxVersion, ciphers, honorCipherOrder: true }
  const served = await Promise.all(
    certificates.map(async ({ names }, index) => {
      const issued = await authority.issue(index === 0 ? [...names, dnsName, ...LOCAL_NAMES] : names)
      return { names, ...issued, context: createSecureContext({ ...issued, ...versions }) }
    }),
  )
  const [standard] = served
  const choose = (host: string): SecureContext | undefined =>
    (
      served.find(({ names }) => names.includes(host)) ??
      served.find(({ names }) => names.some((name) => isFor(name, host))) ??
      standard
    )?.context
  return {
    ...(standard === undefined ? {} : { cert: standard.cert, key: standard.key }),
    ...versions,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (host, told) => told(null, choose(host.toLowerCase())),
  }
}

/** `*.` stands for one label: RFC 9525 §6.3. */
function isFor(name: string, host: string): boolean {
  const isSameDepth = name.split('.').length === host.split('.').length
  return isSameDepth && matches(name, host, { isCaseSensitive: false })
}
