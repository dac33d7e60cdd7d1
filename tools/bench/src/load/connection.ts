import { connect } from 'node:net'

/** Large enough for any answer here to arrive in one piece, in bytes. */
const READ_BUFFER = 64 * 1024
const END_OF_HEAD = '\r\n\r\n'
/** Where the status stands in `HTTP/1.1 200 OK`. */
const STATUS = { from: 9, to: 12 }

export interface ConnectionOptions {
  /** `http://host:port`. */
  readonly url: string
  /** The request as it goes over the wire, sent again as soon as it is answered. */
  readonly request: string
  /** Hears how long each answer took, in milliseconds. */
  readonly answered: (took: number) => void
  /** Hears why it cannot go on: an answer other than 2xx, one without `Content-Length`, a lost connection. */
  readonly failed: (reason: string) => void
}

/**
 * One client that sends one request after the other on one connection (HTTP/1.1 keep-alive, no pipelining).
 * It reads of an answer only what it must, the status and the length, because it shares the machine with the
 * server: a full HTTP client costs several times as much, and would be what is measured.
 */
export function openConnection({ url, request, answered, failed }: ConnectionOptions): void {
  const { hostname, port } = new URL(url)
  const bytes = Buffer.from(request)
  let sent = 0
  /** The beginning of a head that has not arrived completely. */
  let head = ''
  /** Bytes of the answer's body that are still to come; `undefined` before its head is complete. */
  let missing: number | undefined

  const send = (): void => {
    sent = performance.now()
    socket.write(bytes)
  }
  const fail = (reason: string): void => {
    socket.destroy()
    failed(reason)
  }
  const read = (length: number, buffer: Uint8Array): boolean => {
    if (missing === undefined) {
      // Latin-1: a character for each byte, so that what belongs to the body can be counted.
      const text = head + Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1')
      const end = text.indexOf(END_OF_HEAD)
      if (end === -1) {
        head = text
        return true
      }
      const judged = judge(text.slice(0, end))
      if (typeof judged === 'string') {
        fail(judged)
        return false
      }
      missing = judged - (text.length - end - END_OF_HEAD.length)
      head = ''
    } else {
      missing -= length
    }
    if (missing > 0) return true
    missing = undefined
    answered(performance.now() - sent)
    send()
    return true
  }
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: { buffer: Buffer.allocUnsafe(READ_BUFFER), callback: read },
  })
  socket.once('connect', send)
  socket.once('error', (error) => failed(error.message))
  socket.once('end', () => fail('the server has closed the connection'))
}

/** @returns the length of the body in bytes, or what is wrong */
function judge(head: string): number | string {
  if (!head.slice(STATUS.from, STATUS.to).startsWith('2')) {
    return `got the answer "${head.slice(0, head.indexOf('\r\n'))}"; wanted: a status of 2xx`
  }
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  return length === undefined ? 'got an answer without Content-Length' : Number(length)
}
