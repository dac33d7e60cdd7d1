import { hash } from 'node:crypto'

/**
 * What an `Idempotency-Key` header looks like: 1-255 of visible ASCII and space, bare or quoted; in quotes, a backslash
 * stands before a quote or a backslash. Two quotes with nothing between them fit, but are empty.
 */
export const IDEMPOTENCY_KEY_PATTERN =
  '^(?:"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\]){1,255}"|[\\x20-\\x7e]{1,255})$'
const idempotencyKey = new RegExp(IDEMPOTENCY_KEY_PATTERN)

/**
 * The key of an `Idempotency-Key` header: bare, or a quoted string as the IETF draft wants it
 * (draft-ietf-httpapi-idempotency-key-header); `"a"` and `a` are the same key.
 *
 * @returns `undefined` when it is empty, longer than 255 characters, or holds others than visible ASCII and space.
 */
export function parseIdempotencyKey(header: string): string | undefined {
  if (header === '""' || !idempotencyKey.test(header)) return undefined
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1]
  return quoted === undefined ? header : quoted.replaceAll(/\\(["\\])/g, '$1')
}

/** A digest of what a request asks for: method, path with its query, and the body whatever its members' order. */
export function fingerprint(method: string, target: string, body: unknown): string {
  return hash('sha256', `${method} ${target}\n${canonical(body)}`, 'base64url')
}

/** JSON with the members of every object sorted, in the spirit of RFC 8785. The body has passed its schema. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
