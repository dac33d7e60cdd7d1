import { countAddresses, MOST_ADDRESSES } from '../headers/forwarded-for.ts'
import { type Header, valuesOf } from '../rules/request-facts.ts'
import type { OwnAnswer } from './own-answer.ts'

/** Bytes of a request line, of one header, and of all of them: AWS, "Quotas for your Application Load Balancers". */
export const LONGEST = { requestLine: 16 * 1024, header: 16 * 1024, headers: 64 * 1024 } as const

/** A request as it was received, before anybody asks what it wants. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly headers: readonly Header[]
}

/** How long the headers are, in bytes, with what separates them. */
export function bytesOf(headers: readonly Header[]): number {
  return headers.reduce((sum, header) => sum + bytesOfOne(header), 0)
}

function bytesOfOne([name, value]: Header): number {
  // Node reads headers as Latin-1: a character is a byte.
  return name.length + value.length + ': \r\n'.length
}

/**
 * Whether the load balancer refuses a request that its parser has understood. AWS: "Troubleshoot your Application Load
 * Balancers", the load balancer generates an HTTP error. A request line that is too long can be a 400 or a 414 by that
 * page; load balancers answer 414.
 */
export function refusalOf({ method, target, version, headers }: RequestHead): OwnAnswer | undefined {
  const line = method.length + target.length + version.length + '  HTTP/\r\n'.length
  if (line > LONGEST.requestLine) return { status: 414, reason: 'uri-too-long' }
  if (
    headers.some((header) => bytesOfOne(header) > LONGEST.header) ||
    line + bytesOf(headers) > LONGEST.headers
  )
    return { status: 400, reason: 'request-header-too-large' }
  if (method === 'TRACE') return { status: 405, reason: 'method-not-supported' }
  if (version === '1.1' && valuesOf(headers, 'host').length === 0)
    return { status: 400, reason: 'malformed-request' }
  const encodings = valuesOf(headers, 'transfer-encoding').map((value) => value.trim().toLowerCase())
  // `identity`, which load balancers take too, is refused: Node's parser does not, and no client sends it any more.
  if (encodings.some((encoding) => encoding !== 'chunked'))
    return { status: 501, reason: 'transfer-encoding-not-supported' }
  if (countAddresses(valuesOf(headers, 'x-forwarded-for')) > MOST_ADDRESSES)
    return { status: 463, reason: 'too-many-forwarded-addresses' }
  return undefined
}

/** An error of Node's parser: a code such as `HPE_INVALID_METHOD`, and a sentence. */
export interface ParserError {
  readonly code?: string | undefined
  readonly reason?: string | undefined
}

/** What a connection is told on which the parser has understood nothing. */
export function refusalOfParser({ code, reason = '' }: ParserError): OwnAnswer {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 400, reason: 'request-header-too-large' }
    case 'HPE_INVALID_TRANSFER_ENCODING':
      // A length beside chunks is told by the same code, and is no question of what is supported.
      return reason.includes('Content-Length')
        ? { status: 400, reason: 'malformed-request' }
        : { status: 501, reason: 'transfer-encoding-not-supported' }
    case 'HPE_INVALID_VERSION':
    case 'HPE_PAUSED_H2_UPGRADE':
      return { status: 505, reason: 'http-version-not-supported' }
    default:
      return { status: 400, reason: 'malformed-request' }
  }
}
