import type { Static, TObject, TSchema } from 'typebox'
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
  /** Where it is not JSON. */
  readonly mediaType?: string
}

/**
 * One route with everything that is known of it: it is served, validated and documented from the same object.
 */
export interface Operation<Body = unknown> {
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
   *   `Idempotency-Key` and `If-Match`.
   * - `plain`: none of that.
   */
  readonly kind: 'read' | 'change' | 'plain'
  readonly pathParameters?: Readonly<Record<string, TSchema>>
  readonly query?: Readonly<Record<string, TSchema>>
  readonly body?: { readonly schema: TObject; readonly required: boolean }
  readonly answers: Readonly<Record<number, Answer>>
  /** The problems that this operation has beyond those of its kind. */
  readonly problems: readonly ProblemCode[]
  readonly run: (request: Incoming<Body>) => Reply | Promise<Reply>
}

/** Gives `run` the type that the body's schema describes. */
export function operation<const Schema extends TObject>(
  definition: Omit<Operation<Static<Schema>>, 'body'> & {
    readonly body?: { readonly schema: Schema; readonly required: boolean }
  },
): Operation {
  // `run` is only ever called with a body that has passed the operation's own schema.
  return definition as unknown as Operation
}

/** A JSON answer without further headers. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: JSON.stringify(body) }
}
