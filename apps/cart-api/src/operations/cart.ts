import { randomUUID } from 'node:crypto'
import type { LineCommand, LineKey, MergeStrategy, ProductId, VariantId } from '@cartwright/cart-domain'
import {
  type Action,
  ActionsRequest,
  AddItemRequest,
  CartBody,
  EmptyRequest,
  MergedCartBody,
  MergeRequest,
  MintedCart,
  ProductIdText,
  SetItemRequest,
  VariantText,
} from '../carts/bodies.ts'
import type { Carts } from '../carts/carts.ts'
import { isFresh } from '../carts/preconditions.ts'
import { json, type Operation, operation } from '../http/operation.ts'
import type { Identity } from '../identity/identity.ts'
import { malformed } from '../problems/catalogue.ts'

const CART = { 200: { about: 'The cart after the change.', schema: CartBody } } as const
const ADDING = [
  'unknown-product',
  'unknown-variant',
  'quantity-limit-exceeded',
  'line-limit-exceeded',
  'currency-mismatch',
  'cart-too-large',
  'catalog-unavailable',
] as const

/** Everything that happens to a cart, but for checkout. */
export function cartOperations(
  carts: Carts,
  defaultStrategy: MergeStrategy,
  identity: Identity,
): Operation[] {
  return [
    operation({
      id: 'getCart',
      method: 'get',
      path: '/cart',
      tag: 'Cart',
      summary: 'Show the cart',
      about:
        'An unknown or expired cart is an empty one with version 0. Names and `warnings` of the lines are what the catalog knows at the moment; showing a cart never waits for the catalog.',
      kind: 'read',
      answers: {
        200: { about: 'The cart.', schema: CartBody, headers: ['X-Cache'] },
        304: { about: 'The cart is still as `If-None-Match` names it.', headers: ['X-Cache'] },
      },
      problems: ['cart-not-found'],
      run: async ({ asking, ifNoneMatch }) => {
        const { text, etag } = await carts.show(asking)
        if (ifNoneMatch !== undefined && isFresh(ifNoneMatch, etag))
          return { status: 304, headers: { ETag: etag } }
        return { status: 200, headers: { ETag: etag }, body: text }
      },
    }),
    operation({
      id: 'addItem',
      method: 'post',
      path: '/cart/items',
      tag: 'Cart',
      summary: 'Add a product',
      about: 'Increments the line if the cart has it already. The price comes from the catalog.',
      kind: 'change',
      body: { schema: AddItemRequest, required: true },
      answers: CART,
      problems: ADDING,
      run: ({ asking, conditions, body }) =>
        carts.change({
          ...asking,
          ...conditions,
          asked: { type: 'add', ...lineKey(body.productId, body.variant), quantity: body.quantity },
        }),
    }),
    operation({
      id: 'setItem',
      method: 'patch',
      path: '/cart/items/{productId}',
      tag: 'Cart',
      summary: "Set a line's quantity",
      about: '0 removes the line. The price stays as it was when the line was added.',
      kind: 'change',
      pathParameters: { productId: ProductIdText },
      body: { schema: SetItemRequest, required: true },
      answers: CART,
      problems: ['line-not-found', 'quantity-limit-exceeded', 'cart-too-large'],
      run: ({ asking, conditions, parameters, body }) =>
        carts.change({
          ...asking,
          ...conditions,
          asked: { type: 'set', ...lineKey(parameters['productId'], body.variant), quantity: body.quantity },
        }),
    }),
    operation({
      id: 'removeItem',
      method: 'delete',
      path: '/cart/items/{productId}',
      tag: 'Cart',
      summary: 'Remove a line',
      kind: 'change',
      pathParameters: { productId: ProductIdText },
      query: { variant: VariantText },
      answers: CART,
      problems: ['line-not-found'],
      run: ({ asking, conditions, parameters }) =>
        carts.change({
          ...asking,
          ...conditions,
          asked: { type: 'remove', ...lineKey(parameters['productId'], parameters['variant']) },
        }),
    }),
    operation({
      id: 'mintCart',
      method: 'post',
      path: '/cart',
      tag: 'Cart',
      summary: 'Mint a cart id',
      about:
        "A new, unguessable id (122 random bits). Nothing is stored until the first change. A guest's cart id is the only key to that cart: keep it secret.",
      kind: 'identified',
      body: { schema: EmptyRequest, required: false },
      answers: {
        201: { about: 'The id, to be sent as `X-Cart-ID`.', schema: MintedCart, headers: ['Location'] },
      },
      problems: [],
      run: () => json(201, { id: randomUUID() }, { Location: '/cart', 'Cache-Control': 'no-store' }),
    }),
    operation({
      id: 'clearCart',
      method: 'delete',
      path: '/cart',
      tag: 'Cart',
      summary: 'Remove all lines',
      kind: 'change',
      answers: CART,
      problems: [],
      run: ({ asking, conditions }) => carts.change({ ...asking, ...conditions, asked: { type: 'clear' } }),
    }),
    operation({
      id: 'applyActions',
      method: 'post',
      path: '/cart/actions',
      tag: 'Cart',
      summary: 'Apply several changes at once',
      about:
        'All of them in one version, or none: when one is refused, `errors[].pointer` names its index and nothing is changed.',
      kind: 'change',
      body: { schema: ActionsRequest, required: true },
      answers: CART,
      problems: ['line-not-found', ...ADDING],
      run: ({ asking, conditions, body }) =>
        carts.change({
          ...asking,
          ...conditions,
          asked: { type: 'batch', commands: body.actions.map(lineCommand) },
        }),
    }),
    operation({
      id: 'mergeCart',
      method: 'post',
      path: '/cart/merge',
      tag: 'Cart',
      summary: 'Merge another cart into this one',
      about:
        "The source ends empty in the same step. It may be a guest's cart or one's own. What the limits cut or left out is told in `merge`. An empty or unknown source changes nothing.",
      kind: 'change',
      body: { schema: MergeRequest, required: true },
      answers: {
        200: { about: 'The cart after the merge, and what the merge did.', schema: MergedCartBody },
      },
      problems: ['merge-into-itself', 'currency-mismatch', 'cart-too-large'],
      run: ({ asking, conditions, body }) => {
        if (body.sourceCartId.length < identity.shortestCartId) {
          const message = `must have at least ${identity.shortestCartId} characters`
          throw malformed([{ pointer: '/sourceCartId', message }])
        }
        return carts.change({
          ...asking,
          ...conditions,
          asked: {
            type: 'merge',
            sourceCartId: body.sourceCartId,
            strategy: body.strategy ?? defaultStrategy,
          },
        })
      },
    }),
  ]
}

function lineCommand(action: Action): LineCommand {
  switch (action.type) {
    case 'clear':
      return { type: 'clear' }
    case 'remove':
      return { type: 'remove', ...lineKey(action.productId, action.variant) }
    default:
      return { type: action.type, ...lineKey(action.productId, action.variant), quantity: action.quantity }
  }
}

/** The ids have passed their schemas, which is all that their types ask for. */
function lineKey(productId: string | undefined, variant: string | undefined): LineKey {
  const key = { productId: productId as ProductId }
  return variant === undefined ? key : { ...key, variant: variant as VariantId }
}
