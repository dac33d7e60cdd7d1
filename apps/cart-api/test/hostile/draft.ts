import { MIMEType } from 'node:util'
import type { DocumentedOperation, DocumentedParameter } from './contract.ts'

/** A request to one operation, right or wrong, as it goes over the wire. */
export interface Draft {
  readonly operation: DocumentedOperation
  readonly method: string
  /** The values of the path's parameters, percent-encoded or not. */
  readonly path: Readonly<Record<string, string>>
  /** Names and values, percent-encoded. */
  readonly query: readonly (readonly [string, string])[]
  /** Values hold one character for each byte; those of no parameter may be among them. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | undefined
  /** In pieces of this many bytes, instead of with a `Content-Length`. */
  readonly chunked?: number
}

/** The largest body and the largest headers that are read, in bytes (`docs/reference/http.md`; Node's limit). */
const BODY_LIMIT = 64 * 1024
const HEADER_LIMIT = 16 * 1024
/** Every change takes it, and nothing else does. It may be there once only: a comma may be part of a key. */
const KEY = 'Idempotency-Key'

/** The request as bytes. */
export function wireBytes(draft: Draft): Buffer {
  const { body, chunked } = draft
  const framing =
    body === undefined
      ? []
      : chunked === undefined
        ? [['Content-Length', String(body.length)]]
        : [['Transfer-Encoding', 'chunked']]
  const lines = [
    `${draft.method} ${targetOf(draft)} HTTP/1.1`,
    'Host: cart.example',
    ...[...draft.headers, ...framing].map(([name, value]) => `${name}: ${value}`),
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  if (body === undefined) return head
  return Buffer.concat([head, ...(chunked === undefined ? [body] : chunks(body, chunked))])
}

function targetOf({ operation, path, query }: Draft): string {
  const address = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => path[name] ?? '')
  return query.length === 0 ? address : `${address}?${query.map((pair) => pair.join('=')).join('&')}`
}

function chunks(body: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let start = 0; start < body.length; start += size) {
    const piece = body.subarray(start, start + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return [...pieces, Buffer.from('0\r\n\r\n')]
}

/**
 * The statuses that the document, and the rules of `docs/reference/http.md` that it cannot express, demand for a
 * request that is wrong in itself; empty for one that must not be refused for its form. A request with two faults
 * may be told of either.
 */
export function faultsOf(draft: Draft): ReadonlySet<number> {
  if (headBytes(draft) > HEADER_LIMIT) return new Set([431])
  return new Set([...(parametersFit(draft) && queryIsKnown(draft) ? [] : [400]), ...faultsOfBody(draft)])
}

function headBytes(draft: Draft): number {
  return wireBytes({ ...draft, body: undefined }).length
}

function parametersFit(draft: Draft): boolean {
  return draft.operation.parameters.every((parameter) => {
    const value = valueIn(parameter, draft)
    return value === undefined ? !parameter.required : parameter.fits(value)
  })
}

/** As the API sees it: decoded, with the values of a repeated header joined. */
function valueIn({ name, in: place }: DocumentedParameter, draft: Draft): unknown {
  switch (place) {
    case 'path':
      return decoded(draft.path[name] ?? '')
    case 'query': {
      const values = new URLSearchParams(draft.query.map((pair) => pair.join('=')).join('&')).getAll(name)
      return values.length > 1 ? values : values[0]
    }
    case 'header':
      return name === KEY && isRepeated(draft, name) ? null : headerOf(draft, name)
  }
}

/** The text, or `null`, which fits no parameter, where it is not percent-encoded UTF-8. */
function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

function isRepeated({ headers }: Draft, name: string): boolean {
  return headers.filter(([given]) => given.toLowerCase() === name.toLowerCase()).length > 1
}

function headerOf({ headers }: Draft, name: string): string | undefined {
  const values = headers
    .filter(([given]) => given.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value.replaceAll(/^[ \t]+|[ \t]+$/g, ''))
  return values.length === 0 ? undefined : values.join(', ')
}

/** Unknown fields are refused (`docs/reference/http.md`), of the query too where it is about a cart. */
function queryIsKnown({ operation, query }: Draft): boolean {
  if (!operation.parameters.some(({ name }) => name === 'X-Cart-ID')) return true
  const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const given = new URLSearchParams(query.map((pair) => pair.join('=')).join('&'))
  return [...given.keys()].every((name) => known.includes(name))
}

/** What a change takes that says that it takes no body. */
const NO_BODY = {
  required: false,
  fits: (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getOwnPropertyNames(value).length === 0,
}

function faultsOfBody(draft: Draft): number[] {
  const { operation, body } = draft
  const isChange = operation.parameters.some(({ name }) => name === KEY)
  const wanted = operation.body ?? (isChange ? NO_BODY : undefined)
  if (wanted === undefined) return []
  if (body === undefined || body.length === 0) return wanted.required ? [400] : []
  const encoding = headerOf(draft, 'Content-Encoding')?.toLowerCase() || 'identity'
  return [
    ...(encoding === 'identity' && isJson(draft) ? [] : [415]),
    ...(body.length > BODY_LIMIT ? [413] : []),
    ...(wanted.fits(parsed(body)) ? [] : [400]),
  ]
}

/** Of a repeated `Content-Type`, Node takes the first. */
function isJson({ headers }: Draft): boolean {
  const [, text = ''] = headers.find(([name]) => name.toLowerCase() === 'content-type') ?? []
  try {
    const type = new MIMEType(text)
    const charset = type.params.get('charset')?.toLowerCase() ?? 'utf-8'
    const names = type.type === 'application' && (type.subtype === 'json' || type.subtype.endsWith('+json'))
    return names && (charset === 'utf-8' || charset === 'utf8')
  } catch {
    return false
  }
}

/** What the bytes say as JSON in UTF-8 without a byte order mark, or `undefined`, which fits no schema. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    return undefined
  }
}
