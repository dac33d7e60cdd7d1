import Type, { type Static, type TObject } from 'typebox'
import { Money, ProductIdText, VariantText } from '../carts/bodies.ts'

/** One kind of refusal: what clients can program against, and what the documentation says of it. */
export interface ProblemKind {
  readonly status: number
  readonly title: string
  /** The paragraph of the documentation: why it happens and what to do. Markdown. */
  readonly about: string
  /** What the answer has beyond the members of every problem. */
  readonly members?: TObject
}

/** Where a bad request is bad: exactly one of `pointer`, `parameter`, `header`. */
const FindingBody = Type.Object(
  {
    pointer: Type.Optional(Type.String({ description: 'Into the body (RFC 6901).' })),
    parameter: Type.Optional(Type.String({ description: 'Of the path or the query.' })),
    header: Type.Optional(Type.String()),
    message: Type.String(),
  },
  { title: 'Finding' },
)
export type Finding = Readonly<Static<typeof FindingBody>>

const Findings = Type.Array(FindingBody)
/** Of what may be refused as one of several actions. */
const errors = Type.Optional(
  Type.Array(FindingBody, { description: 'Which of the actions of `POST /cart/actions` was refused.' }),
)
const Line = Type.Object(
  { productId: ProductIdText, variant: Type.Optional(VariantText) },
  { title: 'LineKey', description: 'What a line is known by.' },
)
const Count = Type.Integer({ minimum: 0 })
const CurrencyCode = Type.String({ description: 'ISO 4217.' })

/** Every error that the API answers with, and the only place that names them. */
export const PROBLEMS = {
  'malformed-request': {
    status: 400,
    title: 'The request is malformed',
    about:
      'The body, a parameter or a header does not fit its schema; `errors` names each place (`pointer` into the body, `parameter` or `header`) and what is wanted there. Unknown fields are refused. Nothing was changed: mend the request before sending it again.',
    members: Type.Object({ errors: Findings }),
  },
  unauthenticated: {
    status: 401,
    title: 'The token is not valid',
    about:
      'With `IDENTITY=jwt` the `Authorization` header holds something other than a Bearer token that is signed by the configured issuer for the configured audience and has not expired. A request without the header is a guest; one with a bad token is never taken for a guest. Get a new token.',
  },
  'cart-not-found': {
    status: 404,
    title: 'There is no such cart for you',
    about:
      "The cart belongs to somebody else. It is answered as if it did not exist, so that ids cannot be probed. An unknown or expired cart that is nobody's is not an error: it is an empty cart.",
  },
  'line-not-found': {
    status: 404,
    title: 'The cart has no such line',
    about:
      'No line of the cart has this product in this variant. A product with variants needs the variant to be named (`variant` in the body, `?variant=` on DELETE).',
    members: Type.Object({ line: Line, errors }),
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    about:
      'No route, product or order has this address. An order is given to its owner only, or, where a guest made it, together with the cart id it was made from.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    about: 'The route exists, but not with this method; the `Allow` header lists those that it has.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    about:
      'The connection stayed open without a whole request coming in, so it was closed. Nothing was changed. Send the request again on a new connection.',
  },
  'cart-empty': {
    status: 409,
    title: 'The cart is empty',
    about:
      'There is nothing to check out. (A repeat of the last checkout is answered with its order instead.)',
  },
  'cart-too-large': {
    status: 409,
    title: 'The cart is too large',
    about:
      'The cart would be larger than the store takes, or its total would leave the range of exact integers (2⁵³ minor units). Take lines out.',
    members: Type.Object({ errors }),
  },
  'currency-mismatch': {
    status: 409,
    title: 'The currencies differ',
    about:
      'A cart holds one currency. The product, or the cart to merge, is in another (`cartCurrency`, `otherCurrency`). Check out or empty one of them first.',
    members: Type.Object({ cartCurrency: CurrencyCode, otherCurrency: CurrencyCode, errors }),
  },
  'line-limit-exceeded': {
    status: 409,
    title: 'The cart has too many lines',
    about: 'The change would leave `asked` lines in the cart; `limit` are allowed (setting `MAX_LINES`).',
    members: Type.Object({ limit: Count, asked: Count, errors }),
  },
  'merge-into-itself': {
    status: 409,
    title: 'A cart cannot be merged into itself',
    about: '`sourceCartId` and `X-Cart-ID` name the same cart.',
  },
  'product-unavailable': {
    status: 409,
    title: 'A product is no longer available',
    about:
      'The catalog no longer has the products or variants in `lines`, so they cannot be ordered. Remove those lines and check out again.',
    members: Type.Object({ lines: Type.Array(Line) }),
  },
  'quantity-limit-exceeded': {
    status: 409,
    title: 'The line holds too many pieces',
    about: 'The line would hold `asked` pieces; `limit` are allowed (setting `MAX_LINE_QUANTITY`).',
    members: Type.Object({ line: Line, limit: Count, asked: Count, errors }),
  },
  'request-in-progress': {
    status: 409,
    title: 'The same request is still running',
    about:
      'Another request with this `Idempotency-Key` has not been answered yet. Wait as long as `Retry-After` says, then send it again: it will get the answer of the first.',
  },
  'total-changed': {
    status: 409,
    title: 'The total has changed',
    about:
      'After re-pricing the total is `currentTotal`, not the `expectedTotal` of the request. Nothing was ordered. Show the customer the new total and check out with it.',
    members: Type.Object({ currentTotal: Money }),
  },
  'version-mismatch': {
    status: 412,
    title: 'The cart has changed meanwhile',
    about:
      'The `If-Match` header names another state of the cart than the current one, whose version is `currentVersion`. Nothing was changed. Read the cart, decide again, and send the change with the new `ETag`.',
    members: Type.Object({ currentVersion: Count }),
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    about: 'The body has more than `limit` bytes (64 KiB).',
    members: Type.Object({ limit: Type.Integer({ description: 'Bytes.' }) }),
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON',
    about:
      'A body must be `application/json` in UTF-8 and not compressed; `Content-Type` or `Content-Encoding` says otherwise.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key was used for another request',
    about:
      'The `Idempotency-Key` already stands for a request with another method, path or body on this cart. Make a new key for each new request.',
  },
  'unknown-product': {
    status: 422,
    title: 'The catalog has no such product',
    about: 'The product of the request (`line`) is not in the catalog.',
    members: Type.Object({ line: Line, errors }),
  },
  'unknown-variant': {
    status: 422,
    title: 'The product has no such variant',
    about:
      'The product comes in the variants listed in `variants`, and the request names another or none; or the list is empty, the product has none, and the request names one.',
    members: Type.Object({ line: Line, variants: Type.Array(VariantText), errors }),
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    about: 'All headers together have more than 16 KiB.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    about:
      'A defect of the API. The log has a line with the `X-Request-ID` of the answer. Whether the change was made is not known: send it again with the same `Idempotency-Key`, or read the cart.',
  },
  'catalog-unavailable': {
    status: 503,
    title: 'The product service does not answer',
    about:
      'The price that the change needs is not known and cannot be asked for. Nothing was changed. Carts can still be read, and lines removed or set. Send the request again after `Retry-After` seconds.',
  },
  'identity-unavailable': {
    status: 503,
    title: 'The token cannot be verified',
    about:
      "The identity provider's keys cannot be fetched, so nobody can tell whether the token is good. Nothing was changed. Send the request again after `Retry-After` seconds.",
  },
  'shutting-down': {
    status: 503,
    title: 'This process is shutting down',
    about:
      'Another one will answer: send the request again, on a new connection. Nothing was changed. `GET /ready` answers so from the moment of SIGTERM on.',
  },
  'store-unavailable': {
    status: 503,
    title: 'The store does not answer',
    about:
      'The cart cannot be read or changed for now. `outcome` is `none` when the change was certainly not made, `unknown` when it may have been: send it again with the same `Idempotency-Key`, and it is made once. `Retry-After` says when.',
    members: Type.Object({
      outcome: Type.Unsafe<'none' | 'unknown'>({ type: 'string', enum: ['none', 'unknown'] }),
    }),
  },
  'too-much-contention': {
    status: 503,
    title: 'Too many changes of this cart at once',
    about:
      'Others kept changing the cart until the time for this request was over (setting `REQUEST_TIMEOUT_MS`). Nothing was changed. Send the request again after `Retry-After` seconds.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof PROBLEMS

/** All codes, in the order of the table: by status, then by name. */
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[]

/** The names of the members that answers of this code have beyond those of every problem; `errors?` may be absent. */
export function membersOf(code: ProblemCode): string[] {
  const { members }: ProblemKind = PROBLEMS[code]
  const names = Object.keys(members?.properties ?? {})
  return names.map((name) => (members?.required?.includes(name) ? name : `${name}?`))
}

type Fixed<Value> = Value extends readonly (infer Item)[] ? readonly Item[] : Value

/** The members that the catalogue gives to answers of this code. */
export type ProblemMembers<Code extends ProblemCode> = (typeof PROBLEMS)[Code] extends {
  readonly members: infer Schema extends TObject
}
  ? { readonly [Name in keyof Static<Schema>]: Fixed<Static<Schema>[Name]> }
  : { readonly [Name in never]: never }

interface ProblemOptions<Code extends ProblemCode> {
  readonly members?: ProblemMembers<Code>
  readonly cause?: unknown
}

/** A refusal on its way to the client. Everything in it is meant to be seen by the client. */
export class Problem<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: Code
  readonly detail: string
  /** Further members of the answer, such as `limit` or `errors`. */
  readonly members: object
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: Code,
    detail: string,
    options: ProblemOptions<Code> & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail, { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.members = options.members ?? {}
    this.headers = options.headers ?? {}
  }
}

/** A 503 that certainly changed nothing, unless the members say otherwise. */
export function unavailableProblem<Code extends ProblemCode>(
  code: Code,
  detail: string,
  options: ProblemOptions<Code> & { readonly retryAfterSeconds?: number } = {},
): Problem {
  const { retryAfterSeconds = 1, ...rest } = options
  return new Problem(code, detail, { ...rest, headers: { 'Retry-After': String(retryAfterSeconds) } })
}

/** A 400 with one finding or more. */
export function malformed(findings: readonly Finding[]): Problem {
  const [first] = findings
  const place = first?.pointer ?? first?.parameter ?? first?.header
  const detail = first === undefined ? 'see errors' : place ? `${place}: ${first.message}` : first.message
  return new Problem('malformed-request', detail, { members: { errors: findings } })
}

/** The media type of a problem (RFC 9457 §3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Where the API serves the documentation of its errors. */
export const PROBLEM_DOCS_PATH = '/docs/errors'

/** The body of the answer (RFC 9457 §3.1); `instance` names the request. */
export function problemBody(problem: Problem, requestId: string): string {
  const { status, title } = PROBLEMS[problem.code]
  return JSON.stringify({
    type: `${PROBLEM_DOCS_PATH}#${problem.code}`,
    title,
    status,
    detail: problem.detail,
    instance: `urn:request:${requestId}`,
    code: problem.code,
    ...problem.members,
  })
}
