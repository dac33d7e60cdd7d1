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

/** Words separated by commas; an empty fallback is an empty list. */
export function list(options: WithDefault & { each: RegExp; wanted: string }): Setting<readonly string[]> {
  const { each, ...rest } = options
  return {
    ...rest,
    parse: (value) => {
      if (value === '') return []
      const words = value.split(',').map((word) => word.trim())
      return words.every((word) => each.test(word)) ? words : undefined
    },
  }
}

/** The setting without a default: its value is `undefined` where nobody gave one. */
export function optional<Value>(setting: Setting<Value>): Setting<Value | undefined> {
  return { ...setting, fallback: undefined }
}

/** Whether the text is an absolute http or https URL. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text)
}

/** An absolute http or https URL. */
export function httpUrl(options: Described): Setting<string | undefined> {
  return {
    ...options,
    fallback: undefined,
    wanted: 'an http or https URL',
    parse: (value) => (isHttpUrl(value) ? value : undefined),
  }
}
