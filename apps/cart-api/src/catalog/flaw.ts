import type { TSchema } from 'typebox'
import type { TLocalizedValidationError } from 'typebox/error'

const SEEN_LENGTH = 80

/** One line: the place (a JSON pointer), the value seen there, the value wanted. */
export function flaw(pointer: string, value: unknown, wanted: string): string {
  return `${place(pointer)} is ${seen(value)}, wanted ${wanted}`
}

/** The line for an error that a schema found; what is wanted is the `description` in the schema. */
export function schemaFlaw(error: TLocalizedValidationError, schema: TSchema, value: unknown): string {
  const { instancePath: pointer, schemaPath } = error
  if (error.keyword === 'required') {
    const name = error.params.requiredProperties[0] ?? ''
    const wanted = describedAt(schema, `${schemaPath}/properties/${escaped(name)}`)
    return `${place(`${pointer}/${escaped(name)}`)} is missing, wanted ${wanted}`
  }
  if (schemaPath.endsWith('/additionalProperties')) {
    const parent = schemaPath.slice(0, schemaPath.lastIndexOf('/'))
    return `${place(pointer)} is no field known there, wanted ${describedAt(schema, parent)}`
  }
  return flaw(pointer, at(value, pointer), describedAt(schema, schemaPath))
}

/** A value as it can stand in a message: JSON, cut when it is long. */
export function seen(value: unknown): string {
  return cut(JSON.stringify(value) ?? 'nothing')
}

function place(pointer: string): string {
  return pointer === '' ? 'the whole' : cut(pointer)
}

function cut(text: string): string {
  return text.length <= SEEN_LENGTH ? text : `${text.slice(0, SEEN_LENGTH)}…`
}

function describedAt(schema: TSchema, schemaPath: string): string {
  const described = at(schema, schemaPath.slice('#'.length))
  return String(at(described, '/description') ?? 'something else')
}

/** What a JSON pointer (RFC 6901) leads to. */
function at(value: unknown, pointer: string): unknown {
  let here = value
  for (const step of pointer.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return undefined
    // Only looked at, and `seen` takes anything.
    here = (here as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return here
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}
