import fc, { type Arbitrary } from 'fast-check'

/** The part of JSON Schema 2020-12 that the API's request schemas use. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly anyOf?: readonly JsonSchema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

/** What makes values meet something: texts that mean something to the API under the name of the field. */
export type Words = Readonly<Record<string, readonly string[]>>

/** Long lists are rare: they would only make the run slow. */
const USUAL_ITEMS = 4

/** Values that fit the schema, from everything that fits: the whole of Unicode, the ends of every range. */
export function fitting(
  schema: JsonSchema,
  words: Words,
  resolve: (schema: JsonSchema) => JsonSchema,
  name = '',
): Arbitrary<unknown> {
  const { type, const: constant, enum: choices, anyOf, ...rest } = resolve(schema)
  const inside = (part: JsonSchema, field = name): Arbitrary<unknown> => fitting(part, words, resolve, field)
  if (constant !== undefined) return fc.constant(constant)
  if (choices !== undefined) return fc.constantFrom(...choices)
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((part) => inside(part)))
  switch (type) {
    case 'object':
      return object(rest, inside)
    case 'array':
      return list(rest, inside)
    case 'integer':
      return integer(rest)
    case 'string':
      return text(rest, words[name])
    default:
      throw new Error(`no values are known for ${JSON.stringify(schema)}`)
  }
}

function object({ properties = {}, required = [] }: JsonSchema, inside: Inside): Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, part]) => [name, inside(part, name)] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required], noNullPrototype: true })
}

function list({ items = {}, minItems = 0, maxItems = 10 }: JsonSchema, inside: Inside): Arbitrary<unknown> {
  const item = inside(items)
  const most = Math.min(maxItems, Math.max(minItems, USUAL_ITEMS))
  return fc.oneof(
    { weight: 60, arbitrary: fc.array(item, { minLength: minItems, maxLength: most }) },
    { weight: 1, arbitrary: fc.array(item, { minLength: maxItems, maxLength: maxItems }) },
  )
}

function integer({ minimum = -1_000, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): Arbitrary<number> {
  const small = Math.min(maximum, minimum + 5)
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: minimum, max: small }) },
    { weight: 1, arbitrary: fc.maxSafeInteger().map((n) => Math.min(maximum, Math.max(minimum, n))) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
  )
}

function text(schema: JsonSchema, words: readonly string[] = []): Arbitrary<string> {
  const { pattern, minLength = 0, maxLength = 20 } = schema
  const any =
    pattern === undefined
      ? fc.string({ unit: character, minLength, maxLength, size: 'max' })
      : fc.stringMatching(new RegExp(pattern))
  return words.length === 0
    ? any
    : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: any })
}

/** Characters of every kind, each of them one code point: that is what JSON Schema's lengths count. */
const character = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\u0000', '\r', '\n', '\u2028', '\ufeff', '\u202e', '\u0301', '👩', '/'),
  },
  // Half a surrogate pair is no character, but JSON can say it ("\ud800") and every string of the API must bear it.
  { weight: 1, arbitrary: fc.constantFrom('\ud800', '\udc00') },
)

type Inside = (part: JsonSchema, field?: string) => Arbitrary<unknown>
