import { randomUUID, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { RehearsalProblem } from '../problem.ts'

/** What can be asked, by `METHOD /path`; what it returns is the answer's JSON. */
export type Operations = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>

/** The rehearsal's own API, for other commands of the same user: on loopback, and for who knows the token. */
export class Control {
  readonly token = randomUUID()
  readonly #server: Server

  private constructor(operations: Operations) {
    this.#server = createServer((request, response) => {
      this.#answer(operations, request, response).catch((error: unknown) => {
        const status = error instanceof RehearsalProblem ? 409 : 500
        send(response, status, { message: error instanceof Error ? error.message : String(error) })
      })
    })
  }

  static async start(operations: Operations): Promise<Control> {
    const control = new Control(operations)
    await once(control.#server.listen(0, '127.0.0.1'), 'listening')
    return control
  }

  get url(): string {
    // A TCP server's address is never a path.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #answer(operations: Operations, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${this.token}`))
      return send(response, 401, { message: 'another rehearsal, or none of yours' })
    const name = `${request.method} ${request.url}`
    const operation = operations[name]
    if (operation === undefined) return send(response, 404, { message: `there is no ${name}` })
    // Sent by `Remote` alone.
    const input = request.method === 'POST' ? ((await json(request)) as Record<string, unknown>) : {}
    send(response, 200, (await operation(input)) ?? {})
  }
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
