/** The tags of an `If-Match` or `If-None-Match` header, or `any` for `*` (RFC 9110 §13.1). */
export type Precondition =
  | 'any'
  | {
      /** Quoted, as they stand in `ETag`. */
      readonly strong: readonly string[]
      /** Those of the tags that were marked weak, without the mark. */
      readonly weak: readonly string[]
    }

const TAG = '(?:W/)?"[\\x21\\x23-\\x2b\\x2d-\\x7e\\x80-\\xff]*"'
/**
 * What such a header looks like. Our tags hold no comma; one inside a foreign tag makes the header unreadable, which
 * is said, not guessed.
 */
export const PRECONDITION_PATTERN = `^[ \\t]*(?:\\*|${TAG}(?:[ \\t]*,[ \\t]*${TAG})*)[ \\t]*$`
const precondition = new RegExp(PRECONDITION_PATTERN)

/** The header's tags, or `undefined` when it is not a list of quoted tags. */
export function parsePrecondition(header: string): Precondition | undefined {
  if (!precondition.test(header)) return undefined
  if (header.trim() === '*') return 'any'
  const tags = header.split(',').map((tag) => tag.trim())
  return {
    strong: tags.filter((tag) => !tag.startsWith('W/')),
    weak: tags.filter((tag) => tag.startsWith('W/')).map((tag) => tag.slice(2)),
  }
}

/** Whether a cached answer with one of these tags is still good: the weak comparison of `If-None-Match`. */
export function isFresh(ifNoneMatch: Precondition, etag: string): boolean {
  return ifNoneMatch === 'any' || ifNoneMatch.strong.includes(etag) || ifNoneMatch.weak.includes(etag)
}
