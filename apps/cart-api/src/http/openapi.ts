import type { TSchema } from 'typebox'
import { CartIdText } from '../carts/bodies.ts'
import { IDEMPOTENCY_KEY_PATTERN } from '../carts/idempotency.ts'
import { PRECONDITION_PATTERN } from '../carts/preconditions.ts'
import { USER_ID_PATTERN } from '../identity/header.ts'
import {
  PROBLEM_CODES,
  PROBLEM_MEDIA_TYPE,
  PROBLEMS,
  type ProblemCode,
  type ProblemKind,
} from '../problems/catalogue.ts'
import { type Answer, bodyOf, isOnCart, type Operation } from './operation.ts'

type Json = Record<string, unknown>

const PLAIN = ['malformed-request', 'internal-error'] as const
const IDENTIFIED = [...PLAIN, 'unauthenticated', 'identity-unavailable'] as const
const STORED = [...IDENTIFIED, 'store-unavailable', 'too-much-contention'] as const

/** The problems of every operation of a kind, beyond its own. */
const PROBLEMS_OF_KIND: Readonly<Record<Operation['kind'], readonly ProblemCode[]>> = {
  plain: PLAIN,
  identified: IDENTIFIED,
  read: STORED,
  change: [
    ...STORED,
    'cart-not-found',
    'request-in-progress',
    'version-mismatch',
    'idempotency-key-reused',
    'cart-too-large',
  ],
}

/** The problems of an operation that reads a body. */
const PROBLEMS_OF_BODY: readonly ProblemCode[] = ['body-too-large', 'unsupported-media-type']

/** Told of every change that declares no body. */
const TAKES_NO_BODY = 'Takes no body: nothing or `{}` may be sent, any other content is refused.'

const parameter = (name: string, about: string, schema: Json | TSchema, extra: Json = {}): Json => ({
  name,
  in: 'header',
  description: about,
  schema,
  ...extra,
})

const REQUEST_HEADERS: Readonly<Record<string, Json>> = {
  CartId: parameter(
    'X-Cart-ID',
    "Which cart. For a guest's cart it is also the only key: keep it secret.",
    CartIdText,
    { required: true },
  ),
  UserId: parameter('X-User-ID', 'The user, with `IDENTITY=header`; ignored otherwise.', {
    type: 'string',
    pattern: USER_ID_PATTERN,
  }),
  IfNoneMatch: parameter('If-None-Match', 'Entity tags that the client has; 304 if one is current.', {
    type: 'string',
    pattern: PRECONDITION_PATTERN,
  }),
  IfMatch: parameter('If-Match', 'The entity tag that the change is meant for; 412 if it is not current.', {
    type: 'string',
    pattern: PRECONDITION_PATTERN,
  }),
  IdempotencyKey: parameter(
    'Idempotency-Key',
    'Makes a retry safe: for 24 h the same key answers the same. Bare or quoted, and once only.',
    { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN, not: { const: '""' } },
  ),
}

const header = (about: string): Json => ({ description: about, schema: { type: 'string' } })

const RESPONSE_HEADERS: Readonly<Record<string, Json>> = {
  'X-Request-ID': header('Names the request in the log; taken from the request or made.'),
  'X-Instance-ID': header('Which process answered.'),
  ETag: header('A strong entity tag of the state that the answer shows.'),
  'Server-Timing': header('Milliseconds spent in cache and store, and in all.'),
  'X-Cache': header('How the cart was found: `hit`, `miss`, `fenced` or `bypass`; absent without a cache.'),
  'Idempotent-Replayed': header(
    '`true` when this is the kept answer of an earlier request with the same key.',
  ),
  Location: header('Where what was made can be found.'),
  'Content-Location': header('What the body is a representation of.'),
  'Retry-After': header('Seconds after which trying again makes sense.'),
}

/** The OpenAPI 3.1 document of the operations: made of the very schemas that validate. */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const schemas = problemSchemas()
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, schemas),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cartwright cart API',
      version,
      description:
        'Shopping carts that never lose an update or an event. Money is an integer of minor units with its currency; errors are problem details (RFC 9457).',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Cart', description: 'Reading and changing a cart.' },
      { name: 'Checkout', description: 'Turning a cart into an order.' },
      { name: 'Catalog', description: 'Products and prices, as far as the cart knows them.' },
      { name: 'Operation', description: 'What load balancers and operators ask.' },
    ],
    paths,
    components: {
      schemas,
      parameters: REQUEST_HEADERS,
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'With `IDENTITY=jwt`.' },
      },
    },
  }
}

function describe(operation: Operation, schemas: Record<string, unknown>): Json {
  const { body } = operation
  const about = [
    operation.about,
    body === undefined && bodyOf(operation) !== undefined ? TAKES_NO_BODY : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' ')
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(about === '' ? {} : { description: about }),
    ...(operation.kind !== 'plain' ? { security: [{}, { bearer: [] }] } : {}),
    parameters: parametersOf(operation),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.required,
            content: { 'application/json': { schema: named(body.schema, schemas) } },
          },
        }),
    responses: { ...answersOf(operation, schemas), ...problemsOf(operation) },
  }
}

function parametersOf(operation: Operation): Json[] {
  const { kind, pathParameters = {}, query = {} } = operation
  const headers = [
    ...(isOnCart(operation) ? ['CartId'] : []),
    ...(kind === 'plain' ? [] : ['UserId']),
    ...(kind === 'read' ? ['IfNoneMatch'] : []),
    ...(kind === 'change' ? ['IdempotencyKey', 'IfMatch'] : []),
  ]
  return [
    ...Object.entries(pathParameters).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema })),
    ...headers.map((name) => reference('parameters', name)),
  ]
}

function answersOf(operation: Operation, schemas: Record<string, unknown>): Json {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => [
      status,
      {
        description: answer.about,
        headers: headersOf(operation, answer),
        ...(answer.schema === undefined
          ? {}
          : { content: { 'application/json': { schema: named(answer.schema, schemas) } } }),
      },
    ]),
  )
}

function headersOf(operation: Operation, { headers = [] }: Answer): Json {
  return headerReferences([
    'X-Request-ID',
    'X-Instance-ID',
    ...(isOnCart(operation) ? ['ETag', 'Server-Timing'] : []),
    ...(operation.kind === 'change' ? ['Content-Location', 'Idempotent-Replayed'] : []),
    ...headers,
  ])
}

function headerReferences(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, reference('headers', name)]))
}

function reference(kind: 'headers' | 'parameters' | 'schemas', name: string): { readonly $ref: string } {
  return { $ref: `#/components/${kind}/${name}` }
}

function problemsOf(operation: Operation): Json {
  const codes = new Set<ProblemCode>([
    ...PROBLEMS_OF_KIND[operation.kind],
    ...(bodyOf(operation) === undefined ? [] : PROBLEMS_OF_BODY),
    ...operation.problems,
  ])
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      String(status),
      {
        description: sharing.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n'),
        headers: headerReferences([
          'X-Request-ID',
          'X-Instance-ID',
          ...(status === 503 || sharing.includes('request-in-progress') ? ['Retry-After'] : []),
        ]),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: oneOfProblems(sharing) } },
      },
    ]),
  )
}

function oneOfProblems(codes: readonly ProblemCode[]): Json {
  const members = codes.map((code) => [code, reference('schemas', problemName(code))] as const)
  const mapping = Object.fromEntries(members.map(([code, { $ref }]) => [code, $ref]))
  return { oneOf: members.map(([, schema]) => schema), discriminator: { propertyName: 'code', mapping } }
}

/** `cart-empty` is described by `CartEmptyProblem`. */
function problemName(code: ProblemCode): string {
  const words = code.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `${words.join('')}Problem`
}

/** The schema of what all problems have in common, and one for each code, with what it has beyond that. */
function problemSchemas(): Record<string, unknown> {
  const ofCodes = PROBLEM_CODES.map((code) => {
    const { status, about, members }: ProblemKind = PROBLEMS[code]
    return [
      problemName(code),
      {
        title: problemName(code),
        description: about,
        allOf: [reference('schemas', 'Problem')],
        type: 'object',
        required: members?.required ?? [],
        properties: { code: { const: code }, status: { const: status }, ...members?.properties },
      },
    ]
  })
  return { Problem: problemSchema(), ...Object.fromEntries(ofCodes) }
}

function problemSchema(): Json {
  return {
    title: 'Problem',
    description: 'Problem details (RFC 9457).',
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
    properties: {
      type: {
        type: 'string',
        format: 'uri-reference',
        description: 'Links to the documentation of the code.',
      },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string', format: 'uri-reference' },
      code: { type: 'string', enum: PROBLEM_CODES },
    },
  }
}

/** A reference to the schema under its title; schemas without one stand where they are used. */
function named(schema: TSchema, schemas: Record<string, unknown>): unknown {
  const { title } = schema as { title?: unknown }
  if (typeof title !== 'string') return schema
  schemas[title] ??= schema
  return { $ref: `#/components/schemas/${title}` }
}
