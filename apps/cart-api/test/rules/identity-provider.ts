import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'

interface SigningKey {
  readonly kid: string
  readonly secret: JWK
  readonly published: JWK
}

/** Claims as they should not be, too: of any kind, or `undefined` for none. */
type Claims = Readonly<Record<string, unknown>>

/** Every provider begins with it: making RSA keys takes time. */
let firstKey: Promise<SigningKey> | undefined

/** An identity provider on a loopback port: it signs tokens, publishes its keys, changes them, and breaks down. */
export class IdentityProvider {
  readonly issuer = 'https://id.shop.example/'
  readonly audience = 'cart-api'
  /** What the address of the keys answers: the key set, another text with 200, a status, or no answer at all. */
  condition: 'up' | 'down' | { readonly text: string } | { readonly status: number } = 'up'
  /** How often the keys were asked for. */
  fetches = 0
  readonly #server: Server
  #key: SigningKey

  private constructor(server: Server, key: SigningKey) {
    this.#server = server
    this.#key = key
    server.on('request', (request, response) => {
      this.fetches += 1
      const { condition } = this
      if (condition === 'down') request.socket.destroy()
      else if (condition === 'up') response.end(JSON.stringify({ keys: [this.#key.published] }))
      else if ('text' in condition) response.end(condition.text)
      else response.writeHead(condition.status).end()
    })
  }

  static async start(): Promise<IdentityProvider> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    firstKey ??= newKey('first')
    return new IdentityProvider(server, await firstKey)
  }

  get jwksUrl(): string {
    // A TCP server's address is never a path.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys.json`
  }

  /** Signs with, and publishes, another key from now on. */
  async rotate(kid: string): Promise<void> {
    this.#key = await newKey(kid)
  }

  /** The published key, as anybody has it. */
  get publicKey(): JWK {
    return this.#key.published
  }

  /** A good token for an hour, but for what is given. */
  async token(claims: Claims = {}, header: { readonly kid?: string; readonly alg?: string } = {}) {
    const { kid, secret } = this.#key
    const { alg = 'RS256' } = header
    return new SignJWT(this.claims(claims))
      .setProtectedHeader({ kid, ...header, alg })
      .sign(await importJWK(secret, alg))
  }

  /** What a good token says, but for what is given. */
  claims(claims: Claims = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000)
    return { iss: this.issuer, aud: this.audience, sub: 'ann', exp: now + 3600, ...claims }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function newKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  return {
    kid,
    secret: await exportJWK(privateKey),
    published: { ...(await exportJWK(publicKey)), kid, use: 'sig' },
  }
}
