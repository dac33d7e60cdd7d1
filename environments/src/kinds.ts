/** One field of an environment: what it decides, what a good value is, and what counts where a file leaves it out. */
export interface Field<Value> {
  /** What it decides, with its unit; goes into the documentation as it is. */
  readonly about: string
  /** What a good value looks like, for error messages and the documentation. */
  readonly wanted: string
  /** What counts where the file is silent; without one the file must say it. */
  readonly fallback?: Value
  /** Whether only the user can know it: it may stay open at synthesis, and a variable may give it. */
  readonly yours?: true
  readonly accepts: (value: unknown) => boolean
  /** The value that a variable's text stands for; `undefined` where the text stands for none. */
  readonly parse: (text: string) => unknown
}

/** A field that every file may leave out. */
export type WithFallback<Value> = Field<Value> & { readonly fallback: Value }

/** A whole number within bounds, both included. */
export function integer(about: string, min: number, max: number): Field<number> {
  return {
    about,
    wanted: `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  }
}

/** One of a few words or numbers. */
export function choice<const Value extends string | number>(
  about: string,
  of: readonly Value[],
): Field<Value> {
  return {
    about,
    wanted: `one of ${of.join(', ')}`,
    accepts: (value) => of.some((one) => one === value),
    parse: (text) => of.find((one) => String(one) === text),
  }
}

/** `true` or `false`. */
export function flag(about: string): Field<boolean> {
  return {
    about,
    wanted: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  }
}

/** Text that the pattern allows. */
export function text(about: string, pattern: RegExp, wanted: string): Field<string> {
  return {
    about,
    wanted,
    accepts: (value) => typeof value === 'string' && pattern.test(value),
    parse: (given) => given,
  }
}

/** Texts that the pattern allows, none of them twice; in a variable, separated by commas. */
export function list(about: string, each: RegExp, wanted: string): Field<readonly string[]> {
  return {
    about,
    wanted,
    accepts: (value) =>
      Array.isArray(value) &&
      value.every((word) => typeof word === 'string' && each.test(word)) &&
      new Set(value).size === value.length,
    parse: (given) => given.split(',').map((word) => word.trim()),
  }
}

/** Texts by name. */
export function texts(about: string, name: RegExp, wanted: string): Field<Readonly<Record<string, string>>> {
  return {
    about,
    wanted,
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(value).every(([key, one]) => name.test(key) && typeof one === 'string'),
    parse: () => undefined,
  }
}

/** The field with a value that counts where a file is silent. */
export function or<Value>(fallback: NoInfer<Value>, field: Field<Value>): WithFallback<Value> {
  return { ...field, fallback }
}

/** The field that only the user can fill: open until a file or a variable says it. */
export function yours<Value>(field: Field<Value>): WithFallback<Value | undefined> {
  return {
    ...field,
    fallback: undefined,
    yours: true,
    accepts: (value) => value === undefined || field.accepts(value),
  }
}
