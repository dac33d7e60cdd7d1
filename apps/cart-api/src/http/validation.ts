import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import type { Finding } from '../problems/catalogue.ts'

/** A schema ready to judge values. */
export interface Check {
  passes(value: unknown): boolean
  /** What is wrong, with the place as a JSON pointer (RFC 6901); at most ten findings. */
  findings(value: unknown): { readonly pointer: string; readonly message: string }[]
}

const MOST_FINDINGS = 10
// Every branch of a union has findings of its own, and all of them are needed to tell which branch was meant.
Settings.Set({ maxErrors: 400 })

/** Compiles the schema, once, at start. */
export function compile(schema: TSchema): Check {
  const validator = Compile(schema)
  return {
    passes: (value) => validator.Check(value),
    findings: (value) => {
      return withoutOtherBranches(validator.Errors(value)).flatMap(toFindings).slice(0, MOST_FINDINGS)
    },
  }
}

/** Findings of a parameter or header, which has no inside to point into. */
export function findingsOf(check: Check, place: Omit<Finding, 'message'>, value: unknown): Finding[] {
  return check.passes(value) ? [] : check.findings(value).map(({ message }) => ({ ...place, message }))
}

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

/**
 * A value of a union fails in every branch. Told is what fails in the branch that was meant, the only one whose
 * constants (`type`) all fit; where that is not clear, only that the union as a whole does not fit.
 */
function withoutOtherBranches(errors: readonly SchemaError[]): readonly SchemaError[] {
  const dropped = new Set<SchemaError>()
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const branches = new Map<string, SchemaError[]>()
    for (const error of errors) {
      const branch = branchOf(error, union)
      if (branch !== undefined) branches.set(branch, [...(branches.get(branch) ?? []), error])
    }
    const meant = [...branches.values()].filter((within) => within.every((error) => mayBeMeant(error, union)))
    for (const within of branches.values()) {
      if (meant.length !== 1 || within !== meant[0]) for (const error of within) dropped.add(error)
    }
    if (meant.length === 1) dropped.add(union)
  }
  return errors.filter((error) => !dropped.has(error))
}

/** Which branch of the union the error comes from, if any. */
function branchOf(error: SchemaError, union: SchemaError): string | undefined {
  const inside = `${union.schemaPath}/anyOf/`
  const here =
    error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`)
  return here && error.schemaPath.startsWith(inside)
    ? error.schemaPath.slice(inside.length).split('/')[0]
    : undefined
}

function mayBeMeant(error: SchemaError, union: SchemaError): boolean {
  return error.keyword !== 'const' && !(error.keyword === 'type' && error.instancePath === union.instancePath)
}

function toFindings(error: SchemaError): { pointer: string; message: string }[] {
  const { additionalProperties, requiredProperties } = error.params as {
    additionalProperties?: readonly string[]
    requiredProperties?: readonly string[]
  }
  const at = (member: string): string =>
    `${error.instancePath}/${member.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`
  switch (error.keyword) {
    case 'additionalProperties':
      return (additionalProperties ?? []).map((name) => ({
        pointer: at(name),
        message: 'is not a known field',
      }))
    case 'required':
      return (requiredProperties ?? []).map((name) => ({ pointer: at(name), message: 'is missing' }))
    case 'boolean':
      return [] // an unknown field once more
    case 'anyOf':
      return [{ pointer: error.instancePath, message: 'is none of the allowed kinds' }]
    default:
      return [{ pointer: error.instancePath, message: error.message }]
  }
}
