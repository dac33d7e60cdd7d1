import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { malformed, Problem } from '../problems/catalogue.ts'

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 64 * 1024

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;|$)/i
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([^"; \t]*)/i

/** Whether the request announces a body; it may be empty all the same. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined
}

/**
 * The request's JSON body, or `undefined` when it is empty. Settles when the whole request has arrived, or can no
 * longer arrive.
 *
 * @throws {Problem} `body-too-large`, `unsupported-media-type`, or `malformed-request` for what is not JSON or was cut off.
 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request)
  // Only now it is known whether there is content, and only then its media type matters.
  if (bytes.length === 0) return undefined
  assertPlain(request.headers['content-encoding'])
  assertJson(request.headers['content-type'])
  // RFC 8259 §8.1: JSON between systems is UTF-8; guessing would change what the client said.
  if (!isUtf8(bytes)) throw malformed([{ pointer: '', message: 'the body is not valid UTF-8' }])
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable'
    throw malformed([{ pointer: '', message: `the body is not JSON: ${reason}` }])
  }
}

/** What is too large is read to its end and dropped: the answer must not meet a client that is still sending. */
function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // It may have ended while the caller was being identified; nothing would be heard of it any more.
    if (request.destroyed) {
      reject(cutOff())
      return
    }
    let chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= BODY_LIMIT) chunks.push(chunk)
      else chunks = []
    })
    request.on('end', () => {
      if (size <= BODY_LIMIT) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
      else reject(tooLarge())
    })
    // Follows the end, too; then there is nothing left to reject.
    request.on('close', () => reject(cutOff()))
  })
}

/** Compressed bodies are refused: nobody needs them at this size, and they can explode. */
function assertPlain(encoding: string | undefined): void {
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') return
  throw new Problem('unsupported-media-type', 'the body has a Content-Encoding; wanted: none')
}

function assertJson(contentType: string | undefined): void {
  const charset = contentType === undefined ? undefined : CHARSET.exec(contentType)?.[1]?.toLowerCase()
  if (
    contentType !== undefined &&
    JSON_TYPE.test(contentType) &&
    (charset === undefined || charset === 'utf-8' || charset === 'utf8')
  ) {
    return
  }
  const seen = contentType === undefined ? 'no Content-Type' : JSON.stringify(contentType.slice(0, 100))
  throw new Problem(
    'unsupported-media-type',
    `the body comes with ${seen}; wanted: application/json in UTF-8`,
  )
}

function tooLarge(): Problem {
  return new Problem('body-too-large', `the body has more than ${BODY_LIMIT} bytes`, {
    members: { limit: BODY_LIMIT },
  })
}

function cutOff(): Problem {
  return malformed([{ pointer: '', message: 'the body ended before its announced length' }])
}
