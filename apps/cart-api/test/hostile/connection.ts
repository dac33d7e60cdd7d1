import { connect, type Socket } from 'node:net'

/** How long the API may take to answer or to close the connection, in milliseconds; later is a hang. */
const PATIENCE = 5_000

/** One answer, as it came over the wire. */
export interface Answer {
  readonly status: number
  /** By lower-case name; the values of a name that came more than once are joined. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/**
 * One connection, over which any bytes may be sent. Answers are read strictly: a line that is no header, a length
 * that does not fit, or a byte too many is an error, because it is what a smuggled or injected answer looks like.
 */
export class Connection {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #closed = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes])
      this.#wake()
    })
    // A reset is a way to close a connection, too.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#atEnd())
    socket.on('end', () => this.#atEnd())
  }

  static open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  /** Whether the API has closed its side and everything it said has been read. */
  get ended(): boolean {
    return this.#closed && this.#received.length === 0
  }

  /** Resolves when the bytes have left, or when the API does not want them any more. */
  send(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()))
  }

  /** Closes the client's side; the API may still answer. */
  finish(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /**
   * The next answer, or `undefined` when the API has closed the connection instead.
   *
   * @param toHead whether it answers a HEAD request, and so has no body whatever its length says.
   * @throws when what came is no answer, or when nothing came in time.
   */
  async next({ toHead = false, patience = PATIENCE } = {}): Promise<Answer | undefined> {
    const giveUp = performance.now() + patience
    for (;;) {
      const parsed = parseAnswer(this.#received, toHead)
      if (parsed !== undefined) {
        this.#received = this.#received.subarray(parsed.length)
        return parsed.answer
      }
      if (this.#closed) {
        if (this.#received.length > 0) throw new Error(`an answer was cut off: ${quoted(this.#received)}`)
        return undefined
      }
      await this.#more(giveUp - performance.now(), patience)
    }
  }

  #more(left: number, patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new Error(`neither answered nor closed within ${patience} ms; so far: ${quoted(this.#received)}`),
        )
      }, left)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #atEnd(): void {
    this.#closed = true
    this.#wake()
  }
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [A-Za-z' -]+$/
const HEADER_LINE = /^([A-Za-z][A-Za-z0-9-]*): ([\x20-\x7e]*)$/

function parseAnswer(bytes: Buffer, toHead: boolean): { answer: Answer; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(STATUS_LINE.exec(first)?.[1] ?? fail('is no status line', first))
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER_LINE.exec(line) ?? fail('is no header line', line)
    const before = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`)
  }
  const start = end + 4
  const length = bodyLength(status, headers, toHead)
  if (bytes.length < start + length) return undefined
  const body = bytes.toString('utf8', start, start + length)
  return { answer: { status, headers, body }, length: start + length }
}

/** In bytes (RFC 9112 §6.3). */
function bodyLength(status: number, headers: ReadonlyMap<string, string>, toHead: boolean): number {
  if (toHead || status < 200 || status === 204 || status === 304) return 0
  // Only what Node itself answers is chunked, and it has no body: one chunk, the last.
  if (headers.get('transfer-encoding') === 'chunked') return '0\r\n\r\n'.length
  const given =
    headers.get('content-length') ?? fail('is followed by a body of unknown length', String(status))
  return /^\d+$/.test(given) ? Number(given) : fail('is no length', given)
}

function fail(what: string, seen: string): never {
  throw new Error(`${JSON.stringify(seen.slice(0, 300))} ${what}`)
}

function quoted(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 300))
}
