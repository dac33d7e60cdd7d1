import { isUtf8 } from 'node:buffer'
import { type Request, type Response, raw } from 'express'
import { malformed, Problem } from '../problems/catalogue.ts'

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 64 * 1024

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;|$)/i
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([^"; \t]*)/i

// Read raw, because whether there is a body at all is only known when it has been read, and only then may its
// media type be judged. Compressed bodies are refused: nobody needs them at this size, and they can explode.
const readRaw = raw({ type: () => true, limit: BODY_LIMIT, inflate: false })

/**
 * The request's JSON body, or `undefined` when it has none.
 *
 * @throws {Problem} `body-too-large`, `unsupported-media-type`, or `malformed-request` for what is not JSON.
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  const bytes = await readBytes(request, response)
  if (bytes === undefined || bytes.length === 0) return undefined
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

function readBytes(request: Request, response: Response): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    readRaw(request, response, (error?: unknown) => {
      if (error === undefined) resolve(Buffer.isBuffer(request.body) ? request.body : undefined)
      else reject(problemOf(error))
    })
  })
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

/** The errors of `body-parser`, known by their `type` (https://github.com/expressjs/body-parser#errors). */
function problemOf(error: unknown): Problem {
  const type = (error as { type?: unknown } | null)?.type
  switch (type) {
    case 'entity.too.large':
      return new Problem('body-too-large', `the body has more than ${BODY_LIMIT} bytes`, {
        members: { limit: BODY_LIMIT },
      })
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'the body has a Content-Encoding; wanted: none')
    case 'request.aborted':
    case 'request.size.invalid':
      return malformed([{ pointer: '', message: 'the body ended before its announced length' }])
    default:
      return new Problem('internal-error', 'the body could not be read', { cause: error })
  }
}
