import type { TSchema } from 'typebox'
import { CartIdText } from '../carts/bodies.ts'
import { IDEMPOTENCY_KEY_PATTERN } from '../carts/idempotency.ts'
import { PRECONDITION_PATTERN } from '../carts/preconditions.ts'
import { USER_ID_PATTERN } from '../identity/header.ts'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type ProblemCode } from '../problems/catalogue.ts'
import type { Operation } from './operation.ts'

type Json = Record<string, unknown>

/** The problems of every operation of a kind, beyond its own. */
const PROBLEMS_OF_KIND: Readonly<Record<Operation['kind'], readonly ProblemCode[]>> = {
  plain: ['malformed-request', 'internal-error'],
  read: [
    'malformed-request',
    'unauthenticated',
    'cart-not-found',
    'internal-error',
    'identity-unavailable',
    'store-unavailable',
    'too-much-contention',
  ],
  change: [
    'malformed-request',
    'unauthenticated',
    'cart-not-found',
    'request-in-progress',
    'version-mismatch',
    'idempotency-key-reused',
    'internal-error',
    'identity-unavailable',
    'store-unavailable',
    'too-much-contention',
    'cart-too-large',
  ],
}

/** The problems of an operation that reads a body. */
const PROBLEMS_OF_BODY: readonly ProblemCode[] = ['body-too-large', 'unsupported-media-type']

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
    'Makes a retry safe: for 24 h the same key answers the same. Bare or quoted.',
    { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN, not: { const: '""' } },
  ),
}

const header = (about: string): Json => ({ description: about, schema: { type: 'string' } })

const RESPONSE_HEADERS: Readonly<Record<string, Json>> = {
  RequestId: header('Names the request in the log; taken from the request or made.'),
  InstanceId: header('Which process answered.'),
  ETag: header('A strong entity tag of the state that the answer shows.'),
  ServerTiming: header('Milliseconds spent in cache and store, and in all.'),
  Cache: header('How the cart was found: `hit`, `miss`, `fenced` or `bypass`.'),
  Replayed: header('`true` when this is the kept answer of an earlier request with the same key.'),
  Location: header('Where what was made can be found.'),
  ContentLocation: header('What the body is a representation of.'),
  RetryAfter: header('Seconds after which trying again makes sense.'),
}

/** The OpenAPI 3.1 document of the operations: made of the very schemas that validate. */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const schemas: Record<string, unknown> = { Problem: problemSchema() }
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
  const onCart = operation.kind !== 'plain'
  const { body } = operation
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.about === undefined ? {} : { description: operation.about }),
    ...(onCart ? { security: [{}, { bearer: [] }] } : {}),
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

function parametersOf({ kind, pathParameters = {}, query = {} }: Operation): Json[] {
  const reference = (name: string): Json => ({ $ref: `#/components/parameters/${name}` })
  return [
    ...Object.entries(pathParameters).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema })),
    ...(kind === 'plain' ? [] : [reference('CartId'), reference('UserId')]),
    ...(kind === 'read' ? [reference('IfNoneMatch')] : []),
    ...(kind === 'change' ? [reference('IdempotencyKey'), reference('IfMatch')] : []),
  ]
}

function answersOf(operation: Operation, schemas: Record<string, unknown>): Json {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, { about, schema, mediaType = 'application/json' }]) => [
      status,
      {
        description: about,
        headers: headersOf(operation, status),
        ...(schema === undefined ? {} : { content: { [mediaType]: { schema: named(schema, schemas) } } }),
      },
    ]),
  )
}

function headersOf({ kind }: Operation, status: string): Json {
  const names: Record<string, string> = { 'X-Request-ID': 'RequestId', 'X-Instance-ID': 'InstanceId' }
  if (kind !== 'plain') Object.assign(names, { ETag: 'ETag', 'Server-Timing': 'ServerTiming' })
  if (kind === 'read') names['X-Cache'] = 'Cache'
  if (kind === 'change') {
    Object.assign(names, { 'Content-Location': 'ContentLocation', 'Idempotent-Replayed': 'Replayed' })
  }
  if (status === '201') names['Location'] = 'Location'
  return Object.fromEntries(
    Object.entries(names).map(([name, reference]) => [name, { $ref: `#/components/headers/${reference}` }]),
  )
}

function problemsOf(operation: Operation): Json {
  const codes = new Set<ProblemCode>([
    ...PROBLEMS_OF_KIND[operation.kind],
    ...(operation.body === undefined ? [] : PROBLEMS_OF_BODY),
    ...operation.problems,
  ])
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      String(status),
      {
        description: sharing.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n'),
        ...(status === 503 || sharing.includes('request-in-progress')
          ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }
          : {}),
        content: {
          [PROBLEM_MEDIA_TYPE]: {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { properties: { code: { enum: sharing }, status: { const: status } } },
              ],
            },
          },
        },
      },
    ]),
  )
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
      code: { type: 'string', enum: Object.keys(PROBLEMS) },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['message'],
          properties: {
            pointer: { type: 'string', description: 'Into the body (RFC 6901).' },
            parameter: { type: 'string' },
            header: { type: 'string' },
            message: { type: 'string' },
          },
        },
      },
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
