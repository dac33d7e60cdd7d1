/** One setting: an environment variable with its meaning, its default and how its text becomes a value. */
export interface Setting<Value> {
  readonly name: string
  /** What it decides, with its unit; goes into the documentation as it is. */
  readonly about: string
  /** The text that counts when the variable is missing or empty; without one the value is `undefined`. */
  readonly fallback: string | undefined
  /** What a good value looks like, for error messages and the documentation. */
  readonly wanted: string
  /** The value, or `undefined` when the text is not what is wanted. */
  readonly parse: (text: string) => Value | undefined
}

interface Described {
  readonly name: string
  readonly about: string
}

interface WithDefault extends Described {
  readonly fallback: string
}

/** A whole number within bounds, both included. */
export function integer(options: WithDefault & { min: number; max: number }): Setting<number> {
  const { min, max, ...rest } = options
  return {
    ...rest,
    wanted: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : undefined
    },
  }
}

/** One of a few words. */
export function choice<const Word extends string>(
  options: WithDefault & { of: readonly Word[] },
): Setting<Word> {
  const { of, ...rest } = options
  return {
    ...rest,
    wanted: of.length === 1 ? `${of[0]}` : `one of ${of.join(', ')}`,
    parse: (text) => of.find((word) => word === text),
  }
}

/** `true` or `false`. */
export function flag(options: WithDefault): Setting<boolean> {
  return {
    ...options,
    wanted: 'true or false',
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  }
}

/** Any text that the pattern allows. */
export function text(options: WithDefault & { pattern?: RegExp; wanted: string }): Setting<string> {
  const { pattern, ...rest } = options
  return { ...rest, parse: (value) => (pattern === undefined || pattern.test(value) ? value : undefined) }
}

/**
 * Words separated by commas; an empty fallback is an empty list.
 *
 * @param options.each the word as it counts, or `undefined` when it is not what is wanted
 */
export function list(
  options: WithDefault & { each: (word: string) => string | undefined; wanted: string },
): Setting<readonly string[]> {
  const { each, ...rest } = options
  return {
    ...rest,
    parse: (value) => {
      if (value === '') return []
      const words = value.split(',').map((word) => each(word.trim()))
      return words.every((word) => word !== undefined) ? words : undefined
    },
  }
}

/** The setting without a default: its value is `undefined` where nobody gave one. */
export function optional<Value>(setting: Setting<Value>): Setting<Value | undefined> {
  return { ...setting, fallback: undefined }
}

/** Whether the text is an absolute http or https URL that can be fetched: one with a user or a password cannot. */
export function isHttpUrl(text: string): boolean {
  const url = /^https?:\/\/\S+$/i.test(text) ? URL.parse(text) : null
  return url !== null && url.username === '' && url.password === ''
}

/** An absolute http or https URL. */
export function httpUrl(options: Described): Setting<string | undefined> {
  return {
    ...options,
    fallback: undefined,
    wanted: 'an http or https URL, without user and password',
    parse: (value) => (isHttpUrl(value) ? value : undefined),
  }
}

/** A path or an absolute http or https URL; what begins like a URL and is none is never taken for a path. */
export function pathOrHttpUrl(options: WithDefault & { wanted: string }): Setting<string> {
  return {
    ...options,
    parse: (value) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) && !isHttpUrl(value) ? undefined : value),
  }
}

/**
 * The origin as browsers send it (RFC 6454 §6.2), however it was spelled: lower case, without the scheme's own port.
 *
 * @returns `undefined` when the text is no origin, or more than one: a path, a query, a wildcard
 */
export function originOf(text: string): string | undefined {
  if (!isHttpUrl(text)) return undefined
  const { href, origin, host } = new URL(text)
  return href === `${origin}/` && !host.includes('*') ? origin : undefined
}
