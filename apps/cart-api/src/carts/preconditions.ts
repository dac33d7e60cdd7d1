/** The tags of an `If-Match` or `If-None-Match` header, or `any` for `*` (RFC 9110 §13.1). */
export type Precondition =
  | 'any'
  | {
      /** Quoted, as they stand in `ETag`. */
      readonly strong: readonly string[]
      /** Those of the tags that were marked weak, without the mark. */
      readonly weak: readonly string[]
    }

const TAG = /^\s*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")\s*$/

/** The header's tags, or `undefined` when it is not a list of quoted tags. */
export function parsePrecondition(header: string): Precondition | undefined {
  if (header.trim() === '*') return 'any'
  const strong: string[] = []
  const weak: string[] = []
  // Our tags hold no comma; one inside a foreign tag makes the header unreadable, which is said, not guessed.
  for (const part of header.split(',')) {
    const match = TAG.exec(part)
    const tag = match?.[2]
    if (tag === undefined) return undefined
    ;(match?.[1] === undefined ? strong : weak).push(tag)
  }
  return { strong, weak }
}

/** Whether a cached answer with one of these tags is still good: the weak comparison of `If-None-Match`. */
export function isFresh(ifNoneMatch: Precondition, etag: string): boolean {
  return ifNoneMatch === 'any' || ifNoneMatch.strong.includes(etag) || ifNoneMatch.weak.includes(etag)
}
