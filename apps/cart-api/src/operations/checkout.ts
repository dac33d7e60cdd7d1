import type { OrderId } from '@cartwright/cart-domain'
import Type from 'typebox'
import { CheckoutRequest, OrderBody } from '../carts/bodies.ts'
import type { Carts } from '../carts/carts.ts'
import { isFresh } from '../carts/preconditions.ts'
import { type Operation, operation } from '../http/operation.ts'

/** Turning a cart into an order, and reading the order. */
export function checkoutOperations(carts: Carts): Operation[] {
  return [
    operation({
      id: 'startCheckout',
      method: 'post',
      path: '/checkout/start',
      tag: 'Checkout',
      summary: 'Turn the cart into an order',
      about:
        'Re-prices the lines, makes the order, empties the cart and tells the event, in one step. With `expectedTotal` the order is made only if its total is exactly that. As long as the cart has not changed since, a repeat answers with the same order.',
      kind: 'change',
      body: { schema: CheckoutRequest, required: false },
      answers: {
        200: { about: 'A repeat: the order that was made before.', schema: OrderBody },
        201: { about: 'The order.', schema: OrderBody, headers: ['Location'] },
      },
      problems: [
        'cart-empty',
        'total-changed',
        'product-unavailable',
        'currency-mismatch',
        'cart-too-large',
        'catalog-unavailable',
      ],
      run: ({ asking, conditions, body }) =>
        carts.change({
          ...asking,
          ...conditions,
          asked: {
            type: 'checkout',
            ...(body.expectedTotal === undefined ? {} : { expectedTotal: body.expectedTotal }),
          },
        }),
    }),
    operation({
      id: 'getOrder',
      method: 'get',
      path: '/checkout/{orderId}',
      tag: 'Checkout',
      summary: 'Show an order',
      about:
        "An owned order is shown to its owner, a guest's to whoever has the id of the cart it was made from.",
      kind: 'read',
      pathParameters: { orderId: Type.String({ minLength: 1, maxLength: 64 }) },
      answers: {
        200: { about: 'The order.', schema: OrderBody },
        304: { about: 'The order is still as `If-None-Match` names it: orders do not change.' },
      },
      problems: ['not-found'],
      run: async ({ asking, parameters, ifNoneMatch }) => {
        // Any text may be asked for; what is no order's id finds none.
        const { text, etag } = await carts.showOrder(parameters['orderId'] as OrderId, asking)
        if (ifNoneMatch !== undefined && isFresh(ifNoneMatch, etag))
          return { status: 304, headers: { ETag: etag } }
        return { status: 200, headers: { ETag: etag }, body: text }
      },
    }),
  ]
}
