import { Agent, request } from 'node:http'

/** One answer that came whole. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
}

/**
 * Why there is no whole answer: nobody listens any more (`refused`), the connection ended before the answer began
 * (`unanswered`), or in the middle of it (`torn`).
 */
export class NoAnswer extends Error {
  readonly how: 'refused' | 'unanswered' | 'torn'
  /** When the request had left this process whole, by `performance.now()`; `undefined` when it had not. */
  readonly sentAt: number | undefined

  constructor(how: NoAnswer['how'], sentAt: number | undefined, cause: unknown) {
    super(`no whole answer: ${how}`, { cause })
    this.how = how
    this.sentAt = sentAt
  }
}

/** A client that keeps one connection open from request to request, and makes a new one when it has to. */
export class KeepAliveClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  /** @throws {NoAnswer} */
  ask(url: string, { method, path, headers, body }: Asked): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      let sentAt: number | undefined
      const outgoing = request(`${url}${path}`, {
        method,
        agent: this.#agent,
        headers: {
          ...headers,
          ...(text === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
        },
      })
      outgoing.on('finish', () => (sentAt = performance.now()))
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        reject(new NoAnswer(error.code === 'ECONNREFUSED' ? 'refused' : 'unanswered', sentAt, error)),
      )
      outgoing.on('response', (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (part: string) => (received += part))
        incoming.on('error', (error) => reject(new NoAnswer('torn', sentAt, error)))
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: received }),
        )
      })
      outgoing.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
