import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credentials } from './aws.ts'

/** What a task may ask for. */
export interface Subject {
  /** Task metadata, and each container's by its name, as they are now. */
  readonly task: () => object
  readonly container: (name: string) => object
  readonly role?: { readonly arn: string; readonly credentials: () => Promise<Credentials> }
}

/** A task's own paths and token. */
export interface Admission {
  /** Of a container: ECS_CONTAINER_METADATA_URI_V4. */
  metadataUri(container: string): string
  /** AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN, where the task has a role. */
  readonly credentials?: { readonly uri: string; readonly token: string }
  /** From now on it gets nothing. */
  end(): void
}

/**
 * What stands for 169.254.170.2 in a task: credentials of its role (developer guide, "Task IAM role") and the task metadata
 * endpoint, version 4. The credentials' path is the SDKs' `AWS_CONTAINER_CREDENTIALS_FULL_URI`, which may lead to loopback;
 * as other programs of this machine can reach it, too, it asks for a token of the task's own.
 */
export class Agent {
  readonly #server: Server
  readonly #subjects = new Map<string, Subject>()
  readonly #roles = new Map<string, { readonly token: string; readonly subject: Subject }>()

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        send(response, 500, { code: 'InternalServerError', message: String(error) })
      })
    })
  }

  static async start(): Promise<Agent> {
    const agent = new Agent()
    await once(agent.#server.listen(0, '127.0.0.1'), 'listening')
    return agent
  }

  admit(subject: Subject): Admission {
    const id = randomUUID()
    const roleId = randomUUID()
    const token = randomUUID()
    this.#subjects.set(id, subject)
    if (subject.role !== undefined) this.#roles.set(roleId, { token, subject })
    return {
      metadataUri: (container) => `${this.#url}/v4/${id}-${encodeURIComponent(container)}`,
      ...(subject.role === undefined
        ? {}
        : { credentials: { uri: `${this.#url}/v2/credentials/${roleId}`, token } }),
      end: () => {
        this.#subjects.delete(id)
        this.#roles.delete(roleId)
      },
    }
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  get #url(): string {
    // A TCP server's address is never a path.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, version, name = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? []
    if (version === 'v2' && name === 'credentials') return this.#credentials(request, response, rest[0] ?? '')
    const [id, container] = [name.slice(0, 36), decodeURIComponent(name.slice(37))]
    const subject = version === 'v4' ? this.#subjects.get(id) : undefined
    if (subject === undefined) return send(response, 404, 'unable to get task')
    const what = rest.join('/')
    if (what === '') return send(response, 200, subject.container(container))
    if (what === 'task' || what === 'taskWithTags') return send(response, 200, subject.task())
    // There are no counters of single processes: an empty answer is what a container gets in its first second, too.
    if (what === 'stats' || what === 'task/stats') return send(response, 200, {})
    return send(response, 404, '404 page not found')
  }

  async #credentials(request: IncomingMessage, response: ServerResponse, roleId: string): Promise<void> {
    const found = this.#roles.get(roleId)
    if (found?.subject.role === undefined || request.headers.authorization !== found.token) {
      return send(response, 400, {
        code: 'InvalidIdInRequest',
        message: 'CredentialsV2Request: ID not found',
      })
    }
    const { arn, credentials } = found.subject.role
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = await credentials()
    send(response, 200, {
      RoleArn: arn,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: new Date(expiresAt).toISOString(),
    })
  }
}

function send(response: ServerResponse, status: number, body: object | string): void {
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
