import fc, { type Arbitrary } from 'fast-check'
import type { Contract, DocumentedOperation, DocumentedParameter } from './contract.ts'
import { type Draft, wireBytes } from './draft.ts'
import { fitting, type Words } from './fitting-values.ts'
import { jsonText } from './hostile-values.ts'
import { slips } from './slips.ts'

/** With `IDENTITY=header`, what stands in front of the API always says who asks. */
const USER = 'X-User-ID'

/**
 * Requests to all operations of the document: half of them right in form, half with a fault somewhere. The more an
 * operation takes, the more often it is asked.
 */
export function drafts(contract: Contract, words: Words): Arbitrary<Draft> {
  return fc
    .oneof(
      ...contract.operations.map((operation) => ({
        weight: weightOf(operation),
        arbitrary: draftsOf(operation, contract, words),
      })),
    )
    .map((draft) => ({ ...draft, [fc.toStringMethod]: () => shown(draft) }))
}

function weightOf({ parameters, body }: DocumentedOperation): number {
  return 1 + parameters.filter((parameter) => parameter.in !== 'header').length + (body === undefined ? 0 : 2)
}

/** What is told of a counterexample. */
function shown(draft: Draft): string {
  return `${draft.operation.id}: ${JSON.stringify(wireBytes(draft).toString('latin1').slice(0, 2_000))}`
}

function draftsOf(operation: DocumentedOperation, contract: Contract, words: Words): Arbitrary<Draft> {
  const right = rightDrafts(operation, contract, words)
  const wrong = fc
    .tuple(right, slips(operation, fittingBody(operation, contract, words)))
    .map(([draft, slip]) => ({ ...draft, ...slip(draft) }))
  return fc.oneof(right, wrong)
}

/** Requests that fit the document in every part. */
function rightDrafts(operation: DocumentedOperation, contract: Contract, words: Words): Arbitrary<Draft> {
  const valuesIn = (place: DocumentedParameter['in']): Arbitrary<[string, string][]> => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place)
    const values = parameters.map((parameter) => {
      const texts = textOf(parameter, contract, words).map((text) => [
        [parameter.name, text] as [string, string],
      ])
      return parameter.required || parameter.name === USER
        ? texts
        : fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, texts)
    })
    return fc.tuple(...values).map((found) => found.flat())
  }
  return fc
    .record({
      path: valuesIn('path'),
      query: valuesIn('query'),
      headers: valuesIn('header'),
      body: bodyOf(operation, contract, words),
      chunked: fc.option(fc.integer({ min: 1, max: 64 }), { freq: 8, nil: undefined }),
      toHead: fc.nat(9).map((n) => n === 0 && operation.method === 'GET'),
      encode: encoding,
    })
    .map(({ path, query, headers, body, chunked, toHead, encode }) => ({
      operation,
      method: toHead ? 'HEAD' : operation.method,
      path: Object.fromEntries(path.map(([name, value]) => [name, encode(value)])),
      query: query.map(([name, value]) => [name, encode(value)] as const),
      headers: [...headers, ...(body === undefined ? [] : [['Content-Type', 'application/json'] as const])],
      body: body === undefined ? undefined : Buffer.from(body),
      ...(chunked === undefined ? {} : { chunked }),
    }))
}

function textOf(parameter: DocumentedParameter, contract: Contract, words: Words): Arbitrary<string> {
  // Parameters are texts in every schema of the document; others would fail where they are encoded.
  const values = fitting(
    parameter.schema,
    words,
    (part) => contract.resolve(part),
    parameter.name,
  ) as Arbitrary<string>
  // Blanks around a header's value are no part of it; half a surrogate pair cannot be percent-encoded.
  return values
    .map((text) => (parameter.in === 'header' ? text.trim() : text.toWellFormed()))
    .filter((text) => parameter.fits(text))
}

function bodyOf(
  operation: DocumentedOperation,
  contract: Contract,
  words: Words,
): Arbitrary<string | undefined> {
  const texts = fittingBody(operation, contract, words)?.map(jsonText)
  if (texts === undefined) return fc.constant(undefined)
  return operation.body?.required === true ? texts : fc.option(texts, { nil: undefined, freq: 3 })
}

function fittingBody(
  { body }: DocumentedOperation,
  contract: Contract,
  words: Words,
): Arbitrary<unknown> | undefined {
  return body && fitting(body.schema, words, (part) => contract.resolve(part))
}

/** The same text in several spellings (RFC 3986 §2.1). */
const encoding = fc.constantFrom<(text: string) => string>(
  encodeURIComponent,
  (text) => encodeURIComponent(text).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
)
