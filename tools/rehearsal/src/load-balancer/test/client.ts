import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Asking {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string
  readonly agent?: Agent
  readonly localAddress?: string
}

/** One request, by default over a connection of its own. */
export async function ask(port: number, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, agent, localAddress } = asking
  const onward = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { host: 'shop.example.com', ...headers },
    agent: agent ?? new Agent(),
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  onward.end(body)
  const [answer] = await once(onward, 'response')
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
}

/** A connection on which a test writes what it likes. */
export class RawClient {
  readonly socket: Socket
  /** All that came. */
  received = ''
  readonly closed: Promise<void>

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (data: string) => {
      this.received += data
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()))
  }

  send(words: string): this {
    this.socket.write(words, 'latin1')
    return this
  }

  /** The status of the first answer. */
  get status(): number {
    return Number(this.received.split(' ')[1])
  }
}

/** Sends bytes, and waits until the other side closes. */
export async function talk(port: number, words: string): Promise<RawClient> {
  const client = new RawClient(port).send(words)
  await client.closed
  return client
}
