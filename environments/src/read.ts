import { type Environment, FIELDS, type FieldName } from './fields.ts'
import type { Field } from './kinds.ts'
import { RULES } from './rules/index.ts'
import { isEnvironmentName } from './rules/names.ts'
import { readVariables, variableName } from './variables.ts'

/** One or more environments cannot be used; the message has a line for each reason. */
export class BadEnvironments extends Error {
  readonly findings: readonly string[]

  constructor(findings: readonly string[]) {
    super(findings.join('\n'))
    this.name = 'BadEnvironments'
    this.findings = findings
  }
}

/** An environment's file, as it was found: nobody has looked at its values yet. */
export interface FoundFile {
  /** The file's name without its ending: the environment's name. */
  readonly name: string
  /** The path to name in messages. */
  readonly file: string
  readonly fields: unknown
}

/**
 * Fills in what the file leaves out, takes what variables say, and checks every field and every rule.
 *
 * @param names of all environments (variables.ts)
 * @returns the environment, or all findings: `<file>: <field> is <value>; wanted: <what>`
 */
export function readEnvironment(
  { name, file, fields }: FoundFile,
  variables: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): { readonly environment?: Environment; readonly findings: readonly string[] } {
  if (!isEnvironmentName(name)) {
    return { findings: [`${file}: the name is "${name}"; wanted: lower-case words of at most 31 characters`] }
  }
  if (!isRecord(fields))
    return { findings: [`${file}: the default export is ${shown(fields)}; wanted: fields`] }
  const given = readVariables(name, variables, names)
  const findings: string[] = [...given.findings]
  for (const field of Object.keys(fields).filter((one) => !(one in FIELDS))) {
    findings.push(`${file}: ${field} is no field; wanted: one of ${Object.keys(FIELDS).join(', ')}`)
  }

  const values: Record<string, unknown> = { name }
  const bad = new Set<FieldName>()
  // Object.entries forgets that the keys are the table's.
  for (const [field, kind] of Object.entries(FIELDS) as [FieldName, Field<unknown>][]) {
    const value = given.values[field] ?? fields[field] ?? kind.fallback
    values[field] = value
    if (kind.accepts(value)) continue
    bad.add(field)
    const source = field in given.values ? variableName(name, field) : `${file}: ${field}`
    findings.push(`${source} is ${shown(value)}; wanted: ${kind.wanted}`)
  }

  // Every field that a rule reads is checked before the rule is asked.
  const environment = values as Environment
  for (const rule of RULES.filter((one) => !one.fields.some((field) => bad.has(field)))) {
    if (rule.holds(environment)) continue
    const [field] = rule.fields
    findings.push(`${file}: ${field} is ${shown(environment[field])}; wanted: ${rule.wanted(environment)}`)
  }
  return findings.length === 0 ? { environment, findings } : { findings }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}
