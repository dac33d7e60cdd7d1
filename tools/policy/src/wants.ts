import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import type { Breach } from './rule.ts'

type Judge = (resource: Resource, stack: StackJson) => readonly Breach[]

/** Whether a value is as it is wanted, and how that is said. */
export interface Wanted {
  readonly says: string
  readonly holds: (value: unknown) => boolean
}

/** Exactly one of these values. */
export function oneOf(...values: readonly (string | number | boolean)[]): Wanted {
  return {
    says: values.map((value) => JSON.stringify(value)).join(' or '),
    holds: (value) => values.some((one) => one === value),
  }
}

/** No less than so many. */
export function atLeast(number: number): Wanted {
  return { says: `at least ${number}`, holds: (value) => typeof value === 'number' && value >= number }
}

/** Between two numbers, both included. */
export function between(from: number, to: number): Wanted {
  return {
    says: `${from} to ${to}`,
    holds: (value) => typeof value === 'number' && value >= from && value <= to,
  }
}

/** Anything that says something. */
export const anything: Wanted = {
  says: 'a value',
  holds: (value) => value !== undefined && value !== '' && value !== false,
}

/** A reference to a resource of one of some types. */
export function refersTo(...types: readonly string[]): Wanted {
  return {
    says: `a reference to ${types.join(' or ')}`,
    holds: (value) => typeof value === 'string' && types.some((type) => value.includes(`\${${type}.`)),
  }
}

export function matching(pattern: RegExp, says: string): Wanted {
  return { says, holds: (value) => typeof value === 'string' && pattern.test(value) }
}

export function not({ says, holds }: Wanted): Wanted {
  return { says: `not ${says}`, holds: (value) => !holds(value) }
}

/**
 * Every value of an attribute is as wanted, and there is one.
 *
 * @param missing what AWS takes where nothing is said. @default nothing, which is a breach
 */
export function attribute(at: string, wanted: Wanted, missing?: string | number | boolean): Judge {
  return ({ block }) => {
    const values = valuesAt(block, at)
    const judged = values.length === 0 ? [missing] : values
    return judged
      .filter((value) => !wanted.holds(value))
      .map((value) => ({ at, seen: shown(value), wanted: wanted.says }))
  }
}

/** At least one value of an attribute is as wanted. */
export function someOf(at: string, wanted: Wanted): Judge {
  return ({ block }) => {
    const values = valuesAt(block, at)
    if (values.some((value) => wanted.holds(value))) return []
    return [{ at, seen: values.length === 0 ? 'nothing' : shown(values), wanted: wanted.says }]
  }
}

/** Where the attribute is given at all, it is as wanted. */
export function ifGiven(at: string, wanted: Wanted): Judge {
  return (resource, stack) =>
    valuesAt(resource.block, at).length === 0 ? [] : attribute(at, wanted)(resource, stack)
}

/** Something beside the resource refers to it by an attribute, and is itself as wanted. */
export function companion(
  type: string,
  by: string,
  {
    judge = () => [],
    wanted = `an ${type} for it`,
  }: { readonly judge?: Judge; readonly wanted?: string } = {},
): Judge {
  return (resource, stack) => {
    const found = stack.referring(resource, type, by)
    if (found.length === 0) return [{ at: type, seen: 'nothing', wanted }]
    const judged = found.map((one) => judge(one, stack))
    if (judged.some((breaches) => breaches.length === 0)) return []
    return judged.flatMap((breaches) => breaches.map((breach) => ({ ...breach, at: `${type}.${breach.at}` })))
  }
}

/** All of these. */
export function all(...judges: readonly Judge[]): Judge {
  return (resource, stack) => judges.flatMap((judge) => judge(resource, stack))
}

/** Only of resources for which it can be said. */
export function where(holds: (resource: Resource, stack: StackJson) => boolean, judge: Judge): Judge {
  return (resource, stack) => (holds(resource, stack) ? judge(resource, stack) : [])
}

/** A value as a line of a report shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text =
    typeof value === 'string'
      ? value
      : JSON.stringify(value, (key, inner) => (key === '//' ? undefined : inner))
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
