import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface IdentityProvider {
  /** What makes an API take its tokens. */
  readonly settings: Readonly<Record<string, string>>
  /** A token of that user, good for an hour. */
  token(user: string): string
  stop(): Promise<void>
}

/** Publishes a key on a free loopback port, and signs with it (RFC 7515, RFC 7517). */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const header = { alg: 'ES256', kid: 'the-key' }
  const keys = [{ ...publicKey.export({ format: 'jwk' }), ...header, use: 'sig' }]
  const server = createServer((_, outgoing) => outgoing.end(JSON.stringify({ keys })))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    settings: { IDENTITY: 'jwt', JWT_ISSUER: issuer, JWT_AUDIENCE: 'shop', JWT_JWKS_URL: `${issuer}/keys` },
    token: (user) => {
      const seconds = Math.floor(Date.now() / 1000)
      const claims = { sub: user, iss: issuer, aud: 'shop', iat: seconds, exp: seconds + 3600 }
      const content = `${part(header)}.${part(claims)}`
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${content}.${signature.toString('base64url')}`
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
