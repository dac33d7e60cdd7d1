import { FIELDS, type FieldName } from './fields.ts'
import type { Field } from './kinds.ts'

/**
 * The variable that gives a field of an environment: `domainName` of `prod` is `CARTWRIGHT_PROD_DOMAIN_NAME`. Only fields
 * that the user alone can know have one; everything else is changed in its file, where a change is seen and reviewed.
 */
export function variableName(environment: string, field: FieldName): string {
  const words = field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
  return `${prefixOf(environment)}${words.toUpperCase()}`
}

/**
 * What variables say of an environment: the values by field, and the findings.
 *
 * @param names of all environments: a variable is that of the longest that it begins with, so that what is said of
 *   `prod-eu` is no slip of `prod`
 */
export function readVariables(
  environment: string,
  variables: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): { readonly values: Readonly<Record<string, unknown>>; readonly findings: readonly string[] } {
  const known = new Map(
    Object.entries<Field<unknown>>(FIELDS).flatMap(([field, { yours, parse }]) =>
      // Object.entries forgets that the keys are the table's.
      yours ? [[variableName(environment, field as FieldName), { field, parse }] as const] : [],
    ),
  )
  const values: Record<string, unknown> = {}
  const findings: string[] = []
  const prefix = prefixOf(environment)
  const longer = names.map(prefixOf).filter((one) => one.length > prefix.length && one.startsWith(prefix))
  for (const [name, text] of Object.entries(variables)) {
    if (!name.startsWith(prefix) || text === undefined || text === '') continue
    if (longer.some((one) => name.startsWith(one))) continue
    const found = known.get(name)
    // A slip in a name would otherwise leave the field as it is, without a word.
    if (found === undefined) {
      findings.push(`${name} is set; wanted: one of ${[...known.keys()].join(', ')}`)
    } else values[found.field] = found.parse(text)
  }
  return { values, findings }
}

function prefixOf(environment: string): string {
  return `cartwright_${environment.replaceAll('-', '_')}_`.toUpperCase()
}
