import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Secrets Manager, in as far as one secret is read. */
export interface SecretServer {
  /** The settings of a process that reads its secret here. */
  readonly environment: Readonly<Record<string, string>>
  set(secret: object): void
  stop(): Promise<void>
}

export async function startSecretServer(secret: object): Promise<SecretServer> {
  let current = secret
  const server = createServer((incoming, outgoing) => {
    incoming.resume()
    outgoing
      .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify({ Name: 'redis', SecretString: JSON.stringify(current) }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  return {
    environment: {
      REDIS_SECRET_ARN: 'redis',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    },
    set: (wanted) => {
      current = wanted
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
