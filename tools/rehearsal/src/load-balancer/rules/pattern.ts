/** How a pattern is read: see AWS, "Condition types for listener rules". */
export interface PatternOptions {
  readonly isCaseSensitive: boolean
  /** Whether `\*` and `\?` stand for the characters themselves; in query strings they do. */
  readonly escapes?: boolean
}

/** `*` stands for any number of characters, `?` for exactly one; the pattern covers the whole text. */
export function matches(pattern: string, text: string, options: PatternOptions): boolean {
  const parts = pattern.match(options.escapes === true ? /\\[*?\\]|./gs : /./gs) ?? []
  const source = parts.map((part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    return (part.length === 2 ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, options.isCaseSensitive ? 's' : 'si').test(text)
}
