import type { Static, TObject, TSchema } from 'typebox'
import { EmptyRequest } from '../carts/bodies.ts'
import type { Asking, Change, Reply } from '../carts/carts.ts'
import type { Precondition } from '../carts/preconditions.ts'
import type { ProblemCode } from '../problems/catalogue.ts'

/** A request that has passed every check of its operation. */
export interface Incoming<Body = unknown> {
  /** Parameters of path and query, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly body: Body
  /** Set for operations on a cart. */
  readonly asking: Asking
  readonly ifNoneMatch?: Precondition
  /** What a change takes over from the headers. */
  readonly conditions: Pick<Change, 'ifMatch' | 'key'>
}

/** One documented answer. */
export interface Answer {
  readonly about: string
  /** The schema of the JSON body; absent where there is none. */
  readonly schema?: TSchema
  /** The headers that it has beyond those of its operation's kind. */
  readonly headers?: readonly ('Location' | 'X-Cache')[]
}

/** The body of a request. */
interface Body<Schema extends TObject = TObject> {
  readonly schema: Schema
  readonly required: boolean
}

/**
 * One route with everything that is known of it: it is served, validated and documented from the same object.
 */
export interface Operation<Content = unknown> {
  /** `operationId` of the OpenAPI document. */
  readonly id: string
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  /** As in OpenAPI: `/cart/items/{productId}`. */
  readonly path: string
  readonly tag: 'Cart' | 'Checkout' | 'Catalog' | 'Operation'
  readonly summary: string
  /** Markdown. */
  readonly about?: string
  /**
   * - `read`, `change`: an operation on the cart of `X-Cart-ID`, under the caller's identity; a change takes
   *   `Idempotency-Key` and `If-Match`, and is not carried out before its body has come in to the end.
   * - `identified`: on no cart, but under the caller's identity.
   * - `plain`: none of that.
   */
  readonly kind: 'read' | 'change' | 'identified' | 'plain'
  readonly pathParameters?: Readonly<Record<string, TSchema>>
  readonly query?: Readonly<Record<string, TSchema>>
  readonly body?: Body
  readonly answers: Readonly<Record<number, Answer>>
  /** The problems that this operation has beyond those of its kind. */
  readonly problems: readonly ProblemCode[]
  readonly run: (request: Incoming<Content>) => Reply | Promise<Reply>
}

/** Whether the operation is about the cart of `X-Cart-ID`. */
export function isOnCart({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind === 'read' || kind === 'change'
}

const NOTHING: Body = { schema: EmptyRequest, required: false }

/** What the operation reads of a body: a change that declares none takes nothing, or a JSON object with nothing in it. */
export function bodyOf({ body, kind }: Operation): Body | undefined {
  return body ?? (kind === 'change' ? NOTHING : undefined)
}

/** Gives `run` the type that the body's schema describes. */
export function operation<const Schema extends TObject>(
  definition: Omit<Operation<Static<Schema>>, 'body'> & { readonly body?: Body<Schema> },
): Operation {
  // `run` is only ever called with a body that has passed the operation's own schema.
  return definition as unknown as Operation
}

/** A JSON answer without further headers. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: JSON.stringify(body) }
}
